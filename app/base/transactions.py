"""The transaction of one request or one command. Doors use it; rooms never do.

`unit_of_work` runs the whole work again when the database asks for it
(serialization, deadlock, lost connection). An error at COMMIT is an unknown
outcome: running again is right only because every posting has a natural key
and every request an idempotency key.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.base.db import db
from app.base.engines import WRITING
from app.base.errors import BusyRetry, DomainError

Result = TypeVar("Result")

TRIES_MAX = 5
RETRYABLE = {"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "XX000"}
_sqlite_writer = threading.Lock()
SQLITE_WAIT_SECONDS = 10.0
LONG_SECONDS = 120


def unit_of_work(work: Callable[[Session], Result]) -> Result:
    """Run `work` in one writing transaction and commit it, or nothing of it.

    Raises:
        BusyRetry: The database stayed busy through every try.
    """
    for attempt in range(1, TRIES_MAX + 1):
        try:
            return _run_once(work)
        except DBAPIError as error:
            if not is_retryable(error):
                raise
            if attempt == TRIES_MAX:
                raise BusyRetry(str(error.orig)) from error
        time.sleep(random.uniform(0.01, 0.05 * 2**attempt))  # noqa: S311  jitter, no secret
    raise AssertionError("unreachable")


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads: on SQLite it takes no write lock."""
    with (
        db.engine.connect().execution_options(**{WRITING: False}) as connection,
        Session(connection, expire_on_commit=False, autoflush=False) as session,
    ):
        yield session


@contextmanager
def reading_long() -> Iterator[Session]:
    """A session that only reads, and whose statements may take their time: for jobs."""
    with reading() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.text(f"SET LOCAL statement_timeout = '{LONG_SECONDS}s'"))
        yield session


@contextmanager
def glancing() -> Iterator[Session]:
    """A session for one look-up on the way in, in as many round trips: every request pays it.

    PostgreSQL needs no BEGIN and ROLLBACK round one statement. Nothing takes back what
    would be written here: for anything but a SELECT or two, use `reading`.
    """
    is_sqlite = db.engine.dialect.name == "sqlite"
    options = {WRITING: False} if is_sqlite else {"isolation_level": "AUTOCOMMIT"}
    with (
        db.engine.connect().execution_options(**options) as connection,
        Session(connection, expire_on_commit=False, autoflush=False) as session,
    ):
        yield session


@contextmanager
def attempt(session: Session) -> Iterator[None]:
    """A verb inside a savepoint: its refusal takes back the verb, not the outer facts."""
    savepoint = session.begin_nested()
    try:
        yield
        savepoint.commit()
    except DomainError:
        savepoint.rollback()
        raise


def is_retryable(error: DBAPIError) -> bool:
    """Whether the whole unit of work may simply run again (by SQLSTATE, never by text)."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return state in RETRYABLE or state.startswith("08")
    code = getattr(error.orig, "sqlite_errorname", "") or ""
    if code:
        return code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


def _run_once(work: Callable[[Session], Result]) -> Result:
    engine = db.engine
    if engine.dialect.name != "sqlite":
        return _run_on(engine, work)
    # One writer at a time anyway: queueing here is fair, the busy handler is not.
    if not _sqlite_writer.acquire(timeout=SQLITE_WAIT_SECONDS):
        raise BusyRetry("another write holds the database")
    try:
        return _run_on(engine, work)
    finally:
        _sqlite_writer.release()


def _run_on(engine: sa.Engine, work: Callable[[Session], Result]) -> Result:
    with Session(engine, expire_on_commit=False) as session:
        try:
            result = work(session)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        return result
