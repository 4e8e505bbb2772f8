"""Which step is allowed when, and who may take it: asked by every verb of a plan."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.errors import ActivityStateConflict, NotInTimeWindow
from app.activities.models import Activity, ActivitySession, Attendance
from app.activities.standing import is_leader_at, is_staff_at, require_staff
from app.activities.wording import clean
from app.base import clock
from app.base.actors import Actor
from app.base.errors import PermissionDenied, SecondPersonRequired
from app.people import team_members

REASON_LENGTH_MAX = 200
COMING = ("called", "open")
"""Approved and still to be held: teams respond, people sign up."""
LIVE = ("draft", "submitted", *COMING)
"""Neither over, nor refused or called off."""
HELD = ("finished", "archived")
"""Held and over; filing it away changes nothing of that."""


def require_reason(reason: str) -> str:
    """Return a reason that fits its column.

    Raises:
        ValidationFailed: It is empty or longer than 200 characters.
    """
    return clean(reason, field="reason", length_max=REASON_LENGTH_MAX)


def require_state(activity: Activity, *states: str) -> None:
    """Refuse a step that does not lead on from here.

    Raises:
        ActivityStateConflict: Fact `state` says where the activity is.
    """
    if activity.state not in states:
        raise ActivityStateConflict(state=activity.state)


def require_planner(
    session: Session, *, ledger_id: int, team_id: UUID | None, node_id: int, actor: Actor
) -> None:
    """Refuse whoever neither leads the planning team, nor leads or is staff at the place.

    Raises:
        PermissionDenied: They are neither.
    """
    if team_id and team_members.is_leader(
        session, ledger_id=ledger_id, team_id=team_id, person_id=actor.person_id
    ):
        return
    if is_staff_at(session, node_id=node_id, actor=actor):
        return
    if not is_leader_at(session, node_id=node_id, actor=actor):
        raise PermissionDenied("only a leader of the planning team or the place, or staff")


def require_decider(session: Session, *, activity: Activity, actor: Actor) -> None:
    """Refuse whoever may not decide on a submitted plan: always another than its planner.

    Raises:
        PermissionDenied: The actor is not staff of the place.
        SecondPersonRequired: The actor planned it, or acts for who did (A6).
        ActivityStateConflict: It is not submitted.
    """
    require_staff(session, activity=activity, actor=actor)
    if actor.is_involved(activity.planned_by_id):
        raise SecondPersonRequired("another person approves a plan")
    require_state(activity, "submitted")


def require_before_start(session: Session, *, activity: Activity) -> datetime:
    """Return the start of the first session, which lies in the future (D20).

    Raises:
        NotInTimeWindow: It has begun.
    """
    starts_at = session.scalar(
        sa.select(sa.func.min(ActivitySession.starts_at)).where(
            ActivitySession.ledger_id == activity.ledger_id,
            ActivitySession.activity_id == activity.id,
        )
    )
    assert starts_at is not None, "an activity has a session"
    if starts_at <= clock.now():
        raise NotInTimeWindow("an activity is approved before it starts (D20)")
    return starts_at


def require_nobody_came(session: Session, *, activity: Activity) -> None:
    """Refuse to call off what somebody has been to already.

    Raises:
        ActivityStateConflict: There is a record of presence.
    """
    found = session.execute(
        sa.select(Attendance.id)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Attendance.ledger_id,
                ActivitySession.id == Attendance.session_id,
            ),
        )
        .where(
            Attendance.ledger_id == activity.ledger_id,
            Attendance.state.not_in(("refused", "reversed")),
            ActivitySession.activity_id == activity.id,
        )
        .limit(1)
    )
    if found.first() is not None:
        raise ActivityStateConflict("people have been there", state=activity.state)
