"""Holding members still: what touches one's cards, codes and stays happens one after another."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.people.errors import MemberNotActive
from app.people.models import Member


def lock_active(session: Session, *, ledger_id: int, member_ids: Collection[UUID]) -> None:
    """Lock active members until the transaction ends, in one order and one statement.

    Raises:
        NotFound: One is no member of this book.
        MemberNotActive: One membership was merged, left or erased.
    """
    query = (
        sa.select(Member.id, Member.state)
        .where(Member.ledger_id == ledger_id, Member.id.in_(set(member_ids)))
        .order_by(Member.id)
        .with_for_update(key_share=True)
    )
    states = {row.id: row.state for row in session.execute(query)}
    for member_id in member_ids:
        if member_id not in states:
            raise NotFound("no such member in this book")
        if states[member_id] != "active":
            raise MemberNotActive(state=states[member_id])
