"""Migrations: one line of numbered, explained, reversible steps that builds the models."""

import ast
import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from app.base import engines
from app.base.db import db
from app.base.ids import NOBODY
from app.ledger.guards import GUARDED
from migrations.house import load_models
from tests.architecture.catalogue import catalogue
from tests.conftest import build_app

FOLDER = Path("migrations/versions")
STEPS = sorted(FOLDER.glob("*.py"))
HEADINGS = ("Why:", "Rows:", "Old code:", "Undo:")
APPEND_ONLY = {
    "activities_correction",
    "community_figure",
    "ledger_entry",
    "ledger_journal",
    "ledger_transfer",
    "mall_stock_movement",
    "people_audit",
    "points_star_fall",
    "reports_certificate_print",
    "reports_quarter",
    "reports_quarter_line",
    "service_orders_log",
}
VERBS = re.compile(r"\d{4}_(add|backfill|change|create|drop|fill|index|move|rename|split)_")
BANNED_ON_CITUS = re.compile(
    r"\b(BIGSERIAL|SMALLSERIAL|SERIAL|IDENTITY|DEFERRABLE|CREATE RULE|SET NULL|EXCLUDE USING"
    r"|CREATE TYPE)\b",
    re.IGNORECASE,
)


def test_steps_are_numbered_without_gaps():
    assert [step.name[:4] for step in STEPS] == [f"{n:04}" for n in range(1, len(STEPS) + 1)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.stem)
def test_a_step_explains_itself(step):
    text = step.read_text()
    docstring = ast.get_docstring(ast.parse(text)) or ""
    number = int(step.name[:4])
    before = f'"{number - 1:04}"' if number > 1 else "None"

    assert VERBS.match(step.name), "name a step by its verb: 0007_add_…"
    assert all(f"\n{heading} " in f"\n{docstring}" for heading in HEADINGS)
    assert "TODO" not in text
    assert f'revision = "{number:04}"' in text
    assert f"down_revision = {before}" in text


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.stem)
def test_a_step_uses_no_models_and_no_triggers_of_its_own(step):
    text = step.read_text()

    assert not re.search(r"from app\.\w+(\.\w+)* import", text.replace("from app.base.db", ""))
    assert "TRIGGER" not in text.upper(), "guards come from migrations.house.append_only"


@pytest.fixture
def schemas(url, empty_url):
    """The catalogue of a migrated database, and of one built from the models."""
    migrated, built = (sa.create_engine(at, **engines.options(at)) for at in (url, empty_url))
    load_models().create_all(built)
    try:
        yield catalogue(migrated), catalogue(built)
    finally:
        migrated.dispose()
        built.dispose()


def test_the_head_is_what_the_models_say(app):
    load_models()
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, db.metadata) == []


def test_the_head_has_the_very_text_of_the_models(schemas):
    found, expected = schemas

    assert {name: text for name, text in found.items() if expected.get(name) != text} == {}
    assert expected.keys() - found.keys() == set()


def there_and_back(steps):
    """Every step, its undoing, and the step again, in one run: each run would read all files."""
    before, found = "base", []
    for step in reversed(list(steps.walk_revisions())):
        found += steps._upgrade_revs(step.revision, before)
        found += steps._downgrade_revs(before, step.revision)
        found += steps._upgrade_revs(step.revision, before)
        before = step.revision
    return found


@pytest.mark.slow
def test_every_step_can_be_undone_and_done_again(empty_url, instance):
    app = build_app(empty_url, instance)
    with app.app_context():
        config = app.extensions["migrate"].migrate.get_config("migrations")
        steps = ScriptDirectory.from_config(config)
        with EnvironmentContext(config, steps, fn=lambda *_: there_and_back(steps)):
            steps.run_env()
    with app.app_context():
        downgrade(directory="migrations", revision="base")
        left = sa.inspect(db.engine).get_table_names()
        upgrade(directory="migrations")
        db.engine.dispose()
    assert left == ["alembic_version"]


def test_posted_rows_stop_a_downgrade(app, session, caplog):
    journal = load_models().tables["ledger_journal"]
    at = datetime(2025, 1, 1, tzinfo=UTC)
    ids = dict.fromkeys(("id", "source_id", "actor_id"), NOBODY)
    texts = {"key": "opening", "content_hash": b"-", "kind": "opening", "reason": ""}
    row = {"ledger_id": 1, **ids, **texts, "occurred_at": at, "posted_at": at}
    session.execute(sa.insert(journal), [row])
    session.commit()

    with app.app_context(), pytest.raises(SystemExit):
        downgrade(directory="migrations", revision="base")

    assert "ledger_journal holds rows" in caplog.text
    assert session.execute(sa.text("SELECT count(*) FROM ledger_journal")).scalar_one() == 1


def test_append_only_tables_are_guarded_at_the_head(session):
    if session.get_bind().dialect.name == "sqlite":
        query = "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY 1"
        guards_each = 2  # UPDATE, DELETE
    else:
        query = (
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgenabled = 'O' GROUP BY 1"
        )
        guards_each = 1  # UPDATE OR DELETE OR TRUNCATE
    guards = dict(session.execute(sa.text(query)).all())

    assert guards == dict.fromkeys(APPEND_ONLY, guards_each)


@pytest.fixture(scope="module")
def offline_sql(tmp_path_factory):
    """What the migrations would say to a PostgreSQL that is not there."""
    folder = tmp_path_factory.mktemp("offline")
    app = build_app("postgresql+psycopg://nobody@127.0.0.1:1/none", folder)
    with app.app_context():
        config = app.extensions["migrate"].migrate.get_config("migrations")
        config.output_buffer = StringIO()
        command.upgrade(config, "head", sql=True)
    return config.output_buffer.getvalue()


def test_the_sql_for_postgresql_holds_nothing_that_citus_refuses(offline_sql):
    assert "CREATE TABLE ledger_account" in offline_sql
    assert BANNED_ON_CITUS.findall(offline_sql) == []


def test_one_statement_adds_at_most_one_constraint(offline_sql):
    for statement in offline_sql.split(";\n"):
        if statement.lstrip().upper().startswith("ALTER TABLE"):
            assert statement.upper().count("ADD CONSTRAINT") <= 1, statement


def test_the_daily_proof_looks_for_every_guard():
    assert set(GUARDED) == APPEND_ONLY


def test_triggers_are_the_append_only_guards_and_nothing_else(offline_sql):
    triggers = re.findall(r"CREATE TRIGGER (\w+)", offline_sql)

    assert sorted(triggers) == sorted(f"tg_{table}_append_only" for table in APPEND_ONLY)
