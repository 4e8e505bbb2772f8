"""Rosters of venues (值班表): 常驻 by staff, 轮值 by volunteers, week by week (V2).

A volunteers' shift is a session of an activity at the venue: signed up for, checked in by
its code, credited like every other. Staff are there as their work: their shift has a name
and no session, so it can earn nothing. A shift that nobody holds is empty, and listed so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import plans, standing
from app.activities.models import Activity, ActivitySession
from app.activities.models_shift import ROSTER_KINDS, RosterShift
from app.activities.plan_rules import Plan, PlannedSession
from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, ValidationFailed
from app.base.ids import new_id
from app.community.models import Venue
from app.people import audit

CATEGORY = "venue_duty"
WEEK = timedelta(days=7)
SHIFT_COUNT_MAX = 50


@dataclass(frozen=True, slots=True)
class NewShift:
    """A shift to be put on the roster; `people_count` is for how many volunteers."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    holder_id: UUID | None = None
    people_count: int = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A shift as the roster shows it.

    Attributes:
        enrolled_count: Volunteers who signed up; 0 for a shift of staff.
        is_empty: Nobody holds it: no name, or no sign-up.
    """

    shift: RosterShift
    activity: Activity | None
    enrolled_count: int
    quota_count: int | None
    is_empty: bool


def plan(
    session: Session,
    *,
    ledger_id: int,
    venue: Venue,
    title: str,
    shifts: Sequence[NewShift],
    actor: Actor,
) -> list[RosterShift]:
    """Put shifts on a venue's roster; those of volunteers become a plan, to be approved (D20).

    Raises:
        PermissionDenied: The actor is not staff of the venue's place.
        ValidationFailed: No shift or too many, one that ends before it begins or has
            begun, or a kind that is none; a venue without an address.
        As `plans.draft`.
    """
    if not standing.is_staff_at(session, node_id=venue.node_id, actor=actor):
        raise PermissionDenied("only staff of the venue's place")
    _check(shifts)
    rotating = [each for each in shifts if each.kind == "rotating"]
    sessions = _sessions(session, ledger_id, venue, title, rotating, actor)
    made = [
        RosterShift(
            ledger_id=ledger_id,
            id=new_id(),
            venue_id=venue.id,
            kind=each.kind,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            session_id=sessions.get((each.starts_at, each.ends_at))
            if each.kind == "rotating"
            else None,
            holder_id=each.holder_id,
            planned_by_id=actor.person_id,
        )
        for each in shifts
    ]
    session.add_all(made)
    session.flush()
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="roster_planned",
        subject_kind="venue",
        venue_id=venue.id,
        count=len(made),
    )
    return made


def week(session: Session, *, ledger_id: int, venue: Venue, monday: date) -> list[Shown]:
    """List a week of a venue's roster in order; cancelled sessions' shifts are left out."""
    begins_at = clock.local_instant(monday)
    query = (
        sa.select(RosterShift, Activity, ActivitySession)
        .outerjoin(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == RosterShift.ledger_id,
                ActivitySession.id == RosterShift.session_id,
            ),
        )
        .outerjoin(
            Activity,
            sa.and_(
                Activity.ledger_id == ActivitySession.ledger_id,
                Activity.id == ActivitySession.activity_id,
            ),
        )
        .where(
            RosterShift.ledger_id == ledger_id,
            RosterShift.venue_id == venue.id,
            RosterShift.starts_at >= begins_at,
            RosterShift.starts_at < begins_at + WEEK,
            sa.or_(ActivitySession.id.is_(None), ActivitySession.state != "cancelled"),
        )
        .order_by(RosterShift.starts_at, RosterShift.kind, RosterShift.id)
        .execution_options(populate_existing=True)
    )
    return [_shown(shift, activity, slot) for shift, activity, slot in session.execute(query)]


def hold(
    session: Session,
    *,
    ledger_id: int,
    shift_id: UUID,
    holder_id: UUID | None,
    venue: Venue,
    actor: Actor,
) -> RosterShift:
    """Name who of the staff holds a 常驻 shift, or nobody any more; until it is over.

    Raises:
        NotFound: No such shift of staff at this venue.
        PermissionDenied: The actor is not staff of the venue's place.
        ValidationFailed: The shift is over: what stood on the roster stays.
    """
    shift = _resident(session, ledger_id, shift_id, venue, actor)
    if shift.ends_at <= clock.now():
        raise ValidationFailed("this shift is over", field="shift_id", reason="past")
    shift.holder_id = holder_id
    session.flush()
    _note(session, shift, "roster_shift_held", actor, is_held=holder_id is not None)
    return shift


def remove(session: Session, *, ledger_id: int, shift_id: UUID, venue: Venue, actor: Actor) -> None:
    """Take a 常驻 shift off the roster before it begins; a 轮值 one is cancelled as its activity.

    Raises:
        NotFound: No such shift of staff at this venue.
        PermissionDenied: The actor is not staff of the venue's place.
        ValidationFailed: It has begun.
    """
    shift = _resident(session, ledger_id, shift_id, venue, actor)
    if shift.starts_at <= clock.now():
        raise ValidationFailed("this shift has begun", field="shift_id", reason="past")
    _note(session, shift, "roster_shift_removed", actor)
    session.delete(shift)
    session.flush()


def _resident(
    session: Session, ledger_id: int, shift_id: UUID, venue: Venue, actor: Actor
) -> RosterShift:
    """Hold a shift of staff, so that two changes at once follow one another."""
    if not standing.is_staff_at(session, node_id=venue.node_id, actor=actor):
        raise PermissionDenied("only staff of the venue's place")
    query = sa.select(RosterShift).where(
        RosterShift.ledger_id == ledger_id,
        RosterShift.id == shift_id,
        RosterShift.venue_id == venue.id,
        RosterShift.kind == "resident",
    )
    locked = query.with_for_update().execution_options(populate_existing=True)
    shift = session.scalars(locked).first()
    if shift is None:
        raise NotFound("no such shift of staff")
    return shift


def _note(session: Session, shift: RosterShift, action: str, actor: Actor, **facts: Any) -> None:
    audit.write(
        session,
        ledger_id=shift.ledger_id,
        actor=actor,
        action=action,
        subject_kind="venue",
        venue_id=shift.venue_id,
        starts_at=shift.starts_at.isoformat(),
        **facts,
    )


def _shown(shift: RosterShift, activity: Activity | None, slot: ActivitySession | None) -> Shown:
    count = slot.enrolled_count if slot else 0
    is_empty = count == 0 if shift.kind == "rotating" else shift.holder_id is None
    return Shown(shift, activity, count, slot.quota_count if slot else None, is_empty)


def _check(shifts: Sequence[NewShift]) -> None:
    if not 0 < len(shifts) <= SHIFT_COUNT_MAX:
        raise ValidationFailed("one shift or more", field="shifts")
    for each in shifts:
        if each.kind not in ROSTER_KINDS:
            raise ValidationFailed("staff or volunteers", field="kind")
        if not clock.now() < each.starts_at < each.ends_at:
            raise ValidationFailed("shifts lie in the future", field="shifts")
        if each.kind == "rotating" and each.holder_id is not None:
            raise ValidationFailed("volunteers sign up themselves", field="holder_id")
    spans = [(each.starts_at, each.ends_at) for each in shifts if each.kind == "rotating"]
    if len(set(spans)) != len(spans):
        raise ValidationFailed("one shift of volunteers at a time", field="shifts")


def _sessions(
    session: Session,
    ledger_id: int,
    venue: Venue,
    title: str,
    rotating: Sequence[NewShift],
    actor: Actor,
) -> dict[tuple[datetime, datetime], UUID]:
    """Draft and hand in the volunteers' shifts as one activity; return the sessions by span."""
    if not rotating:
        return {}
    if not (venue.address or "").strip():
        raise ValidationFailed("a venue without an address", field="address")
    wanted = Plan(
        node_id=venue.node_id,
        title=title,
        category_code=CATEGORY,
        address=f"{venue.name}（{venue.address}）",
        venue_id=venue.id,
        sessions=[
            PlannedSession(each.starts_at, each.ends_at, each.people_count) for each in rotating
        ],
    )
    key = {"ledger_id": ledger_id}
    made = plans.draft(session, **key, plan=wanted, actor=actor)
    plans.submit(session, **key, activity_id=made.id, actor=actor)
    found = plans.list_sessions(session, **key, activity_id=made.id)
    return {(each.starts_at, each.ends_at): each.id for each in found}
