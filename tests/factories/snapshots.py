"""What a refusal must leave as it was: every row of every room, so that no table is forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

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
    """Read by the driver: a hundred tables by way of SQLAlchemy took a third of all tests' time."""
    session.flush()
    connection = session.connection()
    of = {"book": ledger_id}
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        return {
            name: sorted(map(repr, cursor.execute(f"SELECT * FROM {name} {where}", of)))
            for name, where in _tables(":book" if ledger_id is not None else None)
        }
    tables = _tables("%(book)s" if ledger_id is not None else None)
    found: dict[str, list[str]] = {name: [] for name, _where in tables}
    one_by_one = (f"SELECT '{name}', {name}::text FROM {name} {where}" for name, where in tables)
    for name, row in connection.exec_driver_sql(" UNION ALL ".join(one_by_one), of):
        found[name].append(row)
    return {name: sorted(rows) for name, rows in found.items()}


@cache
def _tables(book: str | None) -> list[tuple[str, str]]:
    """Tables with the condition of a book's rows; `book` is its parameter."""
    return [
        (table.name, f"WHERE ledger_id = {book}" if book and "ledger_id" in table.c else "")
        for table in Base.metadata.sorted_tables
        if table.name not in KEPT_ALL_THE_SAME
    ]
