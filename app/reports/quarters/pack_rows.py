"""The rows of a quarter's pack: hours by place, shops, grants by hand (S11, A17)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community import tree
from app.community.models import Node
from app.mall import figures
from app.mall import shops as mall_shops
from app.mall.figures import Counts, KindCount
from app.mall.models import Shop
from app.people.models import Member
from app.points.models import Day, Decision, Grant
from app.points.quarters.calendar import Quarter


@dataclass(frozen=True, slots=True)
class Place:
    """What a place did in a quarter."""

    code: str
    name: str
    people_count: int
    minutes: int
    points: int


@dataclass(frozen=True, slots=True)
class ShopSum:
    """What a shop gave in a quarter, each kind by itself (M5)."""

    shop: Shop
    place: str
    counts: Counts

    @property
    def is_store(self) -> bool:
        """Whether it is a 积分超市 that is not closed."""
        return self.shop.kind == "store" and self.shop.state != "closed"

    @property
    def is_idle(self) -> bool:
        """Whether it gave out goods twice or less in the quarter (P9)."""
        return figures.is_idle(self.shop, self.counts)


@dataclass(frozen=True, slots=True)
class ByHand:
    """A grant by hand, with its reason and the two people (A17)."""

    served_on: date
    volunteer_no: str
    name_masked: str
    minutes: int
    points: int
    state: str
    reason: str
    entered_by: str
    decided_by: str


def places(session: Session, *, ledger_id: int, node: Node, quarter: Quarter) -> list[Place]:
    """Return hours, points and people of each place where somebody served, most hours first."""
    minutes = sa.func.sum(Day.minutes)
    query = (
        sa.select(
            Node.code,
            Node.short_name,
            sa.func.count(sa.distinct(Day.member_id)),
            minutes,
            sa.func.sum(Day.points),
        )
        .join(Node, Node.id == Day.node_id)
        .where(*_of_quarter(ledger_id, quarter), tree.within(Node.path, node))
        .group_by(Node.id, Node.code, Node.short_name)
        .order_by(minutes.desc(), Node.code)
    )
    return [Place(*row[:2], *(int(each) for each in row[2:])) for row in session.execute(query)]


def people(session: Session, *, ledger_id: int, node: Node, quarter: Quarter) -> int:
    """Return how many people served in a quarter, each once wherever they served."""
    kept_id = sa.func.coalesce(Member.merged_into_id, Member.id)
    query = (
        sa.select(sa.func.count(sa.distinct(kept_id)))
        .select_from(Day)
        .join(Member, sa.and_(Member.ledger_id == Day.ledger_id, Member.id == Day.member_id))
        .join(Node, Node.id == Day.node_id)
        .where(
            *_of_quarter(ledger_id, quarter),
            Member.ledger_id == ledger_id,
            Day.minutes > 0,
            tree.within(Node.path, node),
        )
    )
    return int(session.scalar(query) or 0)


def shops(session: Session, *, ledger_id: int, node: Node, quarter: Quarter) -> list[ShopSum]:
    """Return what each shop gave at its tills and as vouchers, most orders of goods first.

    A 积分超市 that gave nothing is there too; a partner's place, or one that is closed, only
    if it gave something.
    """
    found = mall_shops.list_within(session, ledger_id=ledger_id, node=node)
    begins_at, ends_at = _instants(quarter)
    counts = figures.by_shop(
        session,
        ledger_id=ledger_id,
        shop_ids=[one.id for one in found],
        begins_at=begins_at,
        ends_at=ends_at,
    )
    places = tree.get_many(session, {one.node_id for one in found})
    sums = [ShopSum(one, places[one.node_id].short_name, counts[one.id]) for one in found]
    told = [each for each in sums if each.is_store or any(map(_gave, each.counts.values()))]
    return sorted(told, key=lambda each: (-each.counts["goods"].times_count, each.shop.name))


def _gave(count: KindCount) -> bool:
    return count.times_count > 0


def by_hand(session: Session, *, ledger_id: int, node: Node, quarter: Quarter) -> list[ByHand]:
    """Return every grant by hand of the quarter, refused and reversed ones too."""
    query = (
        sa.select(Grant, Member, Decision)
        .join(Member, sa.and_(Member.ledger_id == Grant.ledger_id, Member.id == Grant.member_id))
        .join(Node, Node.id == Grant.node_id)
        .outerjoin(
            Decision,
            sa.and_(Decision.ledger_id == Grant.ledger_id, Decision.subject_id == Grant.id),
        )
        .where(
            Grant.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            sa.or_(Decision.ledger_id == ledger_id, Decision.ledger_id.is_(None)),
            Grant.source_kind == "manual",
            Grant.counted_on.between(quarter.begins_on, quarter.ends_on),
            tree.within(Node.path, node),
        )
        .order_by(Grant.served_on, Grant.id)
    )
    found: Any = session.execute(query).all()
    actors = {each.made_by_id for each, _, _ in found}
    actors |= {decision.decided_by_id for _, _, decision in found if decision}
    numbers = _numbers(session, ledger_id, actors)
    return [
        ByHand(
            served_on=grant.served_on,
            volunteer_no=member.volunteer_no,
            name_masked=member.name_masked,
            minutes=grant.minutes,
            points=grant.points,
            state=grant.state,
            reason=grant.reason or "",
            entered_by=numbers.get(grant.made_by_id, ""),
            decided_by=numbers.get(decision.decided_by_id, "") if decision else "",
        )
        for grant, member, decision in found
    ]


def _numbers(session: Session, ledger_id: int, person_ids: set[UUID]) -> dict[UUID, str]:
    query = sa.select(Member.person_id, Member.volunteer_no).where(
        Member.ledger_id == ledger_id, Member.person_id.in_(person_ids)
    )
    return {row.person_id: row.volunteer_no for row in session.execute(query)}


def _of_quarter(ledger_id: int, quarter: Quarter) -> tuple[Any, ...]:
    return (
        Day.ledger_id == ledger_id,
        Day.counted_on.between(quarter.begins_on, quarter.ends_on),
    )


def _instants(quarter: Quarter) -> tuple[datetime, datetime]:
    return clock.local_instant(quarter.begins_on), clock.local_instant(quarter.next.begins_on)
