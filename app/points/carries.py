"""Carries: what of a member's quantity made no whole point yet, per rate version (D27).

A reversed grant gives back what it added, so a carry may be negative meanwhile
(E11). Read and written while the member's row is locked (`holders.of`).
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.upserts import insert_for
from app.points.models import Carry


class CarryKey(NamedTuple):
    """Whose rest, of what, under which version of the rate."""

    holder_id: UUID
    indicator_code: str
    rate_version: int


def read(session: Session, *, ledger_id: int, holder_ids: Collection[UUID]) -> dict[CarryKey, int]:
    """Return every carry of the holders, in one statement."""
    query = sa.select(
        Carry.member_id, Carry.indicator_code, Carry.rate_version, Carry.remainder_quantity
    ).where(Carry.ledger_id == ledger_id, Carry.member_id.in_(holder_ids))
    return {CarryKey(*row[:3]): row.remainder_quantity for row in session.execute(query)}


def write(session: Session, *, ledger_id: int, carries: Mapping[CarryKey, int]) -> None:
    """Write carries as they stand now, in one statement."""
    _upsert(session, ledger_id, carries, is_change=False)


def change(session: Session, *, ledger_id: int, changes: Mapping[CarryKey, int]) -> None:
    """Add to carries, or take from them, in one statement."""
    _upsert(session, ledger_id, changes, is_change=True)


def _upsert(
    session: Session, ledger_id: int, carries: Mapping[CarryKey, int], *, is_change: bool
) -> None:
    if not carries:
        return
    rows = [
        {
            "ledger_id": ledger_id,
            "member_id": key.holder_id,
            "indicator_code": key.indicator_code,
            "rate_version": key.rate_version,
            "remainder_quantity": quantity,
        }
        for key, quantity in sorted(carries.items())
    ]
    insert = insert_for(session, Carry.__table__)
    value = insert.excluded.remainder_quantity
    if is_change:
        value = Carry.remainder_quantity + value
    upsert = insert.on_conflict_do_update(
        index_elements=["ledger_id", "member_id", "indicator_code", "rate_version"],
        set_={"remainder_quantity": value},
    )
    session.execute(upsert, rows)
