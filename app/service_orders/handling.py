"""Handling: an order is assigned, accepted, talked over, sent back (派单, 接单, 办理, 退单)."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import PermissionDenied, ValidationFailed
from app.people import team_members, teams
from app.people.errors import TeamClosed
from app.service_orders import categories, hands, standing, telling
from app.service_orders.errors import TeamWithoutLeader
from app.service_orders.models import Order

TALKED = ("deliberated", "worked")


def assign(
    session: Session,
    *,
    ledger_id: int,
    order_id: UUID,
    actor: Actor,
    team_id: UUID | None = None,
    handler_id: UUID | None = None,
    note: str = "",
) -> Order:
    """Assign an order to a team or to one person (派单); the door asked for staff of the place.

    Whether the person is paid for it here decides whether the work can make hours (K9).

    Raises:
        NotFound: No such order or team.
        TeamClosed: The team is no more.
        TeamWithoutLeader: Nobody leads it, so nobody could take the order on.
        ValidationFailed: Neither or both are named, the person may not take it on, or it is
            who asked for it.
        OrderStepConflict: It is assigned already, or over.
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    if (team_id is None) == (handler_id is None):
        raise ValidationFailed("name a team or a person", field="team_id")
    if team_id is not None:
        team = teams.get(session, ledger_id=ledger_id, team_id=team_id)
        if team.closed_on is not None:
            raise TeamClosed
        leaders = team_members.leaders_of(session, ledger_id=ledger_id, team_id=team_id)
        if not any(each.state == "active" for each in leaders):
            raise TeamWithoutLeader
    elif handler_id is not None:
        _require_another(session, order, handler_id)
        order.handler_kind = hands.kind_of(session, order=order, person_id=handler_id)
    order.team_id, order.handler_id = team_id, handler_id
    step = standing.take_step(session, order, "assigned", note, actor)
    telling.assigned(session, order, step)
    return order


def accept(session: Session, *, ledger_id: int, order_id: UUID, actor: Actor) -> Order:
    """Take an assigned order on (接单).

    Raises:
        NotFound: No such order.
        PermissionDenied: It was assigned to others.
        OrderStepConflict: This workflow has no such step, or another comes first.
    """
    order = _handled(session, ledger_id, order_id, actor)
    standing.take_step(session, order, "accepted", "", actor)
    return order


def go_on(
    session: Session, *, ledger_id: int, order_id: UUID, meaning: str, note: str, actor: Actor
) -> Order:
    """Take a step between: talk it over (议事), or say that work is under way (办理).

    Raises:
        NotFound: No such order.
        PermissionDenied: It was assigned to others.
        ValidationFailed: The meaning is none of these.
        OrderStepConflict: Another step comes first.
    """
    if meaning not in TALKED:
        raise ValidationFailed("not a step between", field="meaning")
    order = _handled(session, ledger_id, order_id, actor)
    standing.take_step(session, order, meaning, note, actor)
    return order


def send_back(
    session: Session, *, ledger_id: int, order_id: UUID, reason: str, actor: Actor
) -> Order:
    """Give an order back that one cannot do (退单); it waits to be assigned again.

    Raises:
        NotFound: No such order.
        PermissionDenied: It was assigned to others.
        ValidationFailed: No reason is given.
        OrderStepConflict: It is not assigned, or finished.
    """
    order = _handled(session, ledger_id, order_id, actor)
    back_to_filed(session, order)
    standing.log(session, order, "returned", _required(reason), actor)
    return order


def reroute(
    session: Session,
    *,
    ledger_id: int,
    order_id: UUID,
    category_code: str,
    reason: str,
    actor: Actor,
) -> Order:
    """Send an order to those whose kind of work it is (分类转办); the time to answer runs anew.

    Raises:
        NotFound: No such order or kind.
        ValidationFailed: No reason is given, or the kind is closed.
        OrderStepConflict: It is finished.
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    kind = categories.get(session, ledger_id=ledger_id, code=category_code)
    if not kind.is_open:
        raise ValidationFailed("this kind is not taken any more", field="category_code")
    if order.state != "open":
        raise standing.conflict(standing.steps(session, order), order)
    _required(reason)
    telling.rerouted(session, order, reason)
    order.step_no, order.team_id, order.handler_id = 1, None, None
    order.category_code, order.handler_kind = kind.code, kind.handler_kind
    order.due_at = clock.now() + timedelta(hours=kind.due_hours)
    order.escalated_at = None
    standing.log(session, order, "rerouted", reason, actor)
    return order


def escalate_overdue(session: Session, *, ledger_id: int, now: datetime) -> int:
    """Put every open order whose time is over on the 督办 list; return how many (a job)."""
    query = sa.select(Order).where(
        Order.ledger_id == ledger_id,
        Order.state == "open",
        Order.due_at <= now,
        Order.escalated_at.is_(None),
    )
    late = list(session.scalars(query.with_for_update()))
    for order in late:
        order.escalated_at = now
        standing.log(session, order, "escalated", "", SYSTEM)
    telling.escalated(session, late)
    return len(late)


def escalate(
    session: Session, *, ledger_id: int, order_id: UUID, reason: str, actor: Actor
) -> Order:
    """Put an order on the 督办 list before its time is over; the door asked for staff.

    Raises:
        NotFound: No such order.
        ValidationFailed: No reason is given.
        OrderStepConflict: It is over, or on the list already.
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    if order.state != "open" or order.escalated_at is not None:
        raise standing.conflict(standing.steps(session, order), order)
    order.escalated_at = clock.now()
    standing.log(session, order, "escalated", _required(reason), actor)
    telling.escalated(session, [order])
    return order


def _handled(session: Session, ledger_id: int, order_id: UUID, actor: Actor) -> Order:
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    if not standing.handles(session, order, actor):
        raise PermissionDenied("this order was assigned to others")
    return order


def back_to_filed(session: Session, order: Order) -> None:
    """Put an order back to where nobody has it yet; whoever asks writes its history.

    Raises:
        OrderStepConflict: It is not assigned, or over.
    """
    if order.state != "open" or order.step_no < 2:
        raise standing.conflict(standing.steps(session, order), order)
    kind = categories.get(session, ledger_id=order.ledger_id, code=order.category_code)
    order.handler_kind = kind.handler_kind
    order.step_no, order.team_id, order.handler_id = 1, None, None


def _require_another(session: Session, order: Order, person_id: UUID) -> None:
    """Nobody is given what they asked for themselves: they could not rate it (A6)."""
    if standing.asker_person_id(session, order) == person_id:
        raise ValidationFailed("who asked for it does not do it", field="handler_id")


def _required(reason: str) -> str:
    if not reason.strip():
        raise ValidationFailed("say why", field="reason")
    return reason
