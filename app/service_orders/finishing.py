"""Finishing: the work is told, the order is done (办结), rated (评单), or opened again.

The volunteers' work becomes hours after the rating, or after days of silence; a bad
rating makes it wait for a person (T8). Staff do their duty and earn nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import PermissionDenied, ValidationFailed
from app.base.ids import new_id
from app.people import members, team_members
from app.points import approvals, grants
from app.service_orders import standing, telling
from app.service_orders.errors import NoVolunteerWork, OwnOrderRating
from app.service_orders.models import Order, OrderWork

MINUTES_MAX = 1_440


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one volunteer did: from when to when."""

    member_id: UUID
    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes; what is begun does not count."""
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))


def finish(
    session: Session,
    *,
    ledger_id: int,
    order_id: UUID,
    note: str,
    works: Sequence[Work],
    actor: Actor,
) -> Order:
    """Say that an order is done (办结), and who of the volunteers did what when.

    Raises:
        NotFound: No such order or member.
        PermissionDenied: It was assigned to others.
        NoVolunteerWork: Paid hands did it: there are no hours to tell.
        ValidationFailed: Work of no length, of the future, from before the order, or of
            somebody outside the team.
        OrderStepConflict: Another step comes first (T22).
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    if not standing.handles(session, order, actor):
        raise PermissionDenied("this order was assigned to others")
    if works and order.handler_kind != "volunteer":
        raise NoVolunteerWork
    _require_sense(order, works)
    _require_of_team(session, order, works)
    standing.take_step(session, order, "finished", note, actor)
    order.state, order.finished_at = "finished", clock.now()
    _write(session, order, works)
    telling.finished(session, order)
    return order


def rate(
    session: Session, *, ledger_id: int, order_id: UUID, stars: int, note: str, actor: Actor
) -> Order:
    """Rate a finished order from 1 to 5 stars (评单); who asked does, never who handled it.

    For somebody who is no member, the door lets staff write the rating down.

    Raises:
        NotFound: No such order.
        OwnOrderRating: The actor handled it, or worked on it.
        PermissionDenied: A member asked for it, and it is not this one.
        ValidationFailed: The stars are not 1 to 5.
        OrderStepConflict: It is not finished, or rated already.
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    if not 1 <= stars <= 5:
        raise ValidationFailed("one star to five", field="stars")
    _require_no_hand_in_it(session, order, actor)
    asked_by = standing.asker_person_id(session, order)
    if asked_by is not None and not actor.is_involved(asked_by):
        raise PermissionDenied("who asked for it rates it")
    standing.take_step(session, order, "rated", note, actor)
    order.stars, order.rated_at = stars, clock.now()
    session.flush()
    return order


def reopen(session: Session, *, ledger_id: int, order_id: UUID, reason: str, actor: Actor) -> Order:
    """Open a finished order again: it was not done; its hours are taken back or refused (T9).

    Who asked may, and staff of the place (the door asks). It goes back to whom it was
    assigned; its time to answer stays over.

    Raises:
        NotFound: No such order.
        ValidationFailed: No reason is given.
        OrderStepConflict: It is not finished.
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    if not reason.strip():
        raise ValidationFailed("say why", field="reason")
    all_steps = standing.steps(session, order)
    finished_no = standing.step_number(all_steps, "finished")
    if order.state != "finished" or finished_no is None:
        raise standing.conflict(all_steps, order)
    for work in list_work(session, ledger_id=ledger_id, order_ids=[order_id]):
        if work.round_no == order.reopened_count + 1:
            _take_back(session, order, work, reason, actor)
    order.step_no, order.state = finished_no - 1, "open"
    order.finished_at = order.rated_at = order.stars = order.credited_at = None
    order.reopened_count += 1
    standing.log(session, order, "reopened", reason, actor)
    telling.reopened(session, order, reason)
    return order


def list_work(session: Session, *, ledger_id: int, order_ids: Collection[UUID]) -> list[OrderWork]:
    """List the work of orders, round by round; one statement."""
    query = sa.select(OrderWork).where(
        OrderWork.ledger_id == ledger_id, OrderWork.order_id.in_(set(order_ids))
    )
    ordered = query.order_by(OrderWork.order_id, OrderWork.round_no, OrderWork.member_id)
    return list(session.scalars(ordered))


def _write(session: Session, order: Order, works: Sequence[Work]) -> None:
    rows = [
        {
            "ledger_id": order.ledger_id,
            "id": new_id(),
            "order_id": order.id,
            "round_no": order.reopened_count + 1,
            "member_id": each.member_id,
            "minutes": each.minutes,
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
            "grant_id": None,
        }
        for each in works
    ]
    session.flush()
    if rows:
        session.execute(sa.insert(OrderWork), rows)


def _take_back(session: Session, order: Order, work: OrderWork, reason: str, actor: Actor) -> None:
    """Reverse what was credited, and refuse what waits: the same work is not credited twice."""
    if work.grant_id is None:
        return
    named: dict[str, Any] = {"ledger_id": order.ledger_id, "grant_id": work.grant_id}
    if approvals.drop(session, **named, reason=reason, actor=actor) is not None:
        return
    if grants.get(session, **named).state == "posted":
        grants.reverse(session, **named, reason=reason, actor=actor)


def _require_sense(order: Order, works: Sequence[Work]) -> None:
    now = clock.now()
    for each in works:
        is_sound = order.filed_at <= each.starts_at < each.ends_at <= now
        if not is_sound or not 1 <= each.minutes <= MINUTES_MAX:
            raise ValidationFailed("this work makes no sense", field="works")
    if len({each.member_id for each in works}) < len(works):
        raise ValidationFailed("one line for one volunteer", field="works")


def _require_of_team(session: Session, order: Order, works: Sequence[Work]) -> None:
    """Work is of the team's members, or of the one person it was assigned to."""
    if not works:
        return
    ids = {each.member_id for each in works}
    known = members.get_many(session, ledger_id=order.ledger_id, member_ids=ids)
    if order.team_id is not None:
        stays = team_members.list_members(session, ledger_id=order.ledger_id, team_id=order.team_id)
        fitting = {member.id for member, _ in stays}
    else:
        fitting = {each.id for each in known.values() if each.person_id == order.handler_id}
    if not ids <= fitting or order.requester_id in ids:
        raise ValidationFailed("work of somebody who was not assigned", field="works")


def _require_no_hand_in_it(session: Session, order: Order, actor: Actor) -> None:
    """Neither who rates nor for whom they rate has handled it (S9, A6)."""
    worked = list_work(session, ledger_id=order.ledger_id, order_ids=[order.id])
    hands = {each.member_id for each in worked}
    for person_id in filter(None, (actor.person_id, actor.on_behalf_id)):
        one = Actor(person_id)
        own = members.find_id(session, ledger_id=order.ledger_id, person_id=person_id)
        if standing.handles(session, order, one) or own in hands:
            raise OwnOrderRating
