"""Lists of orders: of a place, of who asked, of who is to do them (T8)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.service_orders import figures as counted
from app.service_orders import templates
from app.service_orders.figures import GOOD_STARS, Cut, Figures
from app.service_orders.models import Order, OrderCategory


def figures(session: Session, *, ledger_id: int, node: Node, **span: datetime | None) -> Figures:
    """Count the orders filed at a place and below it, in a time; as `figures.total`."""
    return counted.total(session, Cut(ledger_id=ledger_id, node=node, **span))


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which orders to list. `meaning`: the last step that was taken, whatever its name.

    `only_here`: of the place itself, as `figures.by_place` counts it; not of its parts.
    """

    state: str | None = None
    meaning: str | None = None
    category_code: str | None = None
    only_overdue: bool = False
    only_unassigned: bool = False
    only_hard: bool = False
    only_rated: bool = False
    only_good: bool = False
    only_here: bool = False
    without_withdrawn: bool = False
    team_id: UUID | None = None
    handler_id: UUID | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None


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
    query = sa.select(Order).where(*_wanted(session, ledger_id, node, wanted or Wanted()))
    ordered = query.order_by(_IS_OVER, Order.due_at, Order.id).limit(limit).offset(offset)
    return list(session.scalars(ordered))


def count_in(session: Session, *, ledger_id: int, node: Node, wanted: Wanted) -> int:
    """Count what `list_in` would list in all."""
    query = sa.select(sa.func.count()).select_from(Order)
    return session.scalar(query.where(*_wanted(session, ledger_id, node, wanted))) or 0


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


def list_of_hands(
    session: Session,
    *,
    ledger_id: int,
    person_id: UUID,
    team_ids: Collection[UUID],
    is_open: bool = True,
    limit: int = 50,
    offset: int = 0,
) -> list[Order]:
    """List what a person or a team of theirs is to do, most urgent first; or did, latest first."""
    query = sa.select(Order).where(
        Order.ledger_id == ledger_id,
        sa.or_(Order.handler_id == person_id, Order.team_id.in_(set(team_ids))),
        Order.state == ("open" if is_open else "finished"),
    )
    order = (Order.due_at,) if is_open else (Order.finished_at.desc(),)
    return list(session.scalars(query.order_by(*order, Order.id).limit(limit).offset(offset)))


def has_hands(
    session: Session, *, ledger_id: int, person_id: UUID, team_ids: Collection[UUID]
) -> bool:
    """Whether a person, or a team of theirs, was ever given an order."""
    query = sa.select(Order.id).where(
        Order.ledger_id == ledger_id,
        sa.or_(Order.handler_id == person_id, Order.team_id.in_(set(team_ids))),
    )
    return session.execute(query.limit(1)).first() is not None


_IS_OVER = sa.case((Order.state == "open", 0), else_=1)


def _wanted(
    session: Session, ledger_id: int, node: Node, wanted: Wanted
) -> list[sa.ColumnElement[bool]]:
    found = [Order.ledger_id == ledger_id, tree.within(Order.node_path, node), *_conditions(wanted)]
    if wanted.only_hard:
        hard = sa.select(OrderCategory.code).where(
            OrderCategory.ledger_id == ledger_id, OrderCategory.is_hard.is_(True)
        )
        found.append(Order.category_code.in_(hard))
    if wanted.only_here:
        found += [~tree.within(Order.node_path, part) for part in tree.children(session, node)]
    if wanted.meaning is not None:
        found.append(_at_meaning(session, wanted.meaning))
    return found


def _at_meaning(session: Session, meaning: str) -> sa.ColumnElement[bool]:
    """Condition: the last step that was taken has this meaning, under whatever template."""
    steps = templates.numbers_of(session, meaning)
    return sa.or_(
        sa.false(),
        *(
            sa.and_(
                Order.template_code == code,
                Order.template_version == version,
                Order.step_no == number,
            )
            for code, version, number in steps
        ),
    )


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    equal = {
        Order.state: wanted.state,
        Order.category_code: wanted.category_code,
        Order.team_id: wanted.team_id,
        Order.handler_id: wanted.handler_id,
    }
    found = [column == value for column, value in equal.items() if value is not None]
    found += [condition for name, condition in _ONLY.items() if getattr(wanted, name)]
    if wanted.begins_at is not None:
        found.append(Order.filed_at >= wanted.begins_at)
    if wanted.ends_at is not None:
        found.append(Order.filed_at < wanted.ends_at)
    return found


_ONLY: dict[str, sa.ColumnElement[bool]] = {
    "only_overdue": sa.and_(Order.state == "open", Order.escalated_at.is_not(None)),
    "only_unassigned": sa.and_(Order.state == "open", Order.step_no == 1),
    "only_rated": Order.rated_at.is_not(None),
    "only_good": Order.stars >= GOOD_STARS,
    "without_withdrawn": Order.state != "withdrawn",
}
