"""Serial numbers that people see or that reference rows are named by, per book.

The row of a series stays locked until the transaction ends, so numbers are given
out in order and without a hole, and two who want the same series take turns.
"""

from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.models import Serial
from app.base.upserts import insert_in

_TABLE = cast(sa.Table, Serial.__table__)

HOUSE = 0
"""The book of acts and things that belong to no book (ruling 5)."""


def take(session: Session, *, ledger_id: int, name: str, count: int = 1) -> int:
    """Take `count` consecutive numbers of a series and return the first; series begin at 1."""
    assert count >= 1, "take at least one number"
    return _advance(session, ledger_id, name, count)


def lock(session: Session, *, ledger_id: int, name: str) -> int:
    """Hold the series until the transaction ends; return the number that comes next.

    For work that must read before it knows how many numbers it needs.
    """
    return _advance(session, ledger_id, name, 0)


def _advance(session: Session, ledger_id: int, name: str, count: int) -> int:
    connection = session.connection()
    row = {"ledger_id": ledger_id, "name": name, "next_value": 1 + count}
    taken = connection.execute(_upsert(connection.dialect.name), row)
    return int(taken.scalar_one()) - count


@cache
def _upsert(dialect: str) -> Any:
    """Built once for each dialect: `excluded` is what a fresh series would begin with."""
    insert = insert_in(dialect, _TABLE)
    raised = _TABLE.c.next_value + insert.excluded.next_value - 1
    return insert.on_conflict_do_update(
        index_elements=["ledger_id", "name"], set_={"next_value": raised}
    ).returning(_TABLE.c.next_value)
