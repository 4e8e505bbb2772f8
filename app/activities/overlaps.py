"""Whether a member was somewhere else at a time that a record is to cover (D19)."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.crediting import Times
from app.activities.errors import OverlapWithOtherActivity
from app.activities.judging import VOID
from app.activities.models import Attendance
from app.base.ids import NOBODY


def require_free(
    session: Session,
    *,
    ledger_id: int,
    session_id: UUID,
    member_id: UUID,
    wanted: Times,
    besides: UUID = NOBODY,
) -> list[Times]:
    """Refuse times in which the member was elsewhere; return their other stays in this session.

    `besides` is the record that is being put right; it does not stand in its own way.

    Raises:
        OverlapWithOtherActivity: Another stay touches these times (D19).
    """
    rows = session.execute(
        sa.select(
            Attendance.id,
            Attendance.session_id,
            Attendance.checked_in_at,
            Attendance.checked_out_at,
        ).where(
            Attendance.ledger_id == ledger_id,
            Attendance.member_id == member_id,
            Attendance.id != besides,
            Attendance.state.not_in(VOID),
            sa.or_(
                Attendance.session_id == session_id,
                sa.and_(
                    Attendance.checked_in_at < wanted.ends_at,
                    sa.or_(
                        Attendance.checked_out_at.is_(None),
                        Attendance.checked_out_at > wanted.begins_at,
                    ),
                ),
            ),
        )
    ).all()
    for row in rows:
        ends_at = row.checked_out_at or wanted.ends_at
        if row.checked_in_at < wanted.ends_at and ends_at > wanted.begins_at:
            raise OverlapWithOtherActivity(
                attendance_id=row.id, since=row.checked_in_at.isoformat()
            )
    return [
        Times(row.checked_in_at, row.checked_out_at)
        for row in rows
        if row.session_id == session_id and row.checked_out_at
    ]
