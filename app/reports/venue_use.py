"""阵地使用台账: how venues are used, from check-ins alone; nobody types it (V1).

A row is a session at a venue to which somebody came: venue, date, type, people, hours. 频次
counts such rows, 偏好 says what share of them each type has (whole percents that add up to
100), and idle is what saw none for thirty days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.judging import VOID
from app.activities.models import Activity, ActivitySession, Attendance
from app.base import clock
from app.community import tree, venues
from app.community.models import Node, Venue
from app.points import programmes

IDLE_DAYS = 30
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Use:
    """One session at a venue: who was there is counted, not named."""

    venue_id: int
    venue_name: str
    session_id: UUID
    title: str
    number: str
    held_on: date
    category_code: str
    category_name: str
    people_count: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Share:
    """What part of the uses a type has, in whole percents."""

    name: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Span:
    """Days from one to another, both included."""

    begins_on: date
    ends_on: date

    @property
    def begins_at(self) -> datetime:
        """The first instant of the span."""
        return clock.local_instant(self.begins_on)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return clock.local_instant(self.ends_on + timedelta(days=1))


def rows(
    session: Session, *, ledger_id: int, node: Node, span: Span, venue_id: int | None = None
) -> list[Use]:
    """List the uses of a place's venues, latest first: sessions that somebody checked in to."""
    query = _uses(ledger_id, node, span)
    if venue_id is not None:
        query = query.where(Venue.id == venue_id)
    names = _category_names(session, ledger_id)
    return [_use(row, names) for row in session.execute(query)]


def frequency(found: Sequence[Use]) -> dict[int, int]:
    """Count the uses of each venue (频次)."""
    counts: dict[int, int] = {}
    for use in found:
        counts[use.venue_id] = counts.get(use.venue_id, 0) + 1
    return counts


def preferences(found: Sequence[Use]) -> list[Share]:
    """Say what people come for (偏好): shares by type, largest first, together 100 %.

    Whole percents by the largest remainder; of nothing there are no shares.
    """
    counts: dict[str, int] = {}
    for use in found:
        counts[use.category_name] = counts.get(use.category_name, 0) + 1
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    floors = {name: count * WHOLE // total for name, count in ordered}
    missing = WHOLE - sum(floors.values()) if total else 0
    by_rest = sorted(ordered, key=lambda each: (-(each[1] * WHOLE % total), -each[1], each[0]))
    for name, _count in by_rest[:missing]:
        floors[name] += 1
    return [Share(name, count, floors[name]) for name, count in ordered]


def idle(session: Session, *, ledger_id: int, node: Node, on: date) -> list[Venue]:
    """List the open venues of a place that saw nobody in the thirty days up to a day."""
    span = Span(on - timedelta(days=IDLE_DAYS - 1), on)
    used = {each.venue_id for each in rows(session, ledger_id=ledger_id, node=node, span=span)}
    return [venue for venue in venues.list_in(session, node) if venue.id not in used]


def _uses(ledger_id: int, node: Node, span: Span) -> Any:
    return (
        sa.select(
            Venue.id,
            Venue.name,
            ActivitySession.id,
            ActivitySession.starts_at,
            Activity.title,
            Activity.number,
            Activity.category_code,
            sa.func.count(sa.distinct(Attendance.member_id)),
            sa.func.coalesce(sa.func.sum(Attendance.credited_minutes), 0),
        )
        .join(Activity, Activity.venue_id == Venue.id)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Activity.ledger_id,
                ActivitySession.activity_id == Activity.id,
            ),
        )
        .join(
            Attendance,
            sa.and_(
                Attendance.ledger_id == ActivitySession.ledger_id,
                Attendance.session_id == ActivitySession.id,
            ),
        )
        .join(Node, Node.id == Venue.node_id)
        .where(
            Activity.ledger_id == ledger_id,
            ActivitySession.ledger_id == ledger_id,
            Attendance.ledger_id == ledger_id,
            Attendance.state.not_in(VOID),
            tree.within(Node.path, node),
            ActivitySession.starts_at >= span.begins_at,
            ActivitySession.starts_at < span.ends_at,
        )
        .group_by(
            Venue.id,
            Venue.name,
            ActivitySession.id,
            ActivitySession.starts_at,
            Activity.title,
            Activity.number,
            Activity.category_code,
        )
        .order_by(ActivitySession.starts_at.desc(), ActivitySession.id)
    )


def _use(row: Any, names: dict[str, str]) -> Use:
    venue_id, venue_name, session_id, starts_at, title, number, code, people, minutes = row
    return Use(
        venue_id=venue_id,
        venue_name=venue_name,
        session_id=session_id,
        title=title,
        number=number,
        held_on=clock.local_date(starts_at),
        category_code=code,
        category_name=names.get(code, code),
        people_count=people,
        minutes=int(minutes),
    )


def _category_names(session: Session, ledger_id: int) -> dict[str, str]:
    programme = programmes.of_ledger(session, ledger_id)
    return {each.code: each.name for each in programmes.list_categories(session, programme)}
