"""Telling: inbox lines about an activity, to its planner and to those who signed up.

A planner who is no member of the book (staff) has no inbox there, and is passed over.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.models import Activity, ActivitySession, Enrolment
from app.people import inbox
from app.people.models import Member
from app.points import reminders


def tell_planner(session: Session, *, activity: Activity, topic: str, **facts: Any) -> None:
    """Tell the planner what was decided on their plan: `plan_approved`, `plan_refused`."""
    member_id = _members(session, activity.ledger_id, [activity.planned_by_id]).get(
        activity.planned_by_id
    )
    if member_id is None:
        return
    note = inbox.Note(member_id, topic, {"title": activity.title, **facts})
    inbox.tell(session, ledger_id=activity.ledger_id, notes=[note])


def tell_unanswered(session: Session, *, ledger_id: int, ended: Collection[Any]) -> None:
    """Tell planners that nobody answered their call: rows of id, title and planned_by_id (C5)."""
    member_of = _members(session, ledger_id, {row.planned_by_id for row in ended})
    notes = [
        inbox.Note(
            member_of[row.planned_by_id],
            "no_response",
            {"title": row.title},
            natural_key=f"no_response:{row.id}",
        )
        for row in ended
        if row.planned_by_id in member_of
    ]
    reminders.tell(session, ledger_id=ledger_id, notes=notes)


def tell_cancelled(session: Session, *, activity: Activity, reason: str) -> None:
    """Tell everybody who has or waits for a place that they need not come."""
    rows = session.execute(
        sa.select(Enrolment.member_id, ActivitySession.starts_at)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Enrolment.ledger_id,
                ActivitySession.id == Enrolment.session_id,
            ),
        )
        .where(
            Enrolment.ledger_id == activity.ledger_id,
            ActivitySession.activity_id == activity.id,
            Enrolment.state.in_(("enrolled", "waiting")),
        )
    )
    notes = [
        inbox.Note(
            row.member_id,
            "activity_cancelled",
            {"title": activity.title, "starts_at": row.starts_at, "reason": reason},
        )
        for row in rows
    ]
    inbox.tell(session, ledger_id=activity.ledger_id, notes=notes)


def tell_refused_scan(
    session: Session,
    *,
    ledger_id: int,
    session_id: UUID,
    member_id: UUID,
    direction: str,
    code: str,
) -> None:
    """Tell a member that a scan did not count, once for each session, direction and cause."""
    title = session.scalar(
        sa.select(Activity.title)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Activity.ledger_id,
                ActivitySession.activity_id == Activity.id,
            ),
        )
        .where(Activity.ledger_id == ledger_id, ActivitySession.id == session_id)
    )
    note = inbox.Note(
        member_id,
        "checkin_refused",
        {"title": title, "outcome": code},
        natural_key=f"checkin_refused:{session_id}:{member_id}:{direction}:{code}",
    )
    inbox.tell(session, ledger_id=ledger_id, notes=[note])


def _members(session: Session, ledger_id: int, person_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the membership in this book of each person who has one."""
    rows = session.execute(
        sa.select(Member.person_id, Member.id).where(
            Member.ledger_id == ledger_id, Member.person_id.in_(person_ids)
        )
    )
    return {row.person_id: row.id for row in rows}
