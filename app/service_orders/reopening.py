"""Reopening: a finished order was not done after all; its hours are taken back (T9).

Who asked says so within the days after which silence counts as content, and not after a
rating that credits: then the volunteers' hours are theirs. Afterwards only staff of the
place may, none of whom had a hand in it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.community import settings, tree
from app.points import approvals, grants
from app.service_orders import involvement, standing, telling
from app.service_orders.errors import ReopeningOver
from app.service_orders.models import Order, OrderWork

DAYS, BAD_STARS = "order.silence_days", "order.bad_stars_max"


def reopen(session: Session, *, ledger_id: int, order_id: UUID, reason: str, actor: Actor) -> Order:
    """Open a finished order again; what its round credited is reversed, what waits refused.

    Who asked may for some days, and staff of the place (the door asks). It goes back to
    whom it was assigned; its time to answer stays over.

    Raises:
        NotFound: No such order.
        ValidationFailed: No reason is given.
        OrderStepConflict: It is not finished.
        ReopeningOver: Who asked is content, or too late; fact `is_rated`.
        SecondPersonRequired: Of the desk, but they, or their household, had a hand in it.
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    if not reason.strip():
        raise ValidationFailed("say why", field="reason")
    all_steps = standing.steps(session, order)
    finished_no = standing.step_number(all_steps, "finished")
    if order.state != "finished" or finished_no is None:
        raise standing.conflict(all_steps, order)
    _require_may(session, order, actor)
    for work in involvement.list_work(session, ledger_id=ledger_id, order_ids=[order_id]):
        if work.round_no == order.reopened_count + 1:
            _take_back(session, order, work, reason, actor)
    order.step_no, order.state = finished_no - 1, "open"
    order.finished_at = order.rated_at = order.stars = order.credited_at = None
    order.reopened_count += 1
    standing.log(session, order, "reopened", reason, actor)
    telling.reopened(session, order, reason)
    return order


def asker_until(session: Session, order: Order) -> datetime | None:
    """Return until when who asked may still say that it was not done; None if they may not."""
    if order.state != "finished" or order.finished_at is None:
        return None
    node = tree.get(session, order.node_id)
    held = settings.read(session, node, DAYS, BAD_STARS)
    until_at = order.finished_at + timedelta(days=held[DAYS])
    is_content = order.stars is not None and order.stars > held[BAD_STARS]
    return None if is_content or until_at <= clock.now() else until_at


def _require_may(session: Session, order: Order, actor: Actor) -> None:
    asked_by = standing.asker_person_id(session, order)
    if asked_by is None or not actor.is_involved(asked_by):
        involvement.require_another(session, order, actor)
    elif asker_until(session, order) is None:
        raise ReopeningOver(is_rated=order.rated_at is not None)


def _take_back(session: Session, order: Order, work: OrderWork, reason: str, actor: Actor) -> None:
    """Reverse what was credited, and refuse what waits: the same work is not credited twice."""
    if work.grant_id is None:
        return
    named: dict[str, Any] = {"ledger_id": order.ledger_id, "grant_id": work.grant_id}
    if approvals.drop(session, **named, reason=reason, actor=actor) is not None:
        return
    if grants.get(session, **named).state == "posted":
        grants.reverse(session, **named, reason=reason, actor=actor)
