"""Endings: sessions close by themselves, activities by their leader (→ 已结束 → 归档).

Auto-close ends every stay that was not checked out: it needs confirmation and
counts 0 until then (D16). An activity is archived once nothing of it waits.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import states
from app.activities.crediting import NO_CHECK_OUT
from app.activities.errors import ActivityStateConflict, NotInTimeWindow
from app.activities.judging import VOID
from app.activities.models import Activity, ActivitySession, Attendance, Enrolment
from app.activities.standing import get_activity, require_lead
from app.activities.terms import AUTOCLOSE, minutes
from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.community import settings
from app.community.models import Node
from app.people import audit
from app.points.models import Grant

BENEFICIARY_MAX = 1_000_000
UNRESOLVED = ("open", "closed", "needs_confirmation")
WAITING = ("waiting_level_2", "waiting_level_3")
_QUIET = {"synchronize_session": False}


def autoclose(session: Session, *, ledger_id: int, now: datetime) -> int:
    """Close every session whose time, and half an hour more, is over; return how many (a job).

    Stays that were not checked out need confirmation and count 0; who signed up and
    never came is absent. Settings are read once for each place (D16).
    """
    is_open = sa.exists().where(
        Attendance.ledger_id == ledger_id,
        Attendance.session_id == ActivitySession.id,
        Attendance.state == "open",
    )
    ended = session.execute(
        sa.select(ActivitySession.id, ActivitySession.ends_at, Activity.node_id)
        .join(
            Activity,
            sa.and_(
                Activity.ledger_id == ActivitySession.ledger_id,
                Activity.id == ActivitySession.activity_id,
            ),
        )
        .where(
            ActivitySession.ledger_id == ledger_id,
            ActivitySession.ends_at <= now,
            sa.or_(sa.and_(ActivitySession.state == "planned", Activity.state == "open"), is_open),
        )
    ).all()
    wait_of = _waits(session, {row.node_id for row in ended})
    due = [row.id for row in ended if row.ends_at + minutes(wait_of[row.node_id]) <= now]
    close_sessions(session, ledger_id=ledger_id, session_ids=due)
    return len(due)


def close_sessions(session: Session, *, ledger_id: int, session_ids: Sequence[UUID]) -> None:
    """Close sessions: end what is open, mark who never came; three statements."""
    if not session_ids:
        return
    _end_open_stays(session, ledger_id, session_ids)
    _mark_absent(session, ledger_id, session_ids)
    session.execute(
        sa.update(ActivitySession)
        .where(
            ActivitySession.ledger_id == ledger_id,
            ActivitySession.id.in_(session_ids),
            ActivitySession.state == "planned",
        )
        .values(state="closed"),
        execution_options=_QUIET,
    )


def close(
    session: Session, *, ledger_id: int, activity_id: UUID, beneficiary_count: int, actor: Actor
) -> Activity:
    """End an activity that was held (已结束), with the number of people it served (C8, C10).

    Args:
        beneficiary_count: 服务对象人数: a number only, no names; it changes no hours.

    Raises:
        NotInTimeWindow: A session is still to come or running.
        ActivityStateConflict: It is not open, or people have not checked out yet.
        PermissionDenied: The actor neither leads the activity nor is its staff.
        ValidationFailed: The number is negative or absurd.
    """
    activity = get_activity(session, ledger_id=ledger_id, activity_id=activity_id, is_locked=True)
    require_lead(session, activity=activity, actor=actor)
    states.require_state(activity, "open")
    _require_over(session, activity)
    still_in = _count_stays(session, activity, ("open",))
    if still_in:
        raise ActivityStateConflict(state=activity.state, open_count=still_in)
    slots = sa.select(ActivitySession.id).where(
        ActivitySession.ledger_id == ledger_id, ActivitySession.activity_id == activity_id
    )
    close_sessions(session, ledger_id=ledger_id, session_ids=session.scalars(slots).all())
    activity.state = "finished"
    activity.beneficiary_count = _checked_count(beneficiary_count)
    activity.version += 1
    _note(session, activity, actor, "activity_closed")
    return activity


def set_beneficiaries(
    session: Session, *, ledger_id: int, activity_id: UUID, beneficiary_count: int, actor: Actor
) -> Activity:
    """Put the number of people served right after closing; it changes no hours (C10).

    Raises:
        ActivityStateConflict, PermissionDenied, ValidationFailed: As for `close`.
    """
    activity = get_activity(session, ledger_id=ledger_id, activity_id=activity_id, is_locked=True)
    require_lead(session, activity=activity, actor=actor)
    states.require_state(activity, *states.HELD)
    activity.beneficiary_count = _checked_count(beneficiary_count)
    activity.version += 1
    _note(session, activity, actor, "activity_beneficiaries_set")
    return activity


def archive(session: Session, *, ledger_id: int, activity_id: UUID, actor: Actor) -> Activity:
    """File a finished activity away (归档) once every record and grant of it is decided.

    Raises:
        ActivityStateConflict: It is not finished, or fact `waiting_count` still wait.
        PermissionDenied: The actor neither leads the activity nor is its staff.
    """
    activity = get_activity(session, ledger_id=ledger_id, activity_id=activity_id, is_locked=True)
    require_lead(session, activity=activity, actor=actor)
    states.require_state(activity, "finished")
    waiting = _count_stays(session, activity, UNRESOLVED) + _count_grants(session, activity)
    if waiting:
        raise ActivityStateConflict(state=activity.state, waiting_count=waiting)
    activity.state = "archived"
    activity.version += 1
    _note(session, activity, actor, "activity_archived")
    return activity


def _end_open_stays(session: Session, ledger_id: int, session_ids: Sequence[UUID]) -> None:
    planned_end = (
        sa.select(ActivitySession.ends_at)
        .where(ActivitySession.ledger_id == ledger_id, ActivitySession.id == Attendance.session_id)
        .scalar_subquery()
    )
    session.execute(
        sa.update(Attendance)
        .where(
            Attendance.ledger_id == ledger_id,
            Attendance.session_id.in_(session_ids),
            Attendance.state == "open",
        )
        .values(
            state="needs_confirmation",
            checked_out_at=planned_end,
            out_door="auto",
            credited_minutes=0,
            zero_reason=NO_CHECK_OUT,
        ),
        execution_options=_QUIET,
    )


def _mark_absent(session: Session, ledger_id: int, session_ids: Sequence[UUID]) -> None:
    came = sa.exists().where(
        Attendance.ledger_id == ledger_id,
        Attendance.session_id == Enrolment.session_id,
        Attendance.member_id == Enrolment.member_id,
        Attendance.state.not_in(VOID),
    )
    session.execute(
        sa.update(Enrolment)
        .where(
            Enrolment.ledger_id == ledger_id,
            Enrolment.session_id.in_(session_ids),
            Enrolment.state == "enrolled",
            ~came,
        )
        .values(state="absent"),
        execution_options=_QUIET,
    )


def _waits(session: Session, node_ids: set[int]) -> dict[int, int]:
    nodes = session.scalars(sa.select(Node).where(Node.id.in_(node_ids)))
    return {node.id: settings.read(session, node, AUTOCLOSE)[AUTOCLOSE] for node in nodes}


def _require_over(session: Session, activity: Activity) -> None:
    last = session.scalar(
        sa.select(sa.func.max(ActivitySession.ends_at)).where(
            ActivitySession.ledger_id == activity.ledger_id,
            ActivitySession.activity_id == activity.id,
        )
    )
    if last is None or last > clock.now():
        raise NotInTimeWindow(opens_at=last.isoformat() if last else None)


def _waiting_of(ledger_id: int, activity_id: object) -> sa.Select[UUID]:
    return (
        sa.select(Grant.id)
        .join(
            Attendance,
            sa.and_(Attendance.ledger_id == Grant.ledger_id, Attendance.id == Grant.source_id),
        )
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Attendance.ledger_id,
                ActivitySession.id == Attendance.session_id,
            ),
        )
        .where(
            Grant.ledger_id == ledger_id,
            Grant.source_kind == "attendance",
            Grant.state.in_(WAITING),
            ActivitySession.activity_id == activity_id,
        )
    )


def _count_stays(session: Session, activity: Activity, in_states: Sequence[str]) -> int:
    """Count an activity's stays in some states; its few sessions are read first."""
    slots = sa.select(ActivitySession.id).where(
        ActivitySession.ledger_id == activity.ledger_id,
        ActivitySession.activity_id == activity.id,
    )
    query = sa.select(sa.func.count()).where(
        Attendance.ledger_id == activity.ledger_id,
        Attendance.session_id.in_(slots),
        Attendance.state.in_(in_states),
    )
    return session.scalar(query) or 0


def _count_grants(session: Session, activity: Activity) -> int:
    found = _waiting_of(activity.ledger_id, activity.id).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def _checked_count(count: int) -> int:
    if not 0 <= count <= BENEFICIARY_MAX:
        raise ValidationFailed("how many people were served", field="beneficiary_count")
    return count


def _note(session: Session, activity: Activity, actor: Actor, action: str) -> None:
    session.flush()
    audit.write(
        session,
        ledger_id=activity.ledger_id,
        actor=actor,
        action=action,
        subject_kind="activity",
        subject_id=activity.id,
        beneficiary_count=activity.beneficiary_count,
    )
