"""Late scans: a code scanned without network, sent when it came back, waiting for the leader.

Evidence, never presence (issue 3.8). The code's MAC proves that it stood on the screen of
this session in its 15 seconds; it does not prove who stood before the screen, for a code
can be photographed and forwarded. So nothing is posted and nobody is in: a leader who
remembers the person makes a record of it (`admit`), which staff look at once more.
"""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import codes, grounds, judging, overlaps, records, scenes, states
from app.activities.crediting import Times, credit
from app.activities.errors import (
    ActivityStateConflict,
    AlreadyCheckedIn,
    LateScanTooOld,
    NotInTimeWindow,
)
from app.activities.grounds import Ground
from app.activities.models import Attendance, LateScan
from app.activities.standing import require_lead, require_outside_circle
from app.activities.terms import minutes
from app.activities.tickets import SLOT_SECONDS, Shown
from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.people import audit, inbox, members
from app.people.errors import WrongAudience
from app.risk import limits

LIFE = timedelta(hours=72)
"""How long a phone may keep a scan, and how old a code may be when it arrives."""
CLOCKS_APART = timedelta(seconds=2 * SLOT_SECONDS)
DAY_MAX = 12
"""Late scans of one member that are kept in a day: six sessions, in and out."""


def keep(
    session: Session,
    *,
    ledger_id: int,
    member_id: UUID,
    token: str,
    claimed_at: datetime,
    device_hash: bytes | None = None,
) -> LateScan:
    """Keep a late scan for the leader; the first of a member, session and direction stays.

    Args:
        claimed_at: When the phone says it scanned; shown to the leader, believed by nobody.

    Raises:
        BadSignature, KeyRevoked: As `codes.recognise`.
        WrongAudience: The code is of another book.
        LateScanTooOld: The code stood on the screen more than 72 hours ago.
        NotInTimeWindow: It stood there before the doors opened, after they closed, or not yet.
        ActivityStateConflict: The activity was called off, or is filed away.
        MemberNotActive: The membership was merged, left or erased.
        LimitExceeded: More than 12 in a day.
    """
    shown = codes.recognise(session, token=token)
    if shown.ledger_id != ledger_id:
        raise WrongAudience("a code of another book", direction=shown.direction)
    ground = grounds.find(session, ledger_id=ledger_id, session_id=shown.session_id)
    _require_timely(ground, shown)
    member = members.get(session, ledger_id=ledger_id, member_id=member_id)
    members.require_active(member)
    values = {
        "ledger_id": ledger_id,
        "id": new_id(),
        "session_id": shown.session_id,
        "member_id": member_id,
        "direction": shown.direction,
        "slot": shown.slot,
        "claimed_at": claimed_at,
        "received_at": clock.now(),
        "device_hash": device_hash,
        "state": "waiting",
    }
    insert = insert_or_ignore(session, LateScan.__table__).values(**values)
    is_new = session.execute(insert.returning(LateScan.id)).first() is not None
    if is_new:
        _count(session, ledger_id, member_id)
    return _find_one(session, ledger_id, shown, member_id)


def admit(
    session: Session,
    *,
    ledger_id: int,
    session_id: UUID,
    member_id: UUID,
    times: Times,
    reason: str,
    actor: Actor,
) -> Attendance:
    """Make a record of presence of a member's late scans, on the leader's word.

    The record is a corrected one: the leader confirms it like the others, and it then
    waits for staff (`edited`).

    Raises:
        NotFound: No late scan of this member waits here.
        AlreadyCheckedIn: There is a record already; that one is put right.
        ValidationFailed: No reason, or times outside the session's open doors.
        OverlapWithOtherActivity: The member was elsewhere at that time (D19).
        SecondPersonRequired: It is the actor's own or their household's (D23).
        PermissionDenied: The actor neither leads the activity nor is its staff.
    """
    ground = _begin(session, ledger_id, session_id, member_id, actor)
    why = states.require_reason(reason)
    waiting = _lock_waiting(session, ledger_id, session_id, member_id)
    if not ground.covers(times) or times.ends_at > clock.now() or times.begins_at >= times.ends_at:
        raise ValidationFailed("times within the session's open doors", field="checked_in_at")
    overlaps.require_free(
        session, ledger_id=ledger_id, session_id=session_id, member_id=member_id, wanted=times
    )
    stay = _write(session, ground, member_id, times, actor)
    records.record(session, stay, times, None, reason=why, actor=actor)
    for scan in waiting:
        _decide(scan, "taken", actor)
    session.flush()
    return stay


def dismiss(
    session: Session, *, ledger_id: int, session_id: UUID, member_id: UUID, actor: Actor
) -> list[LateScan]:
    """Put a member's late scans aside: nobody saw them there. No hours change.

    Raises:
        NotFound, SecondPersonRequired, PermissionDenied: As `admit`.
    """
    ground = _begin(session, ledger_id, session_id, member_id, actor)
    waiting = _lock_waiting(session, ledger_id, session_id, member_id)
    for scan in waiting:
        _decide(scan, "dismissed", actor)
    session.flush()
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="late_scan_dismissed",
        subject_kind="member",
        subject_id=member_id,
        session_id=session_id,
    )
    note = inbox.Note(member_id, "late_scan_dismissed", {"title": ground.activity.title})
    inbox.tell(session, ledger_id=ledger_id, notes=[note])
    return waiting


def _require_timely(ground: Ground, shown: Shown) -> None:
    slot, at, now = ground.slot, shown.shown_at, clock.now()
    if at + LIFE < now:
        raise LateScanTooOld(closed_at=(at + LIFE).isoformat())
    is_out = shown.direction == "out"
    closes_at = slot.ends_at + minutes(ground.autoclose_minutes if is_out else 0)
    if not slot.opens_at <= at < closes_at or at > now + CLOCKS_APART:
        raise NotInTimeWindow(opens_at=slot.opens_at.isoformat(), closes_at=closes_at.isoformat())
    if slot.state == "cancelled":
        raise ActivityStateConflict(state=slot.state)
    states.require_state(ground.activity, "open", "finished")


def _count(session: Session, ledger_id: int, member_id: UUID) -> None:
    limits.use(
        session,
        ledger_id=ledger_id,
        subject_id=member_id,
        rule_code="late_scan.day",
        period=limits.daily(clock.today()),
        amount=1,
        maximum=DAY_MAX,
    )


def _find_one(session: Session, ledger_id: int, shown: Shown, member_id: UUID) -> LateScan:
    return session.scalars(
        sa.select(LateScan).where(
            LateScan.ledger_id == ledger_id,
            LateScan.session_id == shown.session_id,
            LateScan.member_id == member_id,
            LateScan.direction == shown.direction,
        )
    ).one()


def _begin(
    session: Session, ledger_id: int, session_id: UUID, member_id: UUID, actor: Actor
) -> Ground:
    ground = grounds.find(session, ledger_id=ledger_id, session_id=session_id)
    require_lead(session, activity=ground.activity, actor=actor)
    require_outside_circle(session, ledger_id=ledger_id, member_ids=[member_id], actor=actor)
    states.require_state(ground.activity, "open", "finished")
    return ground


def _lock_waiting(
    session: Session, ledger_id: int, session_id: UUID, member_id: UUID
) -> list[LateScan]:
    query = (
        sa.select(LateScan)
        .where(
            LateScan.ledger_id == ledger_id,
            LateScan.session_id == session_id,
            LateScan.member_id == member_id,
            LateScan.state == "waiting",
        )
        .order_by(LateScan.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = list(session.scalars(query))
    if not found:
        raise NotFound("no late scan of this member waits")
    return found


def _write(
    session: Session, ground: Ground, member_id: UUID, times: Times, actor: Actor
) -> Attendance:
    slot = ground.slot
    scene = scenes.find_entering(session, slot.ledger_id, slot.id, member_id)
    stays = scenes.find_stays(session, slot.ledger_id, slot.id, member_id, times.begins_at)
    here = [each for each in stays if each.session_id == slot.id and each.state not in judging.VOID]
    if here:
        raise AlreadyCheckedIn(since=here[0].checked_in_at.isoformat())
    coming = judging.Coming(slot.id, member_id, times.begins_at, "correction")
    worth = credit([times], ground.terms)[0]
    row = judging.new_stay(slot.ledger_id, scene, stays, coming, actor) | {
        "state": "closed",
        "checked_out_at": times.ends_at,
        "out_door": "correction",
        "out_by_id": actor.person_id,
        "credited_minutes": worth.minutes,
        "zero_reason": worth.zero_reason,
    }
    stay = Attendance(**row)
    session.add(stay)
    session.flush()
    return stay


def _decide(scan: LateScan, state: str, actor: Actor) -> None:
    scan.state = state
    scan.decided_by_id = actor.person_id
    scan.decided_at = clock.now()
