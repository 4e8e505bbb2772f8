"""What a refusal must leave as it was: every row of every room, so that no table is forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
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
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name in KEPT_ALL_THE_SAME:
            continue
        query = sa.select(table).execution_options(cross_ledger=True)
        if ledger_id is not None and "ledger_id" in table.c:
            query = query.where(table.c.ledger_id == ledger_id)
        found[table.name] = sorted(map(repr, session.execute(query)))
    return found
