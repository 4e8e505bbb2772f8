"""Whose a voucher or a reservation is: its member's, or the membership kept in a merge (L13)."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.mall.models import Reservation, Voucher
from app.people.models import Member
from app.points import holders


def rows_of(
    model: type[Voucher] | type[Reservation], *, ledger_id: int, member_id: UUID
) -> sa.ColumnElement[bool]:
    """The condition that rows are a member's, or were of a membership merged into theirs."""
    merged = sa.select(Member.id).where(
        Member.ledger_id == ledger_id, Member.merged_into_id == member_id
    )
    return sa.or_(model.member_id == member_id, model.member_id.in_(merged))


def of(session: Session, found: Voucher | Reservation) -> UUID:
    """Return the member who has it now."""
    key: Any = {"ledger_id": found.ledger_id, "member_ids": [found.member_id]}
    return holders.of(session, **key)[found.member_id]


def require_of(session: Session, found: Voucher | Reservation, member_id: UUID) -> None:
    """Refuse what is another member's.

    Raises:
        NotFound: It is.
    """
    if of(session, found) != member_id:
        raise NotFound("nothing of yours")
