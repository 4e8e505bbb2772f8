"""Finishing: the work is told, the order is done (办结), and rated (评单).

The volunteers' work becomes hours after the rating, or after days of silence; a bad
rating makes it wait for a person (T8). Staff do their duty and earn nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import PermissionDenied, ValidationFailed
from app.base.ids import new_id
from app.people import members, team_members
from app.service_orders import involvement, standing, telling
from app.service_orders.errors import NoVolunteerWork, OwnOrderRating, WorkBeforeTalk
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
        WorkBeforeTalk: It began before the order was talked over (T22); fact `since`.
        OrderStepConflict: Another step comes first (T22).
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    if not standing.handles(session, order, actor):
        raise PermissionDenied("this order was assigned to others")
    if works and order.handler_kind != "volunteer":
        raise NoVolunteerWork
    _require_sense(order, works)
    _require_talked_over(session, order, works)
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

    For somebody who is no member, the door lets staff write the rating down; for a
    member without a phone, `in_name.rate` does.

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
    require_no_hand_in_it(session, order, actor)
    asked_by = standing.asker_person_id(session, order)
    if asked_by is not None and not actor.is_involved(asked_by):
        raise PermissionDenied("who asked for it rates it")
    standing.take_step(session, order, "rated", note, actor)
    order.stars, order.rated_at = stars, clock.now()
    session.flush()
    return order


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


def _require_talked_over(session: Session, order: Order, works: Sequence[Work]) -> None:
    """Where a step talks it over, work begins after it: hours are of the fourth thing (T22)."""
    talked_at = standing.taken_at(session, order, "deliberated")
    if talked_at is not None and any(each.starts_at < talked_at for each in works):
        raise WorkBeforeTalk(since=talked_at.isoformat())


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


def require_no_hand_in_it(session: Session, order: Order, actor: Actor) -> None:
    """Let nobody rate, nor be rated for, who handled the order or worked on it (S9, A6).

    Raises:
        OwnOrderRating: One of them did.
    """
    for person_id in filter(None, (actor.person_id, actor.on_behalf_id)):
        if involvement.has_a_hand(session, order, person_id):
            raise OwnOrderRating
