"""Routes: the first checkpoint checks a volunteer in, the others follow in order (C13).

A stay lasts from its first scan to its last: what nobody scanned, nobody walked. The
first checkpoint again begins a new lap, so a patrol may go round for as long as its shift
lasts. A stay counts once enough checkpoints were scanned in one lap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import checkin, grounds
from app.activities.checkin import CheckedOut
from app.activities.errors import (
    CheckInMissing,
    CheckpointOutOfOrder,
    WrongWayIn,
)
from app.activities.grounds import Ground
from app.activities.judging import Coming
from app.activities.models import Attendance
from app.activities.models_shift import Checkpoint, CheckpointScan
from app.activities.shifts import attending, walked
from app.activities.shifts.checkpoint_codes import CheckpointTicket
from app.base.actors import Actor

DOOR = "checkpoint"
FIRST = 1


@dataclass(frozen=True, slots=True)
class Scanned:
    """A checkpoint that was reached.

    Attributes:
        count: Different checkpoints of this lap so far.
        is_enough: Whether the presence counts by now.
        next_name: The checkpoint to go to; None at the end of the route.
    """

    attendance_id: UUID
    session_id: UUID
    title: str
    name: str
    ordinal: int
    lap: int
    count: int
    min_count: int
    is_enough: bool
    next_name: str | None
    scanned_at: datetime


def scan(
    session: Session,
    *,
    ledger_id: int,
    member_id: UUID,
    ticket: CheckpointTicket,
    actor: Actor,
    device_hash: bytes | None = None,
) -> Scanned:
    """Write down that a member reached a checkpoint; the first one checks them in.

    The same one again changes nothing. Between two of a lap some may be left out.

    Raises:
        WrongWayIn: The activity has no route.
        CheckpointOutOfOrder: Not the first to begin with, or one before the last; facts
            `expected` and `name`.
        As `checkin.enter` for the first.
    """
    ground = grounds.find(session, ledger_id=ledger_id, session_id=ticket.session_id)
    rule = ground.attending
    if rule is None or rule.way != "route":
        raise WrongWayIn(way=rule.way if rule else "screen")
    names = attending.list_checkpoints(session, ledger_id=ledger_id, activity_id=ground.activity.id)
    stay = _open_stay(session, ledger_id, ticket.session_id, member_id)
    if stay is None:
        if ticket.ordinal != FIRST:
            raise CheckpointOutOfOrder(expected=FIRST, name=names[0].name)
        coming = Coming(ticket.session_id, member_id, ticket.seen_at, DOOR, None, device_hash)
        done = checkin.enter(session, ledger_id=ledger_id, coming=coming, actor=actor)
        attendance_id = done.attendance_id
    else:
        attendance_id = stay.id
    scans = walked.list_scans(session, ledger_id=ledger_id, attendance_id=attendance_id)
    lap, is_new = _place(scans, ticket.ordinal, names)
    if is_new:
        scans.append(_write(session, ledger_id, attendance_id, lap, ticket))
    return _scanned(ground, names, scans, ticket)


def finish(
    session: Session, *, ledger_id: int, session_id: UUID, member_id: UUID, actor: Actor
) -> CheckedOut:
    """End a patrol on one's own phone, at the time of its last scan.

    Raises:
        CheckInMissing: No patrol of theirs is open, or nothing was scanned.
        As `checkin.leave`.
    """
    stay = _open_stay(session, ledger_id, session_id, member_id)
    scans = walked.list_scans(session, ledger_id=ledger_id, attendance_id=stay.id) if stay else []
    if not scans:
        raise CheckInMissing("nothing was scanned")
    coming = Coming(session_id, member_id, scans[-1].scanned_at, DOOR)
    return checkin.leave(session, ledger_id=ledger_id, coming=coming, actor=actor)


def _write(
    session: Session, ledger_id: int, attendance_id: UUID, lap: int, ticket: CheckpointTicket
) -> CheckpointScan:
    made = CheckpointScan(
        ledger_id=ledger_id,
        attendance_id=attendance_id,
        lap=lap,
        ordinal=ticket.ordinal,
        scanned_at=ticket.seen_at,
    )
    session.add(made)
    session.flush()
    return made


def _scanned(
    ground: Ground,
    names: Sequence[Checkpoint],
    scans: Sequence[CheckpointScan],
    ticket: CheckpointTicket,
) -> Scanned:
    """Say how far the lap has come, and where to go next."""
    lap = scans[-1].lap
    count = sum(1 for each in scans if each.lap == lap)
    wanted = ground.attending.checkpoint_min_count if ground.attending else None
    assert wanted is not None, "a route says how many"
    return Scanned(
        attendance_id=scans[-1].attendance_id,
        session_id=ticket.session_id,
        title=ground.activity.title,
        name=names[ticket.ordinal - 1].name,
        ordinal=ticket.ordinal,
        lap=lap,
        count=count,
        min_count=wanted,
        is_enough=count >= wanted,
        next_name=next((each.name for each in names if each.ordinal > ticket.ordinal), None),
        scanned_at=ticket.seen_at,
    )


def _open_stay(
    session: Session, ledger_id: int, session_id: UUID, member_id: UUID
) -> Attendance | None:
    return session.scalars(
        sa.select(Attendance)
        .where(
            Attendance.ledger_id == ledger_id,
            Attendance.session_id == session_id,
            Attendance.member_id == member_id,
            Attendance.state == "open",
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _place(
    scans: Sequence[CheckpointScan], ordinal: int, names: Sequence[Checkpoint]
) -> tuple[int, bool]:
    """Return the lap a scan belongs to, and whether it is a new one of it.

    Raises:
        CheckpointOutOfOrder: It comes before the last one, and does not begin a lap.
    """
    if not scans:
        if ordinal != FIRST:
            raise CheckpointOutOfOrder(expected=FIRST, name=names[0].name)
        return 1, True
    last = scans[-1]
    if ordinal == last.ordinal:
        return last.lap, False
    if ordinal > last.ordinal:
        return last.lap, True
    if ordinal == FIRST:
        return last.lap + 1, True
    expected = last.ordinal + 1 if last.ordinal < len(names) else FIRST
    raise CheckpointOutOfOrder(expected=expected, name=names[expected - 1].name)
