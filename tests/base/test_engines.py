"""Each database is opened with the settings that keep posted rows safe."""

import pysqlite3.dbapi2 as sqlite
import pytest
import sqlalchemy as sa

from app.base import engines
from app.base.engines import BUSY_MS, LOCK_WAIT_MS, SQLITE_FLOOR, STATEMENT_MS, WRITING
from tests.conftest import DATABASE

EXPECTED = {
    "sqlite": {
        "PRAGMA journal_mode": "wal",
        "PRAGMA synchronous": 2,  # FULL
        "PRAGMA foreign_keys": 1,
        "PRAGMA trusted_schema": 0,
        "PRAGMA busy_timeout": BUSY_MS,
    },
    "postgresql": {
        "SHOW lock_timeout": f"{LOCK_WAIT_MS // 1000}s",
        "SHOW statement_timeout": f"{STATEMENT_MS // 1000}s",
        "SHOW transaction_isolation": "read committed",
    },
}


@pytest.mark.parametrize(("query", "value"), EXPECTED[DATABASE].items())
def test_a_connection_has_the_settings_of_the_house(session, query, value):
    assert session.execute(sa.text(query)).scalar_one() == value


def test_the_library_in_use_is_above_the_floor():
    assert sqlite.sqlite_version_info >= SQLITE_FLOOR


def test_a_library_below_the_floor_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(sqlite, "sqlite_version_info", (3, 51, 2))

    with pytest.raises(RuntimeError, match=r"need 3\.51\.3 or later"):
        engines.options(f"sqlite:///{tmp_path / 'new' / 'bank.db'}")

    assert not (tmp_path / "new").exists()


def test_the_folder_of_a_new_database_is_made(tmp_path):
    engines.options(f"sqlite:///{tmp_path / 'new' / 'bank.db'}")

    assert (tmp_path / "new").is_dir()


def test_only_a_writing_transaction_takes_the_write_lock(tmp_path):
    url = f"sqlite:///{tmp_path / 'bank.db'}"
    arguments = {**engines.options(url), "connect_args": {"timeout": 0}}
    engine = sa.create_engine(url, **arguments)
    engines.prepare(engine)
    with engine.connect() as writer, engine.connect() as reader, engine.connect() as second:
        writer.exec_driver_sql("CREATE TABLE note (text TEXT)")
        reader = reader.execution_options(**{WRITING: False})
        assert reader.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one() == 0
        second.connection.dbapi_connection.execute("PRAGMA busy_timeout=0")
        with pytest.raises(sa.exc.OperationalError, match="locked"):
            second.exec_driver_sql("SELECT 1")
    engine.dispose()


def test_closing_refreshes_stale_statistics_and_waits_for_nobody(tmp_path):
    url = f"sqlite:///{tmp_path / 'bank.db'}"
    engine = sa.create_engine(url, **engines.options(url))
    engines.prepare(engine)
    with engine.begin() as writer:
        writer.exec_driver_sql("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)")
        writer.exec_driver_sql("CREATE INDEX by_text ON note (text)")
        writer.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500)"
            " INSERT INTO note (text) SELECT i % 7 FROM n"
        )
    with engine.connect() as reader:
        reader.exec_driver_sql("SELECT id FROM note WHERE text = '3'").all()
    blocker = sqlite.connect(str(tmp_path / "bank.db"), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    engine.dispose()
    blocker.execute("ROLLBACK")
    assert not _has_statistics(blocker)

    with engine.connect() as reader:
        reader.exec_driver_sql("SELECT id FROM note WHERE text = '3'").all()
    engine.dispose()

    assert _has_statistics(blocker)
    blocker.close()


def _has_statistics(connection):
    query = "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'"
    return connection.execute(query).fetchone()[0] == 1


def test_a_connection_that_died_in_the_pool_is_replaced_unseen(session, monkeypatch):
    if DATABASE != "postgresql":
        return  # a file does not hang up
    monkeypatch.setattr(engines, "IDLE_SECONDS", 0)
    engine = session.get_bind()
    session.execute(sa.text("SELECT 1"))  # holds a connection of its own
    with engine.connect() as connection:
        dead = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    session.execute(sa.text(f"SELECT pg_terminate_backend({dead}, 2000)"))
    for _ in range(3):
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() != dead


def test_a_connection_busy_a_moment_ago_is_not_tried(session, monkeypatch):
    tried = []
    engine = session.get_bind()
    monkeypatch.setattr(engine.dialect, "do_ping", tried.append)
    for _ in range(3):
        with engine.connect():
            pass
    assert tried == []
