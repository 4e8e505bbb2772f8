"""What a refusal must leave as it was: every row of every room, so that no table is forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from app.base.db import Base
from app.base.transactions import attempt

KEPT_ALL_THE_SAME = {
    "base_idempotency",
    "base_serial",
    "people_session",
    "people_credential",
    "people_login_code",
}
"""Outer facts: what a refused request may leave behind (ruling 6)."""


def everything(session: Session) -> dict[str, list[str]]:
    """Every row of every table, but the outer facts."""
    return _rows(session, None)


def of_book(session: Session, ledger_id: int) -> dict[str, list[str]]:
    """The same, of one book; what belongs to no book is everybody's."""
    return _rows(session, ledger_id)


@contextmanager
def refused(session: Session, error: type[Exception]) -> Iterator[pytest.ExceptionInfo]:
    """The block is refused, and changes no row."""
    before = everything(session)
    with pytest.raises(error) as caught, attempt(session):
        yield caught
    session.expire_all()
    assert everything(session) == before


def _rows(session: Session, ledger_id: int | None) -> dict[str, list[str]]:
    """Read past SQLAlchemy, which would build and compile a statement per table each time."""
    session.flush()
    connection, tables = session.connection(), _tables(ledger_id)
    if connection.dialect.name == "sqlite":
        read = connection.connection.cursor().execute
        return {name: sorted(map(repr, read(f"SELECT * FROM {rows}"))) for name, rows in tables}
    parts = (f"SELECT '{name}', {name}::text FROM {rows}" for name, rows in tables)
    found: dict[str, list[str]] = {name: [] for name, _rows in tables}
    for name, row in connection.exec_driver_sql(" UNION ALL ".join(parts)):
        found[name].append(row)
    return {name: sorted(rows) for name, rows in found.items()}


def _tables(ledger_id: int | None) -> list[tuple[str, str]]:
    """Each table, and which of its rows are the book's."""
    of_book = "" if ledger_id is None else f" WHERE ledger_id = {ledger_id:d}"
    return [
        (table.name, table.name + (of_book if "ledger_id" in table.c else ""))
        for table in Base.metadata.tables.values()
        if table.name not in KEPT_ALL_THE_SAME
    ]
