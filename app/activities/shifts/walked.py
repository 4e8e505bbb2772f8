"""How far a route was walked: the checkpoints of a stay, and whether they are enough (C13).

Enough means so many different checkpoints, in order, within one lap of one stay.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.judging import VOID
from app.activities.models import Attendance
from app.activities.models_shift import CheckpointScan


def list_scans(session: Session, *, ledger_id: int, attendance_id: UUID) -> list[CheckpointScan]:
    """List the checkpoints of a stay in the order in which they were scanned."""
    return list(
        session.scalars(
            sa.select(CheckpointScan)
            .where(
                CheckpointScan.ledger_id == ledger_id,
                CheckpointScan.attendance_id == attendance_id,
            )
            .order_by(CheckpointScan.lap, CheckpointScan.ordinal)
        )
    )


def members_who_walked(
    session: Session, *, ledger_id: int, session_id: UUID, min_count: int
) -> frozenset[UUID]:
    """Return the members who scanned enough checkpoints in a session."""
    return frozenset(session.scalars(_walked(ledger_id, session_id, min_count)))


def has_walked(
    session: Session, *, ledger_id: int, session_id: UUID, member_id: UUID, min_count: int
) -> bool:
    """Whether a member scanned enough checkpoints in a session."""
    query = _walked(ledger_id, session_id, min_count).where(Attendance.member_id == member_id)
    return session.scalars(query.limit(1)).first() is not None


def counts(
    session: Session, *, ledger_id: int, attendance_ids: Sequence[UUID]
) -> dict[UUID, tuple[int, int]]:
    """Return laps and scans of stays, by the stay; those without any are left out."""
    rows = session.execute(
        sa.select(
            CheckpointScan.attendance_id,
            sa.func.max(CheckpointScan.lap),
            sa.func.count(),
        )
        .where(
            CheckpointScan.ledger_id == ledger_id,
            CheckpointScan.attendance_id.in_(attendance_ids),
        )
        .group_by(CheckpointScan.attendance_id)
    )
    return {attendance_id: (laps, scans) for attendance_id, laps, scans in rows}


def _walked(ledger_id: int, session_id: UUID, min_count: int) -> sa.Select[UUID]:
    return (
        sa.select(Attendance.member_id)
        .join(
            CheckpointScan,
            sa.and_(
                CheckpointScan.ledger_id == Attendance.ledger_id,
                CheckpointScan.attendance_id == Attendance.id,
            ),
        )
        .where(
            Attendance.ledger_id == ledger_id,
            Attendance.session_id == session_id,
            Attendance.state.not_in(VOID),
        )
        .group_by(Attendance.member_id, Attendance.id, CheckpointScan.lap)
        .having(sa.func.count() >= min_count)
    )
