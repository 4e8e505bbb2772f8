"""Figures for the desk's first page: what a place did in a month, and what expires soon."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community import tree
from app.community.models import Node
from app.ledger.models import Account
from app.mall.models import Redemption, Shop
from app.people.models import Member
from app.points.models import Day


@dataclass(frozen=True, slots=True)
class Figures:
    """What was posted for deeds at a place and redeemed in its shops; minutes and points."""

    minutes: int
    points: int
    redemption_count: int
    redeemed_points: int


@dataclass(frozen=True, slots=True)
class Expiring:
    """What a member would lose: points that expire, the first of them on a day."""

    member_id: UUID
    volunteer_no: str
    name_masked: str
    points: int
    first_on: date


def of_span(
    session: Session, *, ledger_id: int, node: Node, begins_on: date, ends_on: date
) -> Figures:
    """Return the figures of a subtree over some Shanghai days, both included."""
    posted = session.execute(
        sa.select(sa.func.sum(Day.minutes), sa.func.sum(Day.points))
        .join(Node, Node.id == Day.node_id)
        .where(
            Day.ledger_id == ledger_id,
            Day.counted_on.between(begins_on, ends_on),
            tree.within(Node.path, node),
        )
    ).one()
    sold = session.execute(
        sa.select(sa.func.count(), sa.func.sum(Redemption.total_points))
        .select_from(Redemption)
        .join(Shop, (Shop.ledger_id == Redemption.ledger_id) & (Shop.id == Redemption.shop_id))
        .join(Node, Node.id == Shop.node_id)
        .where(
            Redemption.ledger_id == ledger_id,
            Shop.ledger_id == ledger_id,
            Redemption.state == "done",
            Redemption.redeemed_at >= clock.day_bounds(begins_on)[0],
            Redemption.redeemed_at < clock.day_bounds(ends_on)[1],
            tree.within(Node.path, node),
        )
    ).one()
    return Figures(int(posted[0] or 0), int(posted[1] or 0), int(sold[0]), int(sold[1] or 0))


def list_expiring(
    session: Session, *, ledger_id: int, node: Node, until_on: date
) -> list[Expiring]:
    """List members of a subtree whose points expire from today to a day, soonest first (D28)."""
    held = sa.func.sum(Account.credits_posted - Account.debits_posted).label("points")
    first_on = sa.func.min(Account.vintage_on).label("first_on")
    query = (
        sa.select(Member.id, Member.volunteer_no, Member.name_masked, held, first_on)
        .select_from(Account)
        .join(Member, (Member.ledger_id == Account.ledger_id) & (Member.id == Account.owner_id))
        .join(Node, Node.id == Member.node_id)
        .where(
            Account.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            Account.unit == "points",
            Account.kind == "wallet",
            Account.vintage_on.between(clock.today(), until_on),
            Account.credits_posted > Account.debits_posted,
            tree.within(Node.path, node),
        )
        .group_by(Member.id, Member.volunteer_no, Member.name_masked)
        .order_by(first_on, Member.volunteer_no)
    )
    return [Expiring(*row) for row in session.execute(query)]
