"""Crediting: the volunteers' work of rated orders becomes hours and points (T8).

A good rating credits; a bad one makes the work wait for a second person, and so does work
for oneself or one's household, whoever rated it; after days without a rating the silence
counts as content. The door calls `credit` after a rating, the clock calls `credit_silent`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.community import settings, tree
from app.people import homes
from app.points import grants
from app.points.grants import Deed
from app.points.models import Grant
from app.service_orders import categories, involvement, standing
from app.service_orders.models import Order, OrderCategory, OrderWork

BAD_RATING, FAMILY = "bad_rating", "family"


def credit(session: Session, *, ledger_id: int, orders: Sequence[Order], actor: Actor) -> int:
    """Turn the work of finished orders into grants, each once; return how many grants.

    Raises:
        LedgerReadOnly: The book is stopped.

    Rule: T8, A3, F14.
    """
    fresh = [each for each in orders if each.state == "finished" and each.credited_at is None]
    rounds = {each.id: each.reopened_count + 1 for each in fresh}
    works = [
        each
        for each in involvement.list_work(session, ledger_id=ledger_id, order_ids=list(rounds))
        if each.round_no == rounds[each.order_id]
    ]
    order_of = {each.id: each for each in fresh}
    bad, kin = _bad_ones(session, fresh), _for_family(session, ledger_id, order_of, works)
    kinds = {
        each.code: each
        for each in categories.list_of(session, ledger_id=ledger_id, only_open=False)
    }
    deeds = []
    for work in works:
        order = order_of[work.order_id]
        kind = kinds[order.category_code]
        is_family = kind.credit_category_code is not None and work.id in kin
        reasons = {BAD_RATING: order.id in bad, FAMILY: is_family}
        holds = tuple(reason for reason, is_so in reasons.items() if is_so)
        deeds.append(_deed(order, work, kind, holds))
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


def _for_family(
    session: Session, ledger_id: int, order_of: Mapping[UUID, Order], works: Sequence[OrderWork]
) -> set[UUID]:
    """Return the ids of work that was done for oneself (after a merge), or for one's household."""
    asked_by = {each.id: order_of[each.order_id].requester_id for each in works}
    ids = {each.member_id for each in works} | {each for each in asked_by.values() if each}
    home = homes.homes_of(session, ledger_id=ledger_id, member_ids=ids)
    found = set()
    for work in works:
        theirs = asked_by[work.id]
        at_home = theirs in home and home[theirs] == home.get(work.member_id)
        if theirs == work.member_id or at_home:
            found.add(work.id)
    return found


def _deed(
    order: Order, work: OrderWork, kind: OrderCategory, hold_reasons: tuple[str, ...]
) -> Deed:
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
        hold_reasons=hold_reasons,
    )


def _keep(session: Session, works: Sequence[OrderWork], made: Sequence[Grant]) -> None:
    for work, grant in zip(works, made, strict=True):
        work.grant_id = grant.id
    session.flush()
