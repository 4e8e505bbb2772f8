"""One migrated database, clean for every test: real commits, no leftovers.

TEST_DATABASE chooses the database: `sqlite` (default) or `postgresql`. The same
tests run on both; `make test` runs them twice. On SQLite every test has its own
copy of a migrated file; on PostgreSQL all workers share one server, and each
worker tidies one database after every test (`tests/tidying.py`).
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from app import create_app
from app.base import crypto, engines
from app.base.db import db
from config import Config
from tests import guard, postgres, tidying
from tests.staging import Kept, Stage
from tests.templates import keep_compiled

DATABASE = os.environ.get("TEST_DATABASE", "sqlite")
collect_ignore = [] if DATABASE == "postgresql" else ["architecture/test_tidying.py"]
"""On SQLite every test has a file of its own: there is nothing to tidy."""

TEMPLATE_URL = "TEST_TEMPLATE_URL"
"""Environment name by which the workers learn of the migrated PostgreSQL database."""
MEMORY = Path("/dev/shm")
MEMORY_BYTES_MIN = 3_000_000_000
UUID_V7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]")
_first_engines: dict[str, sa.Engine] = {}


def build_app(url: str, instance: Path) -> Flask:
    """The application on one database, with keys of its own."""

    class TestConfig(Config):
        TESTING = True
        ENVIRONMENT = "test"
        INSTANCE_PATH = instance
        SQLALCHEMY_DATABASE_URI = url
        REPORT_SECONDS = 0

    app = create_app(TestConfig)
    keep_compiled(app)
    return app


@contextmanager
def lent(app: Flask) -> Iterator[Flask]:
    """An application of a test's own; afterwards its connections are closed, not forgotten."""
    yield app
    with app.app_context():
        db.engine.dispose()


def migrate(app: Flask, revision: str = "head") -> None:
    """Bring the application's database to a revision, by the real migrations."""
    with app.app_context():
        upgrade(directory="migrations", revision=revision)
        db.engine.dispose()


def pytest_configure() -> None:
    """Keep the tests' files in memory where there is room: a commit waits for a disk."""
    is_roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES_MIN
    if is_roomy and os.access(MEMORY, os.W_OK):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start one PostgreSQL and migrate one template, before any worker starts."""
    is_worker = hasattr(session.config, "workerinput")
    if DATABASE != "postgresql" or is_worker or session.config.option.collectonly:
        return
    stack = ExitStack()
    session.config.add_cleanup(stack.close)
    server = os.environ.get("TEST_POSTGRES_URL") or stack.enter_context(postgres.server())
    name = f"template_{os.getpid()}"
    url = postgres.create(server, name)
    stack.callback(postgres.drop, server, name)
    stack.callback(postgres.drop, server, f"demo_of_{name}")  # see tests/demo.py
    with tempfile.TemporaryDirectory() as folder:
        migrate(build_app(url, Path(folder)))
    os.environ[TEMPLATE_URL] = url
    stack.callback(os.environ.pop, TEMPLATE_URL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test whose name changes from run to run: two workers could not share it.

    What is slow goes first, so that no worker is left alone with it at the end.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        if UUID_V7.search(item.nodeid):
            raise pytest.UsageError(f"give a fixed value instead of a new id: {item.nodeid}")


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of keys, shared by every test of a worker."""
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def template(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a migrated database that tests copy and never write to."""
    if DATABASE == "postgresql":
        return os.environ[TEMPLATE_URL]
    url = f"sqlite:///{tmp_path_factory.mktemp('db') / 'template.db'}"
    migrate(build_app(url, instance))
    return url


@pytest.fixture(scope="session")
def bench(template: str) -> Iterator[tidying.Bench]:
    """The worker's own PostgreSQL database."""
    bench = tidying.Bench(template)
    yield bench
    bench.drop()


@pytest.fixture
def url(template: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of this test's own, clean, migrated database."""
    if DATABASE == "sqlite":
        source = sa.make_url(template).database
        yield f"sqlite:///{shutil.copy(str(source), tmp_path / 'test.db')}"
        return
    bench: tidying.Bench = request.getfixturevalue("bench")
    yield bench.url()
    bench.tidy()


@pytest.fixture
def engine(url: str, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """The engine of this test's database; on PostgreSQL its connections stay open for the next.

    Who listens to it takes the listener off again: it would hear the tests that follow.
    """
    if DATABASE == "postgresql":
        bench: tidying.Bench = request.getfixturevalue("bench")
        engine = bench.open(open_engine)
    else:
        engine = open_engine(url)
    before = listeners(engine)
    yield engine
    if DATABASE != "postgresql":
        engine.dispose()
    assert listeners(engine) == before, "take the listener off again"


def listeners(engine: sa.Engine) -> list[int]:
    """How many hear what the engine runs."""
    return [len(engine.dispatch.before_execute), len(engine.dispatch.before_cursor_execute)]


@pytest.fixture
def empty_url(template: str, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any table: for tests of the migrations themselves."""
    if DATABASE == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    name = f"empty_{os.getpid()}"
    yield postgres.create(template, name)
    postgres.drop(template, name)


@pytest.fixture(scope="session")
def house(template: str, instance: Path) -> Flask:
    """The application, built once per worker: hanging every door takes a while."""
    return build_app(template, instance)


@pytest.fixture
def app(house: Flask, url: str, engine: sa.Engine) -> Iterator[Flask]:
    """The application on this test's database, with the statement guard on."""
    config = dict(house.config)
    take_keys(house)
    with house.app_context():
        template_engine, db.engines[None] = db.engines[None], engine
    house.config["SQLALCHEMY_DATABASE_URI"] = url
    yield house
    with house.app_context():
        db.engines[None] = template_engine
    house.config.clear()
    house.config.update(config)


def take_keys(app: Flask) -> None:
    """Let the process use this application's keys: another one may have brought its own."""
    keys = json.loads((app.config["INSTANCE_PATH"] / "keys.json").read_text())
    crypto.set_root(field=keys["field"], code=keys["code"])


def open_engine(url: str) -> sa.Engine:
    """A new engine that knows every statement compiled by the tests before it."""
    engine = sa.create_engine(url, query_cache_size=5_000, **engines.options(url))
    engines.prepare(engine)
    guard.watch(engine)
    guard.disorder(engine)
    if engine.dialect.name not in _first_engines:
        with engine.connect():  # its first connection tells the dialect which version it speaks
            _first_engines[engine.dialect.name] = engine
    first = _first_engines[engine.dialect.name]
    engine.dialect = engine.pool._dialect = first.dialect  # part of the cache's keys
    engine._compiled_cache = first._compiled_cache
    return engine


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of the test's own; the test commits as a door would.

    No application context stays open around it: Flask would reuse that context
    for every request of the client, and go on answering as the first person.
    """
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture(scope="session")
def kept_worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[Any, Kept]]:
    """The worlds that this worker has built."""
    return tmp_path_factory.mktemp("worlds"), {}


@pytest.fixture
def stage(
    app: Flask,
    session: Session,
    client: FlaskClient,
    kept_worlds: tuple[Path, dict[Any, Kept]],
    request: pytest.FixtureRequest,
) -> Stage:
    """Puts up a world: built by the first test that asks, copied for the others."""
    bench = request.getfixturevalue("bench") if DATABASE == "postgresql" else None
    return Stage(app, session, client, *kept_worlds, bench)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser or a program at the doors."""
    return app.test_client()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have measured (`record_property("measured", …)`)."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "measured" and report.when == "call":
                terminalreporter.write_line(f"measured: {value}")
