"""Corrections: a record put right, by another person, with the reason (D3).

No posting is edited: what the old version earned is reversed (or refused, if it
still waits), and the new version makes a grant of its own, which waits for staff.
An upheld objection ends here.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import grounds, overlaps, records
from app.activities.crediting import Times, credit
from app.activities.errors import ActivityStateConflict
from app.activities.grounds import Ground
from app.activities.judging import VOID
from app.activities.models import Attendance
from app.activities.standing import require_lead, require_outside_circle
from app.activities.states import require_reason
from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed, VersionStale
from app.people import inbox
from app.points import grants
from app.points.models import Grant


@dataclass(frozen=True, slots=True)
class Change:
    """How a record should read, and why.

    Attributes:
        version: The record's version that was read.
    """

    checked_in_at: datetime
    checked_out_at: datetime
    reason: str
    version: int


def correct(
    session: Session, *, ledger_id: int, attendance_id: UUID, change: Change, actor: Actor
) -> Grant | None:
    """Put a record's times right; the new grant waits for staff (`edited`).

    Raises:
        VersionStale: Somebody changed the record since.
        ActivityStateConflict: The person is still there.
        ValidationFailed: No reason, or times outside the session's open doors.
        OverlapWithOtherActivity: The person was elsewhere at that time (D19).
        SecondPersonRequired: It is the actor's own record or their household's (D23).
        PermissionDenied: The actor neither leads the activity nor is its staff.
    """
    stay, ground = _begin(session, ledger_id, attendance_id, change.version, change.reason, actor)
    wanted = Times(change.checked_in_at, change.checked_out_at)
    if not ground.covers(wanted) or wanted.ends_at > clock.now():
        raise ValidationFailed("times within the session's open doors", field="checked_in_at")
    before = Times(stay.checked_in_at, stay.checked_out_at or ground.slot.ends_at)
    minutes_before = stay.credited_minutes
    others = overlaps.require_free(
        session,
        ledger_id=ledger_id,
        session_id=stay.session_id,
        member_id=stay.member_id,
        wanted=wanted,
        besides=stay.id,
    )
    grounds.take_back_grant(session, stay, reason=change.reason, actor=actor)
    _write(stay, ground, wanted, others, actor)
    records.record(session, stay, before, minutes_before, reason=change.reason, actor=actor)
    _tell(session, ground, stay, change.reason)
    holds = grounds.hold_reasons(ground, stay, ())
    deed = grounds.deed_of(ground, stay, provenance="credited", holds=holds)
    made = grants.grant(session, ledger_id=ledger_id, deeds=[deed] if deed else [], actor=actor)
    return made[0] if made else None


def reverse(
    session: Session,
    *,
    ledger_id: int,
    attendance_id: UUID,
    version: int,
    reason: str,
    actor: Actor,
) -> Attendance:
    """Take a record back whole: nobody was there. What it earned is reversed (L10).

    Raises:
        As `correct`.
    """
    stay, ground = _begin(session, ledger_id, attendance_id, version, reason, actor)
    if stay.state in VOID:
        raise ActivityStateConflict(state=stay.state)
    before = Times(stay.checked_in_at, stay.checked_out_at or ground.slot.ends_at)
    minutes_before = stay.credited_minutes
    grounds.take_back_grant(session, stay, reason=reason, actor=actor)
    stay.state = "reversed"
    stay.credited_minutes = 0
    stay.version += 1
    records.record(session, stay, before, minutes_before, reason=reason, actor=actor)
    _tell(session, ground, stay, reason)
    return stay


def _begin(
    session: Session,
    ledger_id: int,
    attendance_id: UUID,
    version: int,
    reason: str,
    actor: Actor,
) -> tuple[Attendance, Ground]:
    stay = records.lock(session, ledger_id=ledger_id, attendance_id=attendance_id)
    ground = grounds.find(session, ledger_id=ledger_id, session_id=stay.session_id)
    require_lead(session, activity=ground.activity, actor=actor)
    require_outside_circle(session, ledger_id=ledger_id, member_ids=[stay.member_id], actor=actor)
    require_reason(reason)
    if stay.version != version:
        raise VersionStale(version=stay.version)
    if stay.state == "open":
        raise ActivityStateConflict("check them out first", state=stay.state)
    return stay, ground


def _write(
    stay: Attendance, ground: Ground, wanted: Times, others: list[Times], actor: Actor
) -> None:
    mine = credit([*others, wanted], ground.terms)[-1]
    if stay.checked_in_at != wanted.begins_at:
        stay.in_door = "correction"
    stay.out_door = "correction"
    stay.checked_in_at = wanted.begins_at
    stay.checked_out_at = wanted.ends_at
    stay.credited_minutes = mine.minutes
    stay.zero_reason = mine.zero_reason
    stay.state = "confirmed"
    stay.confirmed_by_id = actor.person_id
    stay.confirmed_at = clock.now()
    stay.version += 1


def _tell(session: Session, ground: Ground, stay: Attendance, reason: str) -> None:
    facts = {
        "title": ground.activity.title,
        "minutes": stay.credited_minutes or 0,
        "reason": reason.strip(),
    }
    note = inbox.Note(stay.member_id, "attendance_corrected", facts)
    inbox.tell(session, ledger_id=stay.ledger_id, notes=[note])
