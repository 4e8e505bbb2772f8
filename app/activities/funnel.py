"""The funnel of a place: 发起 → 举办 → 报名 → 到场, and how fast teams respond (C4, C5).

One cohort: the activities whose first session begins in the span. 场次 counts
activities held, 人次 valid presences; a cancelled activity raises neither, one that
nobody came to raises no 人次 (C4).
"""

import statistics
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.models import Activity, ActivitySession, Attendance, Enrolment, Organiser
from app.activities.states import HELD
from app.community import tree
from app.community.models import Node

CALLED = ("called", "open", "finished", "archived", "no_response", "cancelled")


@dataclass(frozen=True, slots=True)
class Cohort:
    """Which activities are counted.

    Attributes:
        begins_at: First sessions from here, None for ever; `ends_at` excluded.
        unit_id: Only a co-organising unit's subset; subsets overlap, so the sum over
            units may exceed the whole (C9).
    """

    begins_at: datetime | None = None
    ends_at: datetime | None = None
    team_id: UUID | None = None
    category_code: str | None = None
    unit_id: int | None = None
    alliance_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The counts of a cohort; `absent_count` are sign-ups of `enrolled_count` who never came."""

    called_count: int
    held_count: int
    held_session_count: int
    enrolled_count: int
    absent_count: int
    attended_count: int
    beneficiary_count: int
    median_response_seconds: int | None


def count(session: Session, *, ledger_id: int, node: Node, cohort: Cohort) -> Funnel:
    """Count the funnel of a subtree."""
    rows = session.execute(activities_of(ledger_id, node, cohort)).all()
    held = [row for row in rows if row.state in HELD]
    sessions, enrolled, absent, attended = _count_held(session, ledger_id, node, cohort)
    waits = [
        (row.first_response_at - row.approved_at).total_seconds()
        for row in rows
        if row.first_response_at and row.approved_at
    ]
    return Funnel(
        called_count=len(rows),
        held_count=len(held),
        held_session_count=sessions,
        enrolled_count=enrolled,
        absent_count=absent,
        attended_count=attended,
        beneficiary_count=sum(row.beneficiary_count or 0 for row in held),
        median_response_seconds=int(statistics.median(waits)) if waits else None,
    )


def count_by_unit(
    session: Session, *, ledger_id: int, node: Node, cohort: Cohort
) -> dict[int, int]:
    """Count activities held by co-organising unit; one activity counts for each of its units."""
    counted = activities_of(ledger_id, node, cohort).where(Activity.state.in_(HELD)).subquery()
    query = (
        sa.select(Organiser.unit_id, sa.func.count())
        .join(counted, counted.c.id == Organiser.activity_id)
        .where(Organiser.ledger_id == ledger_id)
        .group_by(Organiser.unit_id)
        .order_by(Organiser.unit_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def list_held(
    session: Session, *, ledger_id: int, node: Node, cohort: Cohort, limit: int, offset: int
) -> list[Activity]:
    """List the activities of a cohort that were held, as `count_by_unit` counts them; by number."""
    held = activities_of(ledger_id, node, cohort).where(Activity.state.in_(HELD)).subquery()
    query = sa.select(Activity).where(
        Activity.ledger_id == ledger_id, Activity.id.in_(sa.select(held.c.id))
    )
    return list(session.scalars(query.order_by(Activity.number).limit(limit).offset(offset)))


def activities_of(ledger_id: int, node: Node, cohort: Cohort) -> Any:
    """Select the approved activities of a cohort; one that was called and refused is none."""
    first = (
        sa.select(sa.func.min(ActivitySession.starts_at))
        .where(
            ActivitySession.ledger_id == ledger_id,
            ActivitySession.activity_id == Activity.id,
        )
        .scalar_subquery()
    )
    query = (
        sa.select(
            Activity.id,
            Activity.state,
            Activity.approved_at,
            Activity.first_response_at,
            Activity.beneficiary_count,
        )
        .join(Node, Node.id == Activity.node_id)
        .where(
            Activity.ledger_id == ledger_id,
            Activity.approved_at.is_not(None),
            Activity.state.in_(CALLED),
            tree.within(Node.path, node),
        )
    )
    if cohort.begins_at is not None:
        query = query.where(first >= cohort.begins_at)
    if cohort.ends_at is not None:
        query = query.where(first < cohort.ends_at)
    if cohort.team_id is not None:
        query = query.where(Activity.team_id == cohort.team_id)
    if cohort.category_code is not None:
        query = query.where(Activity.category_code == cohort.category_code)
    if cohort.alliance_id is not None:
        query = query.where(Activity.alliance_id == cohort.alliance_id)
    if cohort.unit_id is not None:
        query = query.where(Activity.id.in_(_of_unit(ledger_id, cohort.unit_id)))
    return query


def _of_unit(ledger_id: int, unit_id: int) -> Any:
    return sa.select(Organiser.activity_id).where(
        Organiser.ledger_id == ledger_id, Organiser.unit_id == unit_id
    )


def _count_held(
    session: Session, ledger_id: int, node: Node, cohort: Cohort
) -> tuple[int, int, int, int]:
    """Count sessions, sign-ups, who of them never came, and presences of the activities held.

    Several stays of one person at one session are one presence.
    """
    held = activities_of(ledger_id, node, cohort).where(Activity.state.in_(HELD)).subquery()
    slots = sa.select(ActivitySession.id).where(
        ActivitySession.ledger_id == ledger_id,
        ActivitySession.state == "closed",
        ActivitySession.activity_id.in_(sa.select(held.c.id)),
    )
    signed = (
        sa.select(Enrolment.state, sa.func.count())
        .where(
            Enrolment.ledger_id == ledger_id,
            Enrolment.session_id.in_(slots),
            Enrolment.state.in_(("enrolled", "absent")),
        )
        .group_by(Enrolment.state)
    )
    pairs = (
        sa.select(Attendance.session_id, Attendance.member_id)
        .where(
            Attendance.ledger_id == ledger_id,
            Attendance.session_id.in_(slots),
            Attendance.state == "confirmed",
        )
        .distinct()
        .subquery()
    )
    sessions = session.scalar(sa.select(sa.func.count()).select_from(slots.subquery()))
    present = session.scalar(sa.select(sa.func.count()).select_from(pairs))
    by_state = {row[0]: int(row[1]) for row in session.execute(signed)}
    absent = by_state.get("absent", 0)
    return sessions or 0, sum(by_state.values()), absent, present or 0
