"""Lists of activities: near me, mine, the calendar, and what staff must look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.grounds import ROLL_DOORS
from app.activities.models import Activity, ActivitySession, Attendance, Enrolment, Organiser
from app.activities.states import COMING
from app.base import clock
from app.base.errors import NotFound
from app.community import tree
from app.community.models import Node
from app.community.node_rows import path_ids

VISIBLE = ("called", "open", "finished", "archived", "cancelled", "no_response")
"""States that anybody of the place may see: a plan becomes visible by its approval."""

_SESSION_OF_ACTIVITY = sa.and_(
    ActivitySession.ledger_id == Activity.ledger_id, ActivitySession.activity_id == Activity.id
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One session with its activity, as lists and calendars show it."""

    activity: Activity
    session: ActivitySession


@dataclass(frozen=True, slots=True)
class MySlot:
    """A session that concerns a member: their sign-up and their stays in it."""

    activity: Activity
    session: ActivitySession
    enrolment: Enrolment | None
    stays: tuple[Attendance, ...]


def near_me(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Slot]:
    """List sessions to come, called or open, here, below, and of the places above."""
    query = _slots(ledger_id).where(
        sa.or_(tree.within(Node.path, node), Node.id.in_(path_ids(node.path))),
        Activity.state.in_(COMING),
        ActivitySession.state == "planned",
        ActivitySession.ends_at > clock.now(),
    )
    return _read(session, query.limit(limit).offset(offset))


def calendar(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    begins_at: datetime,
    ends_at: datetime,
    states: Sequence[str] = VISIBLE,
) -> list[Slot]:
    """List the sessions of a subtree that touch a span of time, in order.

    Args:
        states: Of which activities; those that anybody may see unless staff ask for more.
    """
    query = _slots(ledger_id).where(
        tree.within(Node.path, node),
        Activity.state.in_(states),
        ActivitySession.starts_at < ends_at,
        ActivitySession.ends_at > begins_at,
    )
    return _read(session, query)


def mine(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[MySlot]:
    """List the sessions a member signed up for or was at, latest first."""
    enrolled = sa.select(Enrolment.session_id).where(
        Enrolment.ledger_id == ledger_id,
        Enrolment.member_id == member_id,
        Enrolment.state != "withdrawn",
    )
    been = sa.select(Attendance.session_id).where(
        Attendance.ledger_id == ledger_id, Attendance.member_id == member_id
    )
    query = (
        _slots(ledger_id)
        .where(ActivitySession.id.in_(enrolled.union(been)))
        .order_by(None)
        .order_by(ActivitySession.starts_at.desc(), ActivitySession.id)
    )
    slots = _read(session, query.limit(limit).offset(offset))
    signed = _of_member(session, Enrolment, ledger_id, member_id, slots)
    stays = _of_member(session, Attendance, ledger_id, member_id, slots)
    return [
        MySlot(
            slot.activity,
            slot.session,
            next((each for each in signed if each.session_id == slot.session.id), None),
            tuple(each for each in stays if each.session_id == slot.session.id),
        )
        for slot in slots
    ]


def sign_ups(session: Session, *, ledger_id: int, member_id: UUID, limit: int) -> list[Any]:
    """List a member's sign-ups of every state, latest first: enrolment, session, activity."""
    query = (
        sa.select(Enrolment, ActivitySession, Activity)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Enrolment.ledger_id,
                ActivitySession.id == Enrolment.session_id,
            ),
        )
        .join(Activity, _SESSION_OF_ACTIVITY)
        .where(
            Enrolment.ledger_id == ledger_id,
            ActivitySession.ledger_id == ledger_id,
            Activity.ledger_id == ledger_id,
            Enrolment.member_id == member_id,
        )
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.session_id)
    )
    return list(session.execute(query.limit(limit)).all())


def get_slot(session: Session, *, ledger_id: int, session_id: UUID) -> Slot:
    """Return one session with its activity.

    Raises:
        NotFound: No such session in this book.
    """
    found = _read(session, _slots(ledger_id).where(ActivitySession.id == session_id))
    if not found:
        raise NotFound("no such session")
    return found[0]


def list_unit_ids(session: Session, *, ledger_id: int, activity_id: UUID) -> list[int]:
    """List the co-organising units of an activity (联合单位)."""
    query = sa.select(Organiser.unit_id).where(
        Organiser.ledger_id == ledger_id, Organiser.activity_id == activity_id
    )
    return list(session.scalars(query.order_by(Organiser.unit_id)))


def list_activities(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    states: Sequence[str] = VISIBLE,
    unit_id: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Activity]:
    """List the activities of a subtree, latest planned first.

    Args:
        unit_id: Only those a co-organising unit takes part in: its own subset (C9).
    """
    query = (
        sa.select(Activity)
        .join(Node, Node.id == Activity.node_id)
        .where(
            Activity.ledger_id == ledger_id,
            Activity.state.in_(states),
            tree.within(Node.path, node),
        )
        .order_by(Activity.planned_at.desc(), Activity.id)
    )
    if unit_id is not None:
        own = sa.select(Organiser.activity_id).where(
            Organiser.ledger_id == ledger_id, Organiser.unit_id == unit_id
        )
        query = query.where(Activity.id.in_(own))
    return list(session.scalars(query.limit(limit).offset(offset)))


def to_approve(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Activity]:
    """List the submitted plans of a subtree, for staff, in order of submission."""
    query = (
        sa.select(Activity)
        .join(Node, Node.id == Activity.node_id)
        .where(
            Activity.ledger_id == ledger_id,
            Activity.state == "submitted",
            tree.within(Node.path, node),
        )
        .order_by(Activity.submitted_at, Activity.id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def stays_of_session(session: Session, *, ledger_id: int, session_id: UUID) -> list[Attendance]:
    """List the records of a session in order of coming, for the leader's list."""
    query = (
        sa.select(Attendance)
        .where(Attendance.ledger_id == ledger_id, Attendance.session_id == session_id)
        .order_by(Attendance.checked_in_at, Attendance.id)
    )
    return list(session.scalars(query))


def to_review(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[tuple[Attendance, Slot]]:
    """List what staff look at: forgotten check-outs, rolls and cards, corrected records.

    Grants that wait are in `points.approvals.list_waiting`; this is the list of the
    presences behind them, and of those that wait for a leader or a second person.
    """
    forgotten = sa.or_(
        Attendance.state == "needs_confirmation",
        sa.and_(
            Attendance.state == "confirmed",
            Attendance.out_door == "auto",
            Attendance.second_confirmed_by_id.is_(None),
        ),
    )
    by_hand = sa.and_(
        Attendance.state == "confirmed",
        sa.or_(
            Attendance.in_door.in_((*ROLL_DOORS, "correction")),
            Attendance.out_door.in_((*ROLL_DOORS, "correction")),
        ),
    )
    query = (
        sa.select(Attendance, Activity, ActivitySession)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Attendance.ledger_id,
                ActivitySession.id == Attendance.session_id,
            ),
        )
        .join(Activity, _SESSION_OF_ACTIVITY)
        .join(Node, Node.id == Activity.node_id)
        .where(
            Attendance.ledger_id == ledger_id,
            tree.within(Node.path, node),
            sa.or_(forgotten, by_hand),
        )
        .order_by(Attendance.checked_in_at.desc(), Attendance.id)
    )
    rows = session.execute(query.limit(limit).offset(offset))
    return [(stay, Slot(activity, slot)) for stay, activity, slot in rows]


def _slots(ledger_id: int) -> Any:
    return (
        sa.select(Activity, ActivitySession)
        .join(ActivitySession, _SESSION_OF_ACTIVITY)
        .join(Node, Node.id == Activity.node_id)
        .where(Activity.ledger_id == ledger_id)
        .order_by(ActivitySession.starts_at, ActivitySession.id)
    )


def _read(session: Session, query: Any) -> list[Slot]:
    return [Slot(activity, slot) for activity, slot in session.execute(query)]


def _of_member(
    session: Session, model: Any, ledger_id: int, member_id: UUID, slots: Sequence[Slot]
) -> list[Any]:
    query = sa.select(model).where(
        model.ledger_id == ledger_id,
        model.member_id == member_id,
        model.session_id.in_([slot.session.id for slot in slots]),
    )
    if model is Enrolment:
        query = query.where(Enrolment.state != "withdrawn")
    return list(session.scalars(query))
