"""A roll-call taken back: a wrong tick, put right within ten minutes by who made it.

Nothing has been confirmed or posted by then. Who was taken in by mistake was never
there: the record stays and counts for nothing. Who was let out by mistake is in again,
as if nobody had ticked. Set-based: two hundred names cost what one costs.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import grounds, judging
from app.activities.crediting import NO_CHECK_OUT, Times, credit
from app.activities.errors import ActivityStateConflict
from app.activities.grounds import Ground
from app.activities.models import Attendance
from app.activities.standing import require_lead
from app.activities.taking import ROLL_MAX, Roll
from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.people import audit

UNDO_WITHIN = timedelta(minutes=10)


def undo(
    session: Session,
    *,
    ledger_id: int,
    session_id: UUID,
    direction: str,
    member_ids: Collection[UUID],
    actor: Actor,
) -> Roll:
    """Take back one's own roll-call of the last ten minutes; who it cannot be is named.

    Returns:
        `taken` were put back; `refused` stand as they are: not ticked by this actor, too
        long ago, or something has come after it.

    Raises:
        PermissionDenied: The actor neither leads the activity nor is its staff.
        ValidationFailed: More than 500 names at once.
    """
    if len(member_ids) > ROLL_MAX:
        raise ValidationFailed("too many names at once", field="member_ids", maximum=ROLL_MAX)
    ground = grounds.find(session, ledger_id=ledger_id, session_id=session_id)
    require_lead(session, activity=ground.activity, actor=actor)
    wanted = sorted(set(member_ids))
    stays = _lock(session, ledger_id, session_id, wanted)
    inside = _inside(session, ledger_id, wanted)
    roll = Roll()
    changed: list[Attendance] = []
    for stay in stays:
        if _is_ticked(stay, direction, actor, inside):
            (_take_back_in if direction == "in" else _take_back_out)(stay)
            roll.taken.add(stay.member_id)
            changed.append(stay)
    _reckon_others(stays, roll.taken, ground)
    session.flush()
    roll.refused = {each: ActivityStateConflict() for each in wanted if each not in roll.taken}
    _note(session, ledger_id, changed, direction, actor)
    return roll


def _lock(
    session: Session, ledger_id: int, session_id: UUID, wanted: list[UUID]
) -> list[Attendance]:
    query = (
        sa.select(Attendance)
        .where(
            Attendance.ledger_id == ledger_id,
            Attendance.session_id == session_id,
            Attendance.member_id.in_(wanted),
            Attendance.state.not_in(judging.VOID),
        )
        .order_by(Attendance.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _inside(session: Session, ledger_id: int, wanted: list[UUID]) -> set[UUID]:
    """Return who has an open stay, here or elsewhere: a second one cannot be opened (D11)."""
    query = sa.select(Attendance.member_id).where(
        Attendance.ledger_id == ledger_id,
        Attendance.member_id.in_(wanted),
        Attendance.state == "open",
    )
    return set(session.scalars(query))


def _is_ticked(stay: Attendance, direction: str, actor: Actor, inside: set[UUID]) -> bool:
    since = clock.now() - UNDO_WITHIN
    if direction == "in":
        ticked = (stay.state, stay.in_door, stay.in_by_id) == ("open", "roll", actor.person_id)
        return ticked and stay.checked_in_at >= since
    ticked = (stay.state, stay.out_door, stay.out_by_id) == ("closed", "roll", actor.person_id)
    is_recent = stay.checked_out_at is not None and stay.checked_out_at >= since
    return ticked and is_recent and stay.member_id not in inside


def _take_back_in(stay: Attendance) -> None:
    stay.state = "reversed"
    stay.credited_minutes = 0
    stay.version += 1


def _take_back_out(stay: Attendance) -> None:
    stay.state = "open"
    stay.checked_out_at = None
    stay.out_door = stay.out_by_id = stay.out_slot = None
    stay.credited_minutes = stay.zero_reason = None


def _reckon_others(stays: Sequence[Attendance], touched: set[UUID], ground: Ground) -> None:
    """Credit earlier stays anew: the share is of all stays of the session (D13, D15)."""
    for member_id in touched:
        closed = [
            stay
            for stay in stays
            if stay.member_id == member_id
            and stay.state == "closed"
            and stay.zero_reason != NO_CHECK_OUT
        ]
        closed.sort(key=lambda stay: stay.checked_in_at)
        times = [
            Times(stay.checked_in_at, stay.checked_out_at) for stay in closed if stay.checked_out_at
        ]
        for stay, worth in zip(closed, credit(times, ground.terms_of(member_id)), strict=True):
            stay.credited_minutes, stay.zero_reason = worth.minutes, worth.zero_reason


def _note(
    session: Session,
    ledger_id: int,
    changed: Sequence[Attendance],
    direction: str,
    actor: Actor,
) -> None:
    acts = [
        audit.Act("roll_undone", "attendance", stay.id, {"direction": direction})
        for stay in changed
    ]
    audit.write_all(session, ledger_id=ledger_id, actor=actor, acts=acts)
