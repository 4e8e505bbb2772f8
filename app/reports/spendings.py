"""What members spent their points for and did not get back: redemptions and vouchers (P6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community import tree
from app.community.models import Node
from app.mall.models import Redemption, Voucher
from app.people.models import Member

VOUCHER_STANDS = ("open", "used", "missed")
"""A voucher or place whose points did not come back."""


@dataclass(frozen=True, slots=True)
class Spending:
    """Points given for something; `kind` is `redemption` or `voucher`."""

    kind: str
    id: UUID
    member_id: UUID
    number: str
    points: int
    spent_at: datetime
    journal_id: UUID | None


@dataclass(frozen=True, slots=True)
class Spender:
    """A member, and the first spending of theirs in some days."""

    volunteer_no: str
    name_masked: str
    spending: Spending


def of_member(session: Session, *, ledger_id: int, member_id: UUID, limit: int) -> list[Spending]:
    """Return what one member's points went for, the latest first."""
    spent = _standing(ledger_id, member_id=member_id)
    query = sa.select(spent).order_by(spent.c.spent_at.desc(), spent.c.id.desc()).limit(limit)
    return [Spending(*row) for row in session.execute(query)]


def first_within(
    session: Session, *, ledger_id: int, node: Node, begins_on: date, ends_on: date
) -> list[Spender]:
    """Return who spent at first in some days, both included, of a place and all below it."""
    days = (clock.day_bounds(begins_on)[0], clock.day_bounds(ends_on)[1])
    spent = _standing(ledger_id, days=days)
    query = (
        sa.select(Member.volunteer_no, Member.name_masked, spent)
        .join(Member, Member.id == spent.c.member_id)
        .join(Node, Node.id == Member.node_id)
        .where(Member.ledger_id == ledger_id, tree.within(Node.path, node))
        .order_by(spent.c.spent_at, spent.c.id)
    )
    first: dict[UUID, Spender] = {}
    for volunteer_no, name, *row in session.execute(query):
        found = Spending(*row)
        first.setdefault(found.member_id, Spender(volunteer_no, name, found))
    return list(first.values())


def _standing(
    ledger_id: int,
    *,
    member_id: UUID | None = None,
    days: Sequence[datetime] = (),
) -> Any:
    redemption = _columns(Redemption, Redemption.redeemed_at, "redemption", ledger_id)
    voucher = _columns(Voucher, Voucher.issued_at, "voucher", ledger_id)
    redemption = redemption.where(Redemption.state == "done")
    voucher = voucher.where(Voucher.state.in_(VOUCHER_STANDS))
    if member_id is not None:
        redemption = redemption.where(Redemption.member_id == member_id)
        voucher = voucher.where(Voucher.member_id == member_id)
    if days:
        begins_at, ends_at = days
        redemption = redemption.where(
            Redemption.redeemed_at >= begins_at, Redemption.redeemed_at < ends_at
        )
        voucher = voucher.where(Voucher.issued_at >= begins_at, Voucher.issued_at < ends_at)
    return sa.union_all(redemption, voucher).subquery("spent")


def _columns(model: Any, spent_at: Any, kind: str, ledger_id: int) -> Any:
    return sa.select(
        sa.literal(kind).label("kind"),
        model.id,
        model.member_id,
        model.number,
        model.total_points.label("points"),
        spent_at.label("spent_at"),
        model.journal_id,
    ).where(model.ledger_id == ledger_id)
