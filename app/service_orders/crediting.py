"""Crediting: the volunteers' work of rated orders becomes hours and points (T8).

A good rating credits; a bad one makes the work wait for a second person; after days
without a rating the silence counts as content. The door calls `credit` after a rating,
the clock calls `credit_silent`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.community import settings, tree
from app.points import grants
from app.points.grants import Deed
from app.points.models import Grant
from app.service_orders import categories, involvement, standing
from app.service_orders.models import Order, OrderCategory, OrderWork

BAD_RATING = "bad_rating"


def credit(session: Session, *, ledger_id: int, orders: Sequence[Order], actor: Actor) -> int:
    """Turn the work of finished orders into grants, each once; return how many grants.

    Raises:
        LedgerReadOnly: The book is stopped.

    Rule: T8, A3.
    """
    fresh = [each for each in orders if each.state == "finished" and each.credited_at is None]
    rounds = {each.id: each.reopened_count + 1 for each in fresh}
    works = [
        each
        for each in involvement.list_work(session, ledger_id=ledger_id, order_ids=list(rounds))
        if each.round_no == rounds[each.order_id]
    ]
    order_of = {each.id: each for each in fresh}
    held = _bad_ones(session, fresh)
    kinds = {
        each.code: each
        for each in categories.list_of(session, ledger_id=ledger_id, only_open=False)
    }
    deeds = []
    for work in works:
        order = order_of[work.order_id]
        deeds.append(_deed(order, work, kinds[order.category_code], order.id in held))
    made = grants.grant(session, ledger_id=ledger_id, deeds=deeds, actor=actor)
    _keep(session, works, made)
    for order in fresh:
        order.credited_at = clock.now()
        standing.log(session, order, "credited", "", actor)
    return len(made)


def credit_silent(session: Session, *, ledger_id: int, now: datetime) -> int:
    """Credit what nobody rated for the days of the setting; return how many orders (a job)."""
    query = sa.select(Order).where(
        Order.ledger_id == ledger_id,
        Order.state == "finished",
        Order.credited_at.is_(None),
        Order.finished_at.is_not(None),
    )
    waiting = list(session.scalars(query.with_for_update()))
    days = _settings(session, waiting, "order.silence_days")
    due = [
        each
        for each in waiting
        if each.rated_at
        or (each.finished_at and each.finished_at + timedelta(days=days[each.node_id]) <= now)
    ]
    credit(session, ledger_id=ledger_id, orders=due, actor=SYSTEM)
    return len(due)


def _settings(session: Session, orders: Sequence[Order], name: str) -> dict[int, int]:
    """Return what a setting says at the places of the orders."""
    nodes = tree.get_many(session, {each.node_id for each in orders})
    return {node_id: settings.read(session, node, name)[name] for node_id, node in nodes.items()}


def _bad_ones(session: Session, orders: Sequence[Order]) -> set[UUID]:
    """Return the ids of orders rated so badly that a person must look first."""
    rated = [each for each in orders if each.stars is not None]
    worst = _settings(session, rated, "order.bad_stars_max")
    return {each.id for each in rated if (each.stars or 0) <= worst[each.node_id]}


def _deed(order: Order, work: OrderWork, kind: OrderCategory, is_held: bool) -> Deed:
    return Deed(
        member_id=work.member_id,
        source_kind="order",
        source_id=work.id,
        provenance="credited" if kind.credit_category_code else "none",
        minutes=work.minutes,
        quantity=1,
        category_code=kind.credit_category_code,
        served_on=clock.local_date(work.starts_at),
        node_id=order.node_id,
        team_id=order.team_id,
        starts_at=work.starts_at,
        ends_at=work.ends_at,
        hold_reasons=(BAD_RATING,) if is_held else (),
    )


def _keep(session: Session, works: Sequence[OrderWork], made: Sequence[Grant]) -> None:
    for work, grant in zip(works, made, strict=True):
        work.grant_id = grant.id
    session.flush()
