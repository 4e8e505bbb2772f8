"""Damage that only somebody with the database in their hands can do."""

from contextlib import contextmanager

import sqlalchemy as sa

from app.ledger.batches import dialect_of


@contextmanager
def unguarded(session, *tables):
    """Take the append-only guards off, and put them back as they were."""
    if dialect_of(session) == "postgresql":
        for table in tables:
            session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield
        for table in tables:
            session.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        return
    guards = []
    for table in tables:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"
        guards += session.execute(sa.text(query), {"t": table}).all()
    for name, _sql in guards:
        session.execute(sa.text(f"DROP TRIGGER {name}"))
    yield
    for _name, sql in guards:
        session.connection().exec_driver_sql(sql)


@contextmanager
def unchecked(session, table, constraint, condition):
    """Take a CHECK off, and put it back for rows to come."""
    if dialect_of(session) == "postgresql":
        session.execute(sa.text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"))
        yield
        again = f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({condition}) NOT VALID"
        session.execute(sa.text(again))
        return
    session.execute(sa.text("PRAGMA ignore_check_constraints = ON"))
    yield
    session.execute(sa.text("PRAGMA ignore_check_constraints = OFF"))


def drop_guard(session, table):
    """Take the guard against UPDATE off a table, for good."""
    if dialect_of(session) == "postgresql":
        session.execute(sa.text(f"DROP TRIGGER tg_{table}_append_only ON {table}"))
    else:
        session.execute(sa.text(f"DROP TRIGGER tg_{table}_no_update"))
