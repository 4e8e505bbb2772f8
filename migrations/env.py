"""Run migrations against the application's own database.

Each step has a transaction of its own. On SQLite foreign keys are off while tables
are rebuilt, and checked before each step commits; on PostgreSQL a step may take as
long as it needs, but never queues long for a lock; on Citus, DDL runs sequentially
so that it can share one transaction.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.base.db import db
from migrations.house import has_extension, load_models


def migrate_online() -> None:
    """Open a connection with the settings that migrations need, and run the steps."""
    engine: sa.Engine = db.engine
    with engine.connect() as connection:
        connection.detach()  # its settings are not for the application: close it afterwards
        prepare(connection)
        context.configure(
            connection=connection,
            target_metadata=load_models(),
            transaction_per_migration=True,
            render_as_batch=connection.dialect.name == "sqlite",
            on_version_apply=check_foreign_keys,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def prepare(connection: sa.Connection) -> None:
    """Set the connection up; SQLite takes this pragma outside transactions only."""
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        return
    connection.exec_driver_sql("SET statement_timeout = 0")
    if has_extension(connection, "citus"):
        connection.exec_driver_sql("SET citus.multi_shard_modify_mode = 'sequential'")
    connection.commit()


def check_foreign_keys(ctx: Any, **_step: Any) -> None:
    """Refuse to commit a step that leaves a row pointing nowhere (SQLite).

    Raises:
        RuntimeError: Rows point to rows that do not exist.
    """
    if ctx.dialect.name == "sqlite" and not ctx.as_sql:
        broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"this step would break foreign keys: {broken[:5]}")


def migrate_offline() -> None:
    """Write the SQL of every step instead of running it."""
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"],
        target_metadata=load_models(),
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    migrate_offline()
else:
    migrate_online()
