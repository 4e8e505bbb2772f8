"""What migrations share: spreading tables on Citus, and the append-only guards.

Triggers come from `append_only` alone (decision 0002): on SQLite and on PostgreSQL;
on Citus, which has none, and on PostgreSQL too, the operator revokes UPDATE and
DELETE from the application's role (docs/operations.md).
"""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import sqlalchemy as sa
from alembic import op

import app
from app.base.db import Base

GUARD_FUNCTION = "refuse_change"


def load_models() -> sa.MetaData:
    """Import the tables of every room and return what they make up together."""
    for room in iter_modules(app.__path__, "app."):
        if room.ispkg and find_spec(f"{room.name}.models"):
            import_module(f"{room.name}.models")
    return Base.metadata


def has_extension(connection: sa.Connection, name: str) -> bool:
    """Whether the PostgreSQL behind the connection carries the extension."""
    query = sa.text("SELECT 1 FROM pg_extension WHERE extname = :name")
    return connection.execute(query, {"name": name}).scalar() is not None


def is_postgresql() -> bool:
    """Whether this migration writes for PostgreSQL; known offline too."""
    return op.get_context().dialect.name == "postgresql"


def has_citus() -> bool:
    """Whether this migration runs on a Citus cluster (never offline, never on SQLite)."""
    if not is_postgresql() or op.get_context().as_sql:
        return False
    return has_extension(op.get_bind(), "citus")


def spread(table: str, key: str | None) -> None:
    """Spread a table that was just created by its key; None: every machine holds it whole.

    Called right after each CREATE TABLE, since Citus takes tables one by one.
    """
    if not has_citus():
        return
    if key is None:
        op.execute(f"SELECT create_reference_table('{table}')")
        return
    anchors = {
        "ledger_id": "base_idempotency",
        "person_id": "people_person",
        "login_hash": "people_login",
    }
    anchor = anchors[key]
    together = "" if table == anchor else f", colocate_with => '{anchor}'"
    op.execute(f"SELECT create_distributed_table('{table}', '{key}'{together})")


def append_only(*tables: str) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE) on the tables, in the database itself."""
    if has_citus():
        return
    if is_postgresql():
        op.execute(
            f"CREATE OR REPLACE FUNCTION {GUARD_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = '42501'; END $$"
        )
        for table in tables:
            op.execute(
                f"CREATE TRIGGER tg_{table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
                f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {GUARD_FUNCTION}()"
            )
        return
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER tg_{table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            )


def not_append_only(*tables: str) -> None:
    """Take the guards off again, for a downgrade."""
    if has_citus():
        return
    if is_postgresql():
        for table in tables:
            op.execute(f"DROP TRIGGER tg_{table}_append_only ON {table}")
        return
    for table in tables:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER tg_{table}_no_{verb}")


def refuse_if_filled(table: str) -> None:
    """Stop a downgrade that would throw away posted rows."""
    if op.get_context().as_sql:
        return
    if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).scalar():  # noqa: S608
        raise RuntimeError(f"{table} holds rows: this downgrade would destroy them")
