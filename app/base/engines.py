"""Engine settings per database: SQLite as the embedded default, PostgreSQL as production.

SQLite: WAL and `synchronous=FULL` (NORMAL loses acknowledged postings on a power
cut), `BEGIN IMMEDIATE` for every writing unit, foreign keys on. A library with
the WAL-reset bug (below 3.51.3) is refused.
"""

import atexit
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError

SQLITE_FLOOR = (3, 51, 3)
LOCK_WAIT_MS = 2_000
STATEMENT_MS = 5_000
BUSY_MS = 5_000
IDLE_SECONDS = 2
"""After so long in the pool a connection is tried before it is used: each trial is a round trip."""
_RETURNED = "timebank_returned"
WRITING = "timebank_writing"
"""Execution option of a connection whose transaction will write."""


def options(url: str) -> dict[str, Any]:
    """Return engine arguments for the database that `url` names.

    Raises:
        RuntimeError: The SQLite library is older than 3.51.3.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        settings = f"-c lock_timeout={LOCK_WAIT_MS} -c statement_timeout={STATEMENT_MS}"
        return {
            "pool_size": 4,
            "max_overflow": 4,
            "connect_args": {"options": settings, "connect_timeout": 3},
        }
    import pysqlite3.dbapi2 as sqlite

    if sqlite.sqlite_version_info < SQLITE_FLOOR:
        raise RuntimeError(
            f"SQLite {sqlite.sqlite_version} can lose committed data (WAL reset bug); "
            f"need {'.'.join(map(str, SQLITE_FLOOR))} or later: pip install pysqlite3"
        )
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    return {"module": sqlite, "connect_args": {"timeout": BUSY_MS / 1000}}


def prepare(engine: sa.Engine) -> None:
    """Attach the dialect's connection rules to the engine."""
    engine.dialect.do_savepoint = _savepoint  # type: ignore[method-assign]
    engine.dialect.do_release_savepoint = _release  # type: ignore[method-assign]
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "close", _optimize)
        atexit.register(_close, weakref.ref(engine))
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "checkin", _note_return)
        event.listen(engine, "checkout", _try_idle)


def _savepoint(connection: sa.Connection, name: str) -> None:
    """Begin a savepoint by its plain words: SQLAlchemy would compile them anew each time."""
    connection.exec_driver_sql(f"SAVEPOINT {name}")


def _release(connection: sa.Connection, name: str) -> None:
    connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}")


def _note_return(_connection: Any, record: Any) -> None:
    """Note when a connection went back to the pool."""
    record.info[_RETURNED] = time.monotonic()


def _try_idle(connection: Any, record: Any, proxy: Any) -> None:
    """Try a connection that lay idle; a dead one makes the pool open others."""
    returned = record.info.get(_RETURNED)
    if returned is None or time.monotonic() - returned < IDLE_SECONDS:
        return
    dialect = proxy._pool._dialect
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError("the connection died in the pool") from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Turn off the driver's implicit BEGIN and set the pragmas of this house."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        f"busy_timeout={BUSY_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _optimize(connection: Any, _record: Any) -> None:
    """Refresh the planner's statistics where they are stale; never wait for it, nor fail by it."""
    with suppress(Exception):
        connection.execute("PRAGMA busy_timeout=0")
        connection.execute("PRAGMA optimize")


def _close(kept: "weakref.ref[sa.Engine]") -> None:
    """Close the connections of a process that ends, so that `_optimize` runs."""
    engine = kept()
    if engine is not None:
        engine.dispose()


def _begin_sqlite(connection: sa.Connection) -> None:
    """Take the write lock at once: an upgrade from read to write fails without waiting."""
    writing = connection.get_execution_options().get(WRITING, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """On Citus, let `SET LOCAL` reach the workers; a plain PostgreSQL has no such setting."""
    cursor = connection.cursor()
    try:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'citus'")
        if cursor.fetchone():
            cursor.execute("SET citus.propagate_set_commands = 'local'")
        connection.commit()
    finally:
        cursor.close()
