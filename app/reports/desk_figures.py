"""Figures for the desk's first page: what a place did in a month, and what expires soon."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base import clock
from app.community import tree
from app.community.models import Node
from app.ledger.models import Account
from app.mall import order_places
from app.mall.models import Redemption
from app.people.models import Household, HouseholdMember, Member
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
    """What a member or a household would lose: points that expire, the first on a day.

    Attributes:
        member_id: Whose it is; of a household its head; None: nobody is in it any more.
        home_name: The household whose points these are; None: the member's own.
    """

    member_id: UUID | None
    volunteer_no: str
    name_masked: str
    points: int
    first_on: date
    home_name: str | None = None


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
    start: Any = sa.select(sa.func.count(), sa.func.sum(Redemption.total_points))
    sold = session.execute(
        order_places.placed(start, ledger_id)
        .join(Node, Node.id == order_places.NODE_ID)
        .where(
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
    """List whose points expire in a subtree from today to a day, soonest first (D28).

    Members' own and households' alike; what a reservation holds back is not counted.
    """
    found = [
        *_of_members(session, ledger_id, node, until_on),
        *_of_households(session, ledger_id, node, until_on),
    ]
    return sorted(found, key=lambda each: (each.first_on, each.volunteer_no, each.home_name or ""))


_HELD = Account.credits_posted - Account.debits_posted - Account.debits_pending
_POINTS = sa.func.sum(_HELD).label("points")
_FIRST_ON = sa.func.min(Account.vintage_on).label("first_on")


def _is_expiring(ledger_id: int, kind: str, until_on: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        Account.ledger_id == ledger_id,
        Account.unit == "points",
        Account.kind == kind,
        Account.vintage_on.between(clock.today(), until_on),
        _HELD > 0,
    )


def _of_members(session: Session, ledger_id: int, node: Node, until_on: date) -> list[Expiring]:
    query = (
        sa.select(Member.id, Member.volunteer_no, Member.name_masked, _POINTS, _FIRST_ON)
        .select_from(Account)
        .join(Member, (Member.ledger_id == Account.ledger_id) & (Member.id == Account.owner_id))
        .join(Node, Node.id == Member.node_id)
        .where(
            _is_expiring(ledger_id, "wallet", until_on),
            Member.ledger_id == ledger_id,
            tree.within(Node.path, node),
        )
        .group_by(Member.id, Member.volunteer_no, Member.name_masked)
    )
    return [Expiring(*row) for row in session.execute(query)]


def _of_households(session: Session, ledger_id: int, node: Node, until_on: date) -> list[Expiring]:
    """Each household by its head, who is to hear of it; by nobody when it is empty."""
    home, head, stay = Household, aliased(Member), HouseholdMember
    columns = (home.name, head.id, head.volunteer_no, head.name_masked)
    is_head_here = sa.and_(
        stay.ledger_id == home.ledger_id,
        stay.household_id == home.id,
        stay.member_id == home.head_member_id,
        stay.left_on.is_(None),
    )
    query = (
        sa.select(*columns, _POINTS, _FIRST_ON)
        .select_from(Account)
        .join(home, (home.ledger_id == Account.ledger_id) & (home.id == Account.owner_id))
        .join(Node, Node.id == home.node_id)
        .outerjoin(stay, is_head_here)
        .outerjoin(head, (head.ledger_id == stay.ledger_id) & (head.id == stay.member_id))
        .where(
            _is_expiring(ledger_id, "household", until_on),
            home.ledger_id == ledger_id,
            tree.within(Node.path, node),
        )
        .group_by(home.id, *columns)
    )
    return [
        Expiring(member_id, number or "", name or "", points, first_on, home_name)
        for home_name, member_id, number, name, points, first_on in session.execute(query)
    ]
