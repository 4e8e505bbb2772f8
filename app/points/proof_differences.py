"""Counting what does not agree: rows at fault, and sums whose two sides differ per member."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.points import holders


def count_rows(session: Session, query: sa.Select[*tuple[Any, ...]]) -> int:
    """Count the rows of a query that lists faults."""
    counted = sa.select(sa.func.count()).select_from(query.subquery())
    return int(session.execute(counted).scalar_one())


def count(session: Session, ledger_id: int, sides: Sequence[sa.Select[*tuple[Any, ...]]]) -> int:
    """Count the sums that differ: each side selects member, label and a signed amount.

    The database returns only what does not cancel out; what a merge moved from one
    membership to the other is added up under the kept one first.
    """
    both = sa.union_all(*sides).subquery()
    member, label, amount = both.c
    total = sa.func.sum(amount)
    query = sa.select(member, label, total).group_by(member, label).having(total != 0)
    rows: list[tuple[UUID, str, int]] = [
        (row[0], row[1], int(row[2])) for row in session.execute(query)
    ]
    if not rows:
        return 0
    kept = holders.of(session, ledger_id=ledger_id, member_ids={row[0] for row in rows})
    sums: dict[tuple[UUID, str], int] = {}
    for member_id, name, difference in rows:
        key = (kept[member_id], name)
        sums[key] = sums.get(key, 0) + difference
    return sum(1 for difference in sums.values() if difference)
