"""One act: the outer transaction of a writing request (ruling 6).

The outer part keeps what must survive a refusal: the idempotency row, a consumed
code, a failed-password count, a refused scan. A refusal takes back whatever the verb
wrote, and leaves the book, the stock and every state as they were: to a savepoint, or
the whole transaction where nothing but the key was written before the verb, which
costs two round trips less on the hot paths.
"""

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, current_app, g, json, request
from sqlalchemy.orm import Session

from app.base import crypto, idempotency
from app.base.errors import DomainError, Refusal
from app.base.ids import NOBODY
from app.base.serials import HOUSE
from app.base.transactions import attempt, unit_of_work
from app.web.errors import PROBLEM, pace, problem_body, problem_of
from app.web.session import person

DEFINITIVE = {Refusal.CONFLICT, Refusal.UNPROCESSABLE, Refusal.GONE, Refusal.LOCKED}
FINGERPRINT_BYTES = 32
NOT_STORED = {"validation_failed", "idempotency_in_flight", "idempotency_mismatch"}

Fact = TypeVar("Fact")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act came to: its answer, and whether it is a stored one."""

    status: int
    body: bytes
    is_replay: bool = False
    refusal: DomainError | None = None

    def response(self) -> Response:
        """Return the answer as HTTP."""
        is_problem = self.status >= HTTPStatus.BAD_REQUEST
        kind = PROBLEM if is_problem else "application/json"
        answer = Response(self.body, status=self.status, mimetype=kind)
        if self.is_replay:
            answer.headers["Idempotency-Replayed"] = "true"
        return pace(answer, json.loads(self.body)) if is_problem else answer


@dataclass(frozen=True, slots=True)
class Outer:
    """What an act does beside its verb, and keeps when the verb refuses (ruling 6)."""

    before: Callable[[Session], Any] | None = None
    refused: Callable[[Session, Any, DomainError], None] | None = None

    @property
    def has_written(self) -> bool:
        """Whether there are facts to keep when the verb begins."""
        return self.before is not None and not isinstance(self.before, Look)


@dataclass(frozen=True, slots=True)
class Look:
    """A `before` that only reads, and returns plain values: after a refusal no rows hold."""

    look: Callable[[Session], Any]

    def __call__(self, session: Session) -> Any:
        """Read what the verb needs."""
        return self.look(session)


def act(
    verb: Callable[[Session, Any], Any],
    *,
    ledger_id: int = HOUSE,
    dump: Callable[[Any], Any] = lambda result: result,
    status: int = HTTPStatus.CREATED,
    before: Callable[[Session], Any] | None = None,
    refused: Callable[[Session, Any, DomainError], None] | None = None,
    needs_key: bool = True,
) -> Response:
    """Run a verb for a program and answer it, once for each Idempotency-Key.

    Args:
        verb: Called with the session and what `before` returned; taken back if it refuses.
        before: The outer facts: consumed codes, failed tries. They survive a refusal.
            A `Look` has none.
        refused: Outer facts of a refusal itself: a refused scan, what came of a code.
            Called with what `before` returned, None if that refused.
        dump: Turns the verb's result into JSON values.
    """
    asked = asked_by_header(ledger_id) if needs_key else None
    outer = Outer(before, refused)
    return unit_of_work(
        lambda session: run(session, verb, asked, outer, lambda made: (int(status), dump(made)))
    ).response()


def run(
    session: Session,
    verb: Callable[[Session, Any], Any],
    asked: idempotency.Request | None,
    outer: Outer,
    dump: Callable[[Any], tuple[int, Any]],
) -> Outcome:
    """Run the outer facts, then the verb; keep the answer with the key."""
    stored = idempotency.claim(session, asked) if asked else None
    if stored:
        return again(stored)
    fact = None
    try:
        fact = outer.before(session) if outer.before else None
        with attempt(session) if outer.has_written else nullcontext():
            status, values = dump(verb(session, fact))
    except DomainError as error:
        if not outer.has_written:
            session.rollback()  # the key with it: claimed anew, unless a repeat was faster
            stored = idempotency.claim(session, asked) if asked else None
            if stored:
                return again(stored)
        if outer.refused:
            outer.refused(session, fact, error)
        return _refused(session, asked, error)
    body = b"" if values is None else json.dumps(values).encode()
    if asked:
        idempotency.keep(session, asked, idempotency.Answer(status, body, _resource(values)))
    return Outcome(status, body)


def again(stored: idempotency.Answer) -> Outcome:
    """Answer as before; past its 30 days, with what is kept for ever: that it was done (§7)."""
    if not stored.is_pruned:
        return Outcome(stored.status_code, stored.body, is_replay=True)
    if stored.status_code >= HTTPStatus.BAD_REQUEST:
        refusal = problem_body(stored.resource or "state_conflict", stored.status_code)
        return Outcome(stored.status_code, json.dumps(refusal).encode(), is_replay=True)
    done = {"outcome": "applied", "resource": stored.resource}
    return Outcome(int(HTTPStatus.OK), json.dumps(done).encode(), is_replay=True)


def _resource(values: Any) -> str | None:
    """Return the name of what was made, to be kept with its key for ever."""
    if not isinstance(values, dict):
        return None
    return next((str(values[name]) for name in ("number", "id") if values.get(name)), None)


def _refused(session: Session, asked: idempotency.Request | None, error: DomainError) -> Outcome:
    """Keep a definitive refusal under its key; free the key of any other."""
    problem = problem_of(error)
    body = json.dumps(problem).encode()
    if asked:
        if error.refusal in DEFINITIVE and error.code not in NOT_STORED:
            answer = idempotency.Answer(problem["status"], body, error.code)
            idempotency.keep(session, asked, answer)
        else:
            idempotency.forget(session, asked)
    return Outcome(problem["status"], body, refusal=error)


def asked_by_header(ledger_id: int) -> idempotency.Request:
    """Return the request as its Idempotency-Key names it.

    Raises:
        IdempotencyKeyMissing: There is no key.
        IdempotencyKeyInvalid: It has not 22 to 64 letters, digits, `-` or `_`.
    """
    key = request.headers.get("Idempotency-Key", "")
    return _request(ledger_id, key, _content())


def asked_by_form(ledger_id: int) -> idempotency.Request:
    """Return the request as the form's hidden `idempotency_key` names it."""
    key = request.form.get("idempotency_key", "")
    hidden = ("idempotency_key", "csrf_token")
    fields = [(name, value) for name, value in request.form.items(multi=True)]
    content = json.dumps(sorted(pair for pair in fields if pair[0] not in hidden))
    return _request(ledger_id, key, content.encode())


def _content() -> bytes:
    """Return what was sent; of an upload its parts, since boundaries differ at every send."""
    if request.mimetype != "multipart/form-data":
        return request.get_data()
    parts = [f"{name}={value}" for name, value in request.form.items(multi=True)]
    for name, file in request.files.items(multi=True):
        parts.append(f"{name}:{hashlib.sha256(file.read()).hexdigest()}")
        file.seek(0)
    return "\n".join(sorted(parts)).encode()


def _request(ledger_id: int, key: str, content: bytes) -> idempotency.Request:
    sent = (request.path.encode(), str(g.get("on_behalf_id")).encode(), content)
    return idempotency.Request(
        ledger_id=ledger_id,
        actor_id=_principal(),
        key=idempotency.require_key(key),
        route=f"{request.method} {request.url_rule}"[:96],
        # Keyed: a body may hold a PIN, whose plain hash would tell it to a reader of the table.
        fingerprint=crypto.mac("request/1", b"\n".join(sent), FINGERPRINT_BYTES),
    )


def _principal() -> UUID:
    """Return who the key belongs to; strangers (sign-up) share one name space."""
    from flask_login import current_user

    return person().person_id if current_user.is_authenticated else NOBODY


def submit(
    verb: Callable[[Session, Any], Result],
    *,
    ledger_id: int = HOUSE,
    before: Callable[[Session], Any] | None = None,
    refused: Callable[[Session, Any, DomainError], None] | None = None,
    show: Callable[[Result], Any] = lambda _result: None,
) -> tuple[Any, dict[str, Any] | None]:
    """Run a verb for a page's form, once for each hidden key.

    Returns:
        What `show` made of the result (JSON values, the same on a repeat) and None,
        or None and the problem, so that the page can show it beside what was typed.
    """
    asked = asked_by_form(ledger_id)
    outer = Outer(before, refused)
    outcome = unit_of_work(
        lambda session: run(session, verb, asked, outer, lambda made: (200, show(made)))
    )
    values: Any = json.loads(outcome.body) if outcome.body else None
    if outcome.status >= HTTPStatus.BAD_REQUEST:
        current_app.logger.info("refused: %s", values["code"])
        return None, values
    return values, None
