"""Logs of shifts (工作日志): what a part-time grid worker saw and did; no log, no credit (T14)."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import records
from app.activities.errors import ActivityStateConflict
from app.activities.models_shift import ShiftLog
from app.activities.wording import clean
from app.base import clock, crypto
from app.base.errors import NotFound

LOG_LENGTH_MIN = 5
LOG_LENGTH_MAX = 1_000
WRITABLE = ("open", "closed", "needs_confirmation")


def write(
    session: Session, *, ledger_id: int, attendance_id: UUID, member_id: UUID, text: str
) -> ShiftLog:
    """Write the log of one's own shift, or write it anew, until the shift is confirmed.

    Raises:
        NotFound: It is no record of this member's.
        ActivityStateConflict: It is decided already; fact `state`.
        ValidationFailed: The text is shorter than five characters, or too long.
    """
    stay = records.lock(session, ledger_id=ledger_id, attendance_id=attendance_id)
    if stay.member_id != member_id:
        raise NotFound("no record of yours")
    if stay.state not in WRITABLE:
        raise ActivityStateConflict(state=stay.state)
    said = clean(text, field="log", length_min=LOG_LENGTH_MIN, length_max=LOG_LENGTH_MAX)
    log = session.get(ShiftLog, (ledger_id, attendance_id))
    if log is None:
        log = ShiftLog(ledger_id=ledger_id, attendance_id=attendance_id)
        session.add(log)
    log.text_sealed = crypto.seal(said, attendance_id)
    log.written_at = clock.now()
    session.flush()
    return log


def read(session: Session, *, ledger_id: int, attendance_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the texts of logs by their record, for the volunteer, leaders and staff."""
    rows = session.execute(
        sa.select(ShiftLog.attendance_id, ShiftLog.text_sealed).where(
            ShiftLog.ledger_id == ledger_id, ShiftLog.attendance_id.in_(attendance_ids)
        )
    )
    return {row.attendance_id: crypto.unseal(row.text_sealed, row.attendance_id) for row in rows}


def with_log(
    session: Session, *, ledger_id: int, attendance_ids: Sequence[UUID]
) -> frozenset[UUID]:
    """Return which of some records have a log."""
    return frozenset(
        session.scalars(
            sa.select(ShiftLog.attendance_id).where(
                ShiftLog.ledger_id == ledger_id, ShiftLog.attendance_id.in_(attendance_ids)
            )
        )
    )
