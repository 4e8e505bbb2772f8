"""How an answer is judged, and what a refusal must leave as it was."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.routing.converters import AnyConverter, NumberConverter

from app.web.texts import TEXTS
from tests.factories import snapshots

ANY_ID = "00000000-0000-7000-8000-000000000001"


def path_of(rule: Any, **known: str) -> str:
    """Return a path that leads to a route; what the route's converters do not know is an id.

    Call it within a request context.
    """
    values = {name: known.get(name, _example(rule, name)) for name in rule.arguments}
    built = rule.build(values)
    assert built is not None, rule
    return str(built[1])


def _example(rule: Any, name: str) -> Any:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return 1 if isinstance(converter, NumberConverter) else ANY_ID


def refused(answer: Any, code: str, status: int | None = None) -> None:
    """The answer is a problem with this code, in the one shape of problems."""
    assert answer.mimetype == "application/problem+json", answer.get_data(as_text=True)[:400]
    problem = answer.get_json()
    assert problem["code"] == code, problem
    assert code in TEXTS
    assert problem["status"] == answer.status_code
    if status is not None:
        assert answer.status_code == status


def done(answer: Any, status: int = 200) -> Any:
    """The answer is a success; return its content."""
    assert answer.status_code == status, answer.get_data(as_text=True)[:600]
    return answer.get_json() if answer.data else None


def everything(session: Session) -> dict[str, list[str]]:
    """Every row of every table, but the outer facts."""
    session.expire_all()
    session.rollback()
    found = snapshots.everything(session)
    session.rollback()
    return found


@contextmanager
def no_change(session: Session, *, but: tuple[str, ...] = ()) -> Iterator[None]:
    """The block changes no row; `but` names tables that keep the refusal itself."""
    before = everything(session)
    yield
    after = everything(session)
    for name, rows in before.items():
        assert name in but or after[name] == rows, name


def once(caller: Any, path: str, body: Any = None, other: Any = None, *, status: int = 201) -> Any:
    """Post under one key three times: done, replayed byte for byte, and refused when changed."""
    key = secrets.token_urlsafe(24)
    first = caller.post(path, body, key=key)
    content = done(first, status)
    before = everything(caller.session)
    again = caller.post(path, body, key=key)
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    refused(caller.post(path, other or {"other": 1}, key=key), "idempotency_mismatch", 422)
    assert everything(caller.session) == before
    return content
