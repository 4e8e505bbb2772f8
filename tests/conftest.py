"""One migrated database, copied for every test: real commits, no leftovers.

TEST_DATABASE chooses the database: `sqlite` (default) or `postgresql`. The same
tests run on both; `make test` runs them twice.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from app import create_app
from app.base.db import db
from config import Config
from tests import guard, postgres

DATABASE = os.environ.get("TEST_DATABASE", "sqlite")
_serial = count(1)


def build_app(url: str, instance: Path) -> Flask:
    """The application on one database, with keys of its own."""

    class TestConfig(Config):
        TESTING = True
        ENVIRONMENT = "test"
        INSTANCE_PATH = instance
        SQLALCHEMY_DATABASE_URI = url
        SQLALCHEMY_ENGINE_OPTIONS = None

    del TestConfig.SQLALCHEMY_ENGINE_OPTIONS
    return create_app(TestConfig)


def migrate(app: Flask) -> None:
    """Bring the application's database to the head, by the real migrations."""
    with app.app_context():
        upgrade(directory="migrations")
        db.engine.dispose()


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of keys, shared by every test of a worker."""
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def template(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a migrated database that tests copy and never write to."""
    with ExitStack() as stack:
        if DATABASE == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('db') / 'template.db'}"
        else:
            server = os.environ.get("TEST_POSTGRES_URL") or stack.enter_context(postgres.server())
            url = create_postgres_database(server, f"template_{os.getpid()}", None)
        migrate(build_app(url, instance))
        yield url


@pytest.fixture
def url(template: str, tmp_path: Path) -> Iterator[str]:
    """URL of this test's own copy of the migrated database."""
    if DATABASE == "sqlite":
        source = sa.make_url(template).database
        yield f"sqlite:///{shutil.copy(str(source), tmp_path / 'test.db')}"
        return
    name = f"test_{os.getpid()}_{next(_serial)}"
    yield create_postgres_database(template, name, sa.make_url(template).database)
    with admin(template) as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def admin(url: str) -> sa.Connection:
    """A connection to the server's own database, outside transactions."""
    engine = sa.create_engine(
        sa.make_url(url).set(database="postgres"),
        isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
    )
    return engine.connect()


def create_postgres_database(url: str, name: str, template: str | None) -> str:
    """Create a database, as a copy of `template` if one is given; return its URL."""
    with admin(url) as connection:
        copied = f" TEMPLATE {template}" if template else ""
        connection.exec_driver_sql(f"CREATE DATABASE {name}{copied}")
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def app(url: str, instance: Path) -> Iterator[Flask]:
    """The application on this test's database, with the statement guard on."""
    app = build_app(url, instance)
    with app.app_context():
        engine = db.engine
    guard.watch(engine)
    yield app
    engine.dispose()


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


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser or a program at the doors."""
    return app.test_client()
