"""The same request sent again: one effect, one answer."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, idempotency, serials
from app.base.errors import (
    BusyRetry,
    DomainError,
    IdempotencyInFlight,
    IdempotencyMismatch,
    ValidationFailed,
)
from app.base.idempotency import Answer, Request, fingerprint_of
from app.base.ids import new_id
from app.base.models import Idempotency, Serial
from app.base.transactions import attempt, unit_of_work

ACTOR = new_id()
CREATED = Answer(201, b'{"id":1}', "/api/v1/things/1")


def make_request(key: str = "0" * 22, content: object = "one", **change: object) -> Request:
    fields = {
        "ledger_id": 0,
        "actor_id": ACTOR,
        "key": key,
        "route": "POST /things",
        "fingerprint": fingerprint_of(content),
    }
    return Request(**(fields | change))


def answer_once(session: Session, request: Request) -> Answer:
    """What a door does: claim, act, keep."""
    stored = idempotency.claim(session, request)
    if stored:
        return stored
    number = serials.take(session, ledger_id=0, name="acts")
    answer = Answer(201, f"act {number}".encode(), None)
    idempotency.keep(session, request, answer)
    return answer


def act_and_refuse(session: Session) -> None:
    serials.take(session, ledger_id=0, name="acts")
    raise ValidationFailed


def count_acts(session: Session) -> int:
    query = sa.select(Serial.next_value).where(Serial.ledger_id == 0, Serial.name == "acts")
    return (session.scalar(query) or 1) - 1


def count_keys(session: Session) -> int:
    query = sa.select(sa.func.count()).select_from(Idempotency)
    return session.scalar(query.where(Idempotency.ledger_id == 0))


def test_d4_a_repeat_gets_the_first_answer_byte_for_byte(session):
    request = make_request()
    assert idempotency.claim(session, request) is None
    idempotency.keep(session, request, CREATED)
    session.commit()

    assert idempotency.claim(session, request) == CREATED
    assert count_keys(session) == 1


@pytest.mark.parametrize(
    "change",
    [{"fingerprint": fingerprint_of("two")}, {"route": "POST /other"}],
    ids=["other content", "other route"],
)
def test_d4_a_key_is_refused_for_another_request(session, change):
    answer_once(session, make_request())
    session.commit()

    with pytest.raises(IdempotencyMismatch), attempt(session):
        answer_once(session, make_request(**change))

    assert count_acts(session) == 1
    assert idempotency.claim(session, make_request()).body == b"act 1"


def test_two_actors_and_two_books_may_use_the_same_key(session):
    answers = {
        answer_once(session, make_request()).body,
        answer_once(session, make_request(actor_id=new_id())).body,
        answer_once(session, make_request(ledger_id=7)).body,
    }
    assert len(answers) == 3


def test_a_request_that_failed_leaves_its_key_free(app):
    def fail(session: Session) -> None:
        answer_once(session, make_request())
        raise ZeroDivisionError

    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            unit_of_work(fail)
        assert unit_of_work(lambda session: answer_once(session, make_request())).body == b"act 1"


def test_a_refusal_is_kept_though_its_verb_was_rolled_back(session):
    request = make_request()
    assert idempotency.claim(session, request) is None
    with pytest.raises(ValidationFailed), attempt(session):
        act_and_refuse(session)
    idempotency.keep(session, request, Answer(422, b"no", None))
    session.commit()

    assert idempotency.claim(session, request) == Answer(422, b"no", None)
    assert count_acts(session) == 0


def test_a_forgotten_key_may_come_again_with_another_content(session):
    idempotency.claim(session, make_request())
    idempotency.forget(session, make_request())
    session.commit()

    assert idempotency.claim(session, make_request(content="corrected")) is None


def test_an_answer_that_was_kept_is_not_forgotten(session):
    answer_once(session, make_request())
    idempotency.forget(session, make_request())
    assert answer_once(session, make_request()).body == b"act 1"


def test_a_key_without_an_answer_is_in_flight(session):
    idempotency.claim(session, make_request())
    session.commit()

    with pytest.raises(IdempotencyInFlight), attempt(session):
        idempotency.claim(session, make_request())


def test_an_answer_is_kept_only_once(session):
    answer_once(session, make_request())
    with pytest.raises(AssertionError):
        idempotency.keep(session, make_request(), CREATED)


def test_asking_tells_what_became_of_a_request(session):
    ask = {"ledger_id": 0, "actor_id": ACTOR, "key": "0" * 22}
    assert idempotency.ask(session, **ask) is None
    idempotency.claim(session, make_request())
    assert idempotency.ask(session, **ask) is None
    idempotency.keep(session, make_request(), CREATED)
    assert idempotency.ask(session, **ask) == CREATED
    assert idempotency.ask(session, **(ask | {"actor_id": new_id()})) is None


def test_a_pruned_answer_still_says_that_it_was_done(session):
    idempotency.claim(session, make_request())
    idempotency.keep(session, make_request(), CREATED)
    session.commit()
    later = clock.now() + timedelta(days=30)

    assert idempotency.prune(session, ledger_id=0, before=clock.now() - timedelta(days=30)) == 0
    assert idempotency.prune(session, ledger_id=0, before=later) == 1
    assert idempotency.prune(session, ledger_id=0, before=later) == 0
    pruned = idempotency.claim(session, make_request())
    assert pruned == Answer(201, b"", CREATED.resource, is_pruned=True)
    with pytest.raises(IdempotencyMismatch), attempt(session):
        idempotency.claim(session, make_request(content="two"))


def test_the_fingerprint_knows_content_but_not_its_order():
    assert fingerprint_of({"a": 1, "b": [2]}) == fingerprint_of({"b": [2], "a": 1})
    assert fingerprint_of({"a": 1}) != fingerprint_of({"a": "1"})
    assert fingerprint_of({"a": [1, 2]}) != fingerprint_of({"a": [2, 1]})


@pytest.mark.parametrize("text", [None, "", "short", "x" * 65, "x" * 30 + " ", "试" * 22])
def test_a_key_of_the_wrong_shape_is_refused(text):
    with pytest.raises(DomainError) as refused:
        idempotency.require_key(text)
    assert refused.value.code == f"idempotency_key_{'invalid' if text else 'missing'}"


def test_a_key_of_the_right_shape_is_taken():
    assert idempotency.require_key("Az09_-" * 4) == "Az09_-" * 4


def test_eight_at_once_act_once_and_get_one_answer(app, session):
    start = threading.Barrier(8)

    def send(_: int) -> bytes:
        with app.app_context():
            start.wait(10)
            return unit_of_work(lambda session: answer_once(session, make_request())).body

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(8)))

    assert set(answers) == {b"act 1"}
    assert count_acts(session) == 1


def send_beside(app, seconds: float, outcome: Exception | None) -> tuple[Answer, float]:
    """Send a request while the same one runs for `seconds` and then ends with `outcome`."""
    claimed = threading.Event()

    def first(session: Session) -> None:
        answer_once(session, make_request())
        claimed.set()
        time.sleep(seconds)
        if outcome:
            raise outcome

    def run_first() -> None:
        with app.app_context():
            unit_of_work(first)

    with ThreadPoolExecutor(1) as threads, app.app_context():
        running = threads.submit(run_first)
        claimed.wait(10)
        began = time.monotonic()
        try:
            answer = unit_of_work(lambda session: answer_once(session, make_request()))
        finally:
            assert isinstance(running.exception(), type(outcome) if outcome else type(None))
        return answer, time.monotonic() - began


def test_a_repeat_waits_for_the_first_and_sees_its_answer(app, session):
    answer, waited_seconds = send_beside(app, 0.5, None)

    assert answer.body == b"act 1"
    assert waited_seconds > 0.3
    assert count_acts(session) == 1


def test_a_repeat_acts_itself_when_the_first_fails(app, session):
    answer, _ = send_beside(app, 0.3, ZeroDivisionError())

    assert answer.body == b"act 1"
    assert count_acts(session) == 1


def test_a_repeat_that_waits_too_long_is_told_so(app, session, monkeypatch):
    """Ruling 7: PostgreSQL gives up after its lock time-out, SQLite says that it is busy."""
    if session.get_bind().dialect.name == "sqlite":
        monkeypatch.setattr("app.base.transactions.SQLITE_WAIT_SECONDS", 0.2)
        with pytest.raises(BusyRetry):
            send_beside(app, 1.0, None)
    else:
        with pytest.raises(IdempotencyInFlight):
            send_beside(app, 3.5, None)
    assert count_acts(session) == 1
