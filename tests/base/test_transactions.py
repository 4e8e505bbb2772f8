"""One unit of work: all or nothing, run again when the database asks, never twice in effect."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pysqlite3.dbapi2 as sqlite
import pytest
import sqlalchemy as sa
from psycopg import errors as postgresql
from sqlalchemy.exc import IntegrityError, InterfaceError

from app.base import clock, transactions
from app.base.db import db
from app.base.engines import WRITING
from app.base.errors import BusyRetry, NotFound
from app.base.ids import NOBODY
from app.base.models import Idempotency, Serial
from app.base.transactions import TRIES_MAX, attempt, reading, unit_of_work
from app.base.upserts import insert_or_ignore
from tests.conftest import DATABASE

LEDGER = 1
RETRYABLE = {"sqlite": ["SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_BUSY_SNAPSHOT"],
             "postgresql": ["40001", "40P01", "55P03", "57P01", "08006"]}  # fmt: skip
FINAL = {"sqlite": ["SQLITE_CONSTRAINT_CHECK", "SQLITE_FULL"], "postgresql": ["42501", "23514"]}


@pytest.fixture(autouse=True)
def context(app, monkeypatch):
    """The doors' side of the application, without the waits between tries."""
    monkeypatch.setattr(transactions.time, "sleep", lambda _seconds: None)
    with app.app_context():
        yield


def driver_error(state: str) -> Exception:
    """What the driver of this database raises, with the state by which it is told apart."""
    if DATABASE == "postgresql":
        return postgresql.lookup(state)("the database said so")
    error = sqlite.OperationalError("the database said so")
    error.sqlite_errorname = state
    return error


def credit_once(session) -> int:
    """A verb of one effect: the request's row is claimed, then the number moves."""
    row = {"route": "test", "fingerprint": b"-", "created_at": clock.now()}
    claim = insert_or_ignore(session, Idempotency).values(
        ledger_id=LEDGER, actor_id=NOBODY, key="one", **row
    )
    if session.execute(claim.returning(Idempotency.key)).scalar() is not None:
        session.add(Serial(ledger_id=LEDGER, name="effect", next_value=0))
        session.flush()
        session.execute(
            sa.update(Serial)
            .where(Serial.ledger_id == LEDGER, Serial.name == "effect")
            .values(next_value=Serial.next_value + 1)
        )
    return value_of(session, "effect")


def value_of(session, name: str) -> int | None:
    query = sa.select(Serial.next_value).where(Serial.ledger_id == LEDGER, Serial.name == name)
    return session.execute(query).scalar()


def kept(name: str) -> int | None:
    """What another reader sees now."""
    with reading() as session:
        return value_of(session, name)


def fail_at_commit(monkeypatch, states: list[str], *, after: bool) -> list[str]:
    """Let COMMIT fail once for each state, before or after it really happened."""
    dialect, real = db.engine.dialect, db.engine.dialect.do_commit
    waiting = list(states)

    def commit(connection):
        if after or not waiting:
            real(connection)
        if waiting:
            raise driver_error(waiting.pop(0))

    monkeypatch.setattr(dialect, "do_commit", commit)
    return waiting


def test_the_work_is_committed_and_its_result_returned():
    assert unit_of_work(credit_once) == 1
    assert kept("effect") == 1


def test_a_refusal_takes_everything_back():
    def work(session):
        credit_once(session)
        raise NotFound

    with pytest.raises(NotFound):
        unit_of_work(work)

    assert kept("effect") is None


@pytest.mark.parametrize("state", RETRYABLE[DATABASE])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_failure_at_commit_is_run_again_with_one_effect(monkeypatch, state, after):
    waiting = fail_at_commit(monkeypatch, [state], after=after)

    assert unit_of_work(credit_once) == 1

    assert waiting == []
    assert kept("effect") == 1


@pytest.mark.parametrize("state", RETRYABLE[DATABASE])
def test_a_failure_inside_the_work_is_run_again_from_the_start(state):
    tries = []

    def work(session):
        tries.append(session)
        result = credit_once(session)
        if len(tries) < 3:
            raise sa.exc.OperationalError("UPDATE", {}, driver_error(state))
        return result

    assert unit_of_work(work) == 1
    assert len(set(map(id, tries))) == 3, "a new session each time"
    assert kept("effect") == 1


def test_a_database_that_stays_busy_is_told_so(monkeypatch):
    states = RETRYABLE[DATABASE][:1] * TRIES_MAX
    waiting = fail_at_commit(monkeypatch, states, after=False)

    with pytest.raises(BusyRetry):
        unit_of_work(credit_once)

    assert waiting == []
    assert kept("effect") is None


@pytest.mark.parametrize("state", FINAL[DATABASE])
def test_another_error_is_not_run_again(state):
    tries = []

    def work(session):
        tries.append(session)
        raise sa.exc.OperationalError("UPDATE", {}, driver_error(state))

    with pytest.raises(sa.exc.OperationalError):
        unit_of_work(work)

    assert len(tries) == 1


def test_a_broken_constraint_is_not_run_again():
    tries = []

    def work(session):
        tries.append(session)
        for _ in range(2):
            session.execute(
                sa.insert(Serial), [{"ledger_id": LEDGER, "name": "same", "next_value": 1}]
            )

    with pytest.raises(IntegrityError):
        unit_of_work(work)

    assert len(tries) == 1


def test_a_lost_connection_may_be_tried_again():
    lost = InterfaceError("SELECT", {}, Exception("gone"), connection_invalidated=True)

    assert transactions.is_retryable(lost)


def test_a_refused_verb_leaves_the_outer_facts():
    def work(session):
        session.add(Serial(ledger_id=LEDGER, name="tries", next_value=1))
        session.flush()
        try:
            with attempt(session):
                credit_once(session)
                raise NotFound
        except NotFound:
            return "refused"

    assert unit_of_work(work) == "refused"
    assert kept("tries") == 1
    assert kept("effect") is None


def test_a_verb_that_succeeds_is_kept_with_the_outer_facts():
    def work(session):
        with attempt(session):
            return credit_once(session)

    assert unit_of_work(work) == 1
    assert kept("effect") == 1


def test_reading_waits_for_no_writer():
    with db.engine.connect() as writer:
        writer.execute(sa.insert(Serial), [{"ledger_id": LEDGER, "name": "w", "next_value": 1}])

        assert kept("w") is None

        writer.commit()
    assert kept("w") == 1


def test_reading_keeps_nothing():
    with reading() as session:
        session.add(Serial(ledger_id=LEDGER, name="read", next_value=1))
        session.flush()

    assert kept("read") is None


def test_writers_in_many_threads_lose_no_step(app):
    unit_of_work(credit_once)

    def step(_number):
        with app.app_context():
            return unit_of_work(add_one)

    def add_one(session):
        session.execute(
            sa.update(Serial)
            .where(Serial.ledger_id == LEDGER, Serial.name == "effect")
            .values(next_value=Serial.next_value + 1)
        )
        return value_of(session, "effect")

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(step, range(24)))

    assert sorted(results) == list(range(2, 26))
    assert kept("effect") == 25


def test_a_deadlock_is_run_again_until_both_are_done(app):
    names = ["one", "two"]
    rows = [{"ledger_id": LEDGER, "name": name, "next_value": 0} for name in names]
    unit_of_work(lambda session: session.execute(sa.insert(Serial), rows) and None)
    meeting = threading.Barrier(2)

    def add_to_both(order):
        def work(session):
            for name in order:
                session.execute(
                    sa.update(Serial)
                    .where(Serial.ledger_id == LEDGER, Serial.name == name)
                    .values(next_value=Serial.next_value + 1)
                )
                try:
                    meeting.wait(timeout=0.3)  # each holds its first row; SQLite lets in one
                except threading.BrokenBarrierError:
                    continue

        with app.app_context():
            unit_of_work(work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add_to_both, [names, names[::-1]]))

    assert (kept("one"), kept("two")) == (2, 2)


def test_a_write_that_waits_too_long_is_told_so(monkeypatch):
    monkeypatch.setattr(transactions, "SQLITE_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(transactions, "TRIES_MAX", 1)
    unit_of_work(credit_once)

    def work(session):
        if DATABASE == "postgresql":
            session.execute(sa.text("SET LOCAL lock_timeout = '10ms'"))
        session.execute(
            sa.delete(Serial).where(Serial.ledger_id == LEDGER, Serial.name == "effect")
        )

    with db.engine.connect() as other, transactions._sqlite_writer:
        other = other.execution_options(**{WRITING: DATABASE == "postgresql"})
        other.execute(
            sa.select(Serial)
            .where(Serial.ledger_id == LEDGER, Serial.name == "effect")
            .with_for_update()
        )
        with pytest.raises(BusyRetry):
            unit_of_work(work)

    assert kept("effect") == 1
