"""Run migrations against the application's own database.

On SQLite foreign keys are off while tables are rebuilt and checked before the
commit; on Citus, DDL runs sequentially so that it can share one transaction.
"""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.base.db import db


def migrate(connection: sa.Connection) -> None:
    """Run every step on one connection, each in a transaction of its own."""
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        transaction_per_migration=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate_online() -> None:
    """Open a connection with the settings that migrations need."""
    engine: sa.Engine = db.engine
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            raw = connection.connection.dbapi_connection
            raw.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        migrate(connection)
        connection.commit()
        if engine.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
            if broken:
                raise RuntimeError(f"foreign keys broken after the migration: {broken[:5]}")


def migrate_offline() -> None:
    """Write the SQL of every step instead of running it."""
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"],
        target_metadata=db.metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    migrate_offline()
else:
    migrate_online()
