"""Serial numbers that people see or that reference rows are named by, per book.

The row of a series stays locked until the transaction ends, so numbers are given
out in order and without a hole, and two who want the same series take turns.
"""

from sqlalchemy.orm import Session

from app.base.models import Serial
from app.base.upserts import insert_for

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
    insert = insert_for(session, Serial).values(
        ledger_id=ledger_id, name=name, next_value=1 + count
    )
    upsert = insert.on_conflict_do_update(
        index_elements=["ledger_id", "name"], set_={"next_value": Serial.next_value + count}
    ).returning(Serial.next_value)
    # The ORM's identity map may hold the row as it was: ask for the column alone.
    return int(session.execute(upsert).scalar_one()) - count
