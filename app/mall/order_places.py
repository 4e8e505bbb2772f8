"""Where an order counts: at its shop's place, or at the place that hosts its stall (M4).

Figures of a place ask here. What is settled, counted on a shelf or called idle is a shop's
own, wherever it was sold.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base import clock
from app.community import tree
from app.community.models import Node
from app.mall import figures, shops
from app.mall.figures import Counts
from app.mall.models import Redemption, Shop, Stall, Till

NODE_ID: sa.ColumnElement[int] = sa.func.coalesce(Stall.node_id, Shop.node_id)
"""The place of an order, in a statement that is `placed`."""


def placed(start: sa.Select[Any], ledger_id: int) -> sa.Select[Any]:
    """Join shop, till and stall, if there was one, to a statement of a book's redemptions."""
    return (
        start.select_from(Redemption)
        .join(Shop, sa.and_(Shop.ledger_id == ledger_id, Shop.id == Redemption.shop_id))
        .join(Till, sa.and_(Till.ledger_id == ledger_id, Till.id == Redemption.till_id))
        .outerjoin(Stall, sa.and_(Stall.ledger_id == ledger_id, Stall.id == Till.stall_id))
        .where(Redemption.ledger_id == ledger_id)
    )


def figures_on(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    from_on: date | None,
    until_on: date | None,
    at_most: int | None,
) -> tuple[list[Shop], dict[UUID, Counts]]:
    """Return what shops gave on these days, both included; the busiest first (M5, P9).

    Args:
        at_most: Only the idle shops of the place, with at most so many goods orders anywhere.
    """
    key: dict[str, Any] = {"ledger_id": ledger_id, "node": node}
    key["begins_at"] = clock.local_instant(from_on) if from_on else None
    key["ends_at"] = clock.day_bounds(until_on)[1] if until_on else None
    if at_most is None:
        found, counts = figures_of(session, **key)
    else:
        found, counts = idle_of(session, **key, at_most=at_most)
    return figures.most_first(found, counts), counts


def figures_of(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> tuple[list[Shop], dict[UUID, Counts]]:
    """Return what shops gave at a place, by name: its own, and others' at its markets."""
    named: dict[str, Any] = {"ledger_id": ledger_id}
    found = shops.list_within(session, **named, node=node)
    own = {one.id for one in found}
    guests = [one for one in _hosted(session, ledger_id, node) if one.id not in own]
    counts = figures.by_shop(
        session,
        **named,
        shop_ids=[one.id for one in (*found, *guests)],
        begins_at=begins_at,
        ends_at=ends_at,
        is_there=_is_within(ledger_id, node),
    )
    came = [one for one in guests if any(each.times_count for each in counts[one.id].values())]
    return sorted((*found, *came), key=lambda one: (one.name, one.id)), counts


def idle_of(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    at_most: int,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> tuple[list[Shop], dict[UUID, Counts]]:
    """Return the idle shops of a place with all that they gave, wherever that was (P9)."""
    found = shops.list_within(session, ledger_id=ledger_id, node=node)
    span: dict[str, Any] = {"begins_at": begins_at, "ends_at": ends_at}
    ids = [one.id for one in found]
    counts = figures.by_shop(session, ledger_id=ledger_id, shop_ids=ids, **span)
    return [one for one in found if figures.is_idle(one, counts[one.id], at_most)], counts


def _hosted(session: Session, ledger_id: int, node: Node) -> list[Shop]:
    """List the shops that had a stall at a place or below it."""
    stood = (
        sa.select(Stall.shop_id)
        .join(Node, Node.id == Stall.node_id)
        .where(Stall.ledger_id == ledger_id, tree.within(Node.path, node))
    )
    query = sa.select(Shop).where(Shop.ledger_id == ledger_id, Shop.id.in_(stood))
    return list(session.scalars(query))


def _is_within(ledger_id: int, node: Node) -> figures.Where:
    """The conditions that a redemption, or a voucher, counts at a place."""
    place, own = aliased(Node), aliased(Shop)
    stalls = (
        sa.select(Till.id)
        .join(Stall, sa.and_(Stall.ledger_id == ledger_id, Stall.id == Till.stall_id))
        .where(Till.ledger_id == ledger_id)
    )
    here = stalls.join(place, place.id == Stall.node_id).where(tree.within(place.path, node))
    of_place = (
        sa.select(own.id)
        .join(place, place.id == own.node_id)
        .where(own.ledger_id == ledger_id, tree.within(place.path, node))
    )
    at_tills = sa.or_(
        Redemption.till_id.in_(here),
        sa.and_(Redemption.till_id.not_in(stalls), Redemption.shop_id.in_(of_place)),
    )
    return figures.Where(at_tills, of_place)
