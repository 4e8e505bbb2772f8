"""Gift marks: how much of a purse's lots came as gifts, which are not given on (D32).

A gift leaves its mark on the lot of the account that got it. Where an empty household's
points are passed on, what was a gift stays one: its mark goes along, and leaves the household.
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.people.models import Member
from app.points.models import Gift, GiftLot, HomePassingMark

Mark = tuple[UUID, date]
"""The owner of an account, and the last day of one of its lots."""


def received(session: Session, *, ledger_id: int, owner_ids: Collection[UUID]) -> dict[Mark, int]:
    """Sum what each owner ever got as gifts by vintage, also under a number merged into it."""
    old = sa.select(Member.id, Member.merged_into_id).where(
        Member.ledger_id == ledger_id, Member.merged_into_id.in_(owner_ids)
    )
    kept_of: dict[UUID, UUID] = {row.id: row.merged_into_id for row in session.execute(old)}
    found: dict[Mark, int] = {}
    for query in _parts(ledger_id, [*owner_ids, *kept_of]):
        for owner_id, vintage_on, points in session.execute(query):
            key = (kept_of.get(owner_id, owner_id), vintage_on)
            found[key] = found.get(key, 0) + int(points)
    return {key: points for key, points in found.items() if points > 0}


def _parts(ledger_id: int, owner_ids: Collection[UUID]) -> tuple[sa.Select[*tuple[Any, ...]], ...]:
    """Gifts that came, marks that came with an empty household's points, and those that left."""
    given = (
        sa.select(Gift.to_owner_id, GiftLot.vintage_on, sa.func.sum(GiftLot.points))
        .join(GiftLot, sa.and_(GiftLot.ledger_id == Gift.ledger_id, GiftLot.gift_id == Gift.id))
        .where(
            Gift.ledger_id == ledger_id,
            GiftLot.ledger_id == ledger_id,
            Gift.to_owner_id.in_(owner_ids),
        )
        .group_by(Gift.to_owner_id, GiftLot.vintage_on)
    )
    mark = HomePassingMark
    came = (
        sa.select(mark.to_owner_id, mark.vintage_on, sa.func.sum(mark.kept_points))
        .where(mark.ledger_id == ledger_id, mark.to_owner_id.in_(owner_ids))
        .group_by(mark.to_owner_id, mark.vintage_on)
    )
    left = (
        sa.select(mark.household_id, mark.vintage_on, -sa.func.sum(mark.points))
        .where(mark.ledger_id == ledger_id, mark.household_id.in_(owner_ids))
        .group_by(mark.household_id, mark.vintage_on)
    )
    return given, came, left
