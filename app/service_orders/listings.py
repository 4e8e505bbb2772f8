"""Lists of orders, and their figures: 办结率 and 满意度, from rows (T8, T9, S4)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.service_orders.models import Order

GOOD_STARS = 4


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of orders; what was taken back is in none of them."""

    filed_count: int
    finished_count: int
    rated_count: int
    good_count: int
    overdue_count: int

    def finished_percent(self, places: int = 1) -> Decimal | None:
        """Return 办结率 in percent, rounded half up; None without orders (T9, T10)."""
        return percent(self.finished_count, self.filed_count, places)

    def good_percent(self, places: int = 1) -> Decimal | None:
        """Return 满意度: the share of rated orders with four stars or more (S4)."""
        return percent(self.good_count, self.rated_count, places)


def percent(part: int, whole: int, places: int = 1) -> Decimal | None:
    """Return part of whole in percent by decimal arithmetic, half up; None of nothing."""
    if not whole:
        return None
    step = Decimal(1).scaleb(-places)
    return (Decimal(part) * 100 / Decimal(whole)).quantize(step, ROUND_HALF_UP)


def figures(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Figures:
    """Count the orders filed at a place and below it, in a time."""
    finished = Order.state == "finished"
    query = sa.select(
        sa.func.count(),
        sa.func.count().filter(finished),
        sa.func.count(Order.rated_at),
        sa.func.count().filter(Order.stars >= GOOD_STARS),
        sa.func.count().filter(sa.and_(Order.state == "open", Order.escalated_at.is_not(None))),
    ).where(
        Order.ledger_id == ledger_id, tree.within(Order.node_path, node), Order.state != "withdrawn"
    )
    if begins_at is not None:
        query = query.where(Order.filed_at >= begins_at)
    if ends_at is not None:
        query = query.where(Order.filed_at < ends_at)
    return Figures(*session.execute(query).one())


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which orders to list."""

    state: str | None = None
    category_code: str | None = None
    only_overdue: bool = False
    only_unassigned: bool = False
    team_id: UUID | None = None
    handler_id: UUID | None = None


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    wanted: Wanted | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Order]:
    """List the orders of a place and below it, the most urgent first."""
    wanted = wanted or Wanted()
    query = sa.select(Order).where(
        Order.ledger_id == ledger_id, tree.within(Order.node_path, node), *_conditions(wanted)
    )
    ordered = query.order_by(Order.due_at, Order.id).limit(limit).offset(offset)
    return list(session.scalars(ordered))


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Order]:
    """List what a member asked for, latest first."""
    query = (
        sa.select(Order)
        .where(Order.ledger_id == ledger_id, Order.requester_id == member_id)
        .order_by(Order.filed_at.desc(), Order.id.desc())
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(Order.state == wanted.state)
    if wanted.category_code is not None:
        found.append(Order.category_code == wanted.category_code)
    if wanted.only_overdue:
        found.append(sa.and_(Order.state == "open", Order.escalated_at.is_not(None)))
    if wanted.only_unassigned:
        found.append(sa.and_(Order.state == "open", Order.step_no == 1))
    if wanted.team_id is not None:
        found.append(Order.team_id == wanted.team_id)
    if wanted.handler_id is not None:
        found.append(Order.handler_id == wanted.handler_id)
    return found
