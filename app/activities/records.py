"""One record of presence: locked to be changed, and each change of it written down (D3)."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import states
from app.activities.crediting import Times
from app.activities.judging import VOID
from app.activities.models import Attendance, Correction
from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound
from app.people import audit


def lock(session: Session, *, ledger_id: int, attendance_id: UUID) -> Attendance:
    """Return a record, locked until the transaction ends.

    Raises:
        NotFound: No such record in this book.
    """
    stay = session.scalars(
        sa.select(Attendance)
        .where(Attendance.ledger_id == ledger_id, Attendance.id == attendance_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if stay is None:
        raise NotFound("no such record")
    return stay


def record(
    session: Session,
    stay: Attendance,
    before: Times,
    minutes_before: int | None,
    *,
    reason: str,
    actor: Actor,
) -> None:
    """Write down one change of a record: what it was, what it became, why, who (append-only)."""
    session.add(_row(stay, before, minutes_before, reason, actor))
    session.flush()
    audit.write(
        session,
        ledger_id=stay.ledger_id,
        actor=actor,
        action=f"attendance_{stay.state}",
        subject_kind="attendance",
        subject_id=stay.id,
        version=stay.version,
        minutes_before=minutes_before,
        minutes_after=stay.credited_minutes,
    )


def record_settled(
    session: Session, settled: Sequence[tuple[Attendance, Times]], *, reason: str, actor: Actor
) -> None:
    """Write down why forgotten check-outs were settled as they were, in two statements.

    Args:
        settled: Each record, settled, with the times it had until now.
    """
    if not settled:
        return
    for stay, before in settled:
        stay.version += 1
        session.add(_row(stay, before, None, reason, actor))
    session.flush()
    acts = [
        audit.Act(
            "attendance_settled",
            "attendance",
            stay.id,
            {"version": stay.version, "minutes_after": stay.credited_minutes},
        )
        for stay, _before in settled
    ]
    audit.write_all(session, ledger_id=settled[0][0].ledger_id, actor=actor, acts=acts)


def _row(
    stay: Attendance, before: Times, minutes_before: int | None, reason: str, actor: Actor
) -> Correction:
    is_void = stay.state in VOID
    return Correction(
        ledger_id=stay.ledger_id,
        attendance_id=stay.id,
        version=stay.version,
        reason=states.require_reason(reason),
        before_in_at=before.begins_at,
        before_out_at=before.ends_at,
        before_minutes=minutes_before,
        after_in_at=None if is_void else stay.checked_in_at,
        after_out_at=None if is_void else stay.checked_out_at,
        after_minutes=stay.credited_minutes or 0,
        corrected_by_id=actor.person_id,
        corrected_at=clock.now(),
    )
