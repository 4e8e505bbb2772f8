"""What stands behind grants that wait: the presence, its session and its activity."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.models import Activity, ActivitySession, Attendance


class Ground(NamedTuple):
    """A record of presence with its session and activity."""

    stay: Attendance
    slot: ActivitySession
    activity: Activity


def grounds_of(
    session: Session, *, ledger_id: int, attendance_ids: Collection[UUID]
) -> dict[UUID, Ground]:
    """Return the records of these ids that exist, in one statement."""
    if not attendance_ids:
        return {}
    query = (
        sa.select(Attendance, ActivitySession, Activity)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Attendance.ledger_id,
                ActivitySession.id == Attendance.session_id,
            ),
        )
        .join(
            Activity,
            sa.and_(
                Activity.ledger_id == ActivitySession.ledger_id,
                Activity.id == ActivitySession.activity_id,
            ),
        )
        .where(Attendance.ledger_id == ledger_id, Attendance.id.in_(attendance_ids))
    )
    return {row[0].id: Ground(*row) for row in session.execute(query)}
