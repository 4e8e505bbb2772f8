"""The leader's doors: one-time code, card and roll, for people without a phone.

Time is now. Nobody takes in themselves; by card or roll nobody takes in their own
household either (D23). The door consumes the code or reads the card before, and
hands over whom it names. A roll is set-based: forty names cost what one costs.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import checkin, grounds, judging, scenes
from app.activities.checkin import CheckedIn, CheckedOut
from app.activities.crediting import Terms
from app.activities.errors import AlreadyCheckedIn
from app.activities.judging import Coming
from app.activities.models import Activity, ActivitySession, Attendance
from app.activities.standing import own_circle, require_lead
from app.base import clock
from app.base.actors import Actor
from app.base.errors import DomainError, NotFound, SecondPersonRequired, ValidationFailed

LEADER_DOORS = ("personal_code", "card", "roll")
ROLL_MAX = 500


@dataclass(slots=True)
class Roll:
    """What came of a roll-call: who was taken, and the refusal of everybody who was not."""

    taken: set[UUID] = field(default_factory=set)
    refused: dict[UUID, DomainError] = field(default_factory=dict)


def check_in(
    session: Session, *, ledger_id: int, session_id: UUID, member_id: UUID, door: str, actor: Actor
) -> CheckedIn:
    """Take one person in at the leader's door, now.

    Args:
        door: `personal_code`, `card` or `roll`; kept on the record.

    Raises:
        PermissionDenied: The actor neither leads the activity nor is its staff.
        SecondPersonRequired: They would take in themselves or their household (D23).
        As `checkin.check_in`.
    """
    coming = _coming(session, ledger_id, session_id, member_id, door, actor)
    return checkin.enter(session, ledger_id=ledger_id, coming=coming, actor=actor)


def check_out(
    session: Session, *, ledger_id: int, session_id: UUID, member_id: UUID, door: str, actor: Actor
) -> CheckedOut:
    """Let one person out at the leader's door, now.

    Raises:
        As `check_in` here and `checkin.check_out`.
    """
    coming = _coming(session, ledger_id, session_id, member_id, door, actor)
    return checkin.leave(session, ledger_id=ledger_id, coming=coming, actor=actor)


def roll_in(
    session: Session,
    *,
    ledger_id: int,
    session_id: UUID,
    member_ids: Collection[UUID],
    actor: Actor,
) -> Roll:
    """Take everybody in whom the leader ticked; who cannot be is named with the refusal.

    Raises:
        PermissionDenied: The actor neither leads the activity nor is its staff.
        ValidationFailed: More than 500 names at once.
    """
    roll, wanted = _begin_roll(session, ledger_id, session_id, member_ids, actor)
    at = clock.now()
    scene_of = scenes.find_entering_many(session, ledger_id, session_id, wanted)
    stays_of = scenes.find_stays_many(session, ledger_id, session_id, wanted, at)
    rows, forgotten = [], []
    for member_id in wanted:
        coming = Coming(session_id, member_id, at, "roll")
        try:
            row, left = _judge(scene_of.get(member_id), stays_of.get(member_id, []), coming, actor)
        except DomainError as refusal:
            roll.refused[member_id] = refusal
            continue
        rows.append({**row, "ledger_id": ledger_id})
        forgotten += [left] if left else []
    scenes.close_forgotten(session, ledger_id, forgotten)
    roll.taken = scenes.insert_stays(session, rows)
    for row in rows:
        if row["member_id"] not in roll.taken:
            roll.refused[row["member_id"]] = AlreadyCheckedIn(since=at.isoformat())
    return roll


def roll_out(
    session: Session,
    *,
    ledger_id: int,
    session_id: UUID,
    member_ids: Collection[UUID],
    actor: Actor,
) -> Roll:
    """Let everybody out whom the leader ticked, and reckon their minutes.

    Raises:
        PermissionDenied, ValidationFailed: As for `roll_in`.
        NotInTimeWindow: The session should have been closed by now (D16).
    """
    roll, wanted = _begin_roll(session, ledger_id, session_id, member_ids, actor)
    ground = grounds.find(session, ledger_id=ledger_id, session_id=session_id)
    at = clock.now()
    nobody = Coming(session_id, session_id, at, "roll")
    judging.require_not_late(ground.slot, nobody, ground.autoclose_minutes)
    stays_of = _lock_stays(session, ledger_id, session_id, wanted)
    for member_id in wanted:
        coming = Coming(session_id, member_id, at, "roll")
        try:
            open_stay = judging.find_open(stays_of.get(member_id, []), coming)
        except DomainError as refusal:
            roll.refused[member_id] = refusal
            continue
        _end(stays_of[member_id], open_stay, ground.terms_of(member_id), at, actor)
        roll.taken.add(member_id)
    session.flush()
    return roll


def _coming(
    session: Session, ledger_id: int, session_id: UUID, member_id: UUID, door: str, actor: Actor
) -> Coming:
    assert door in LEADER_DOORS, door
    circle = _circle(session, ledger_id, session_id, actor)
    is_own = member_id == circle.own_id
    if is_own or (door != "personal_code" and member_id in circle.member_ids):
        raise SecondPersonRequired("another leader takes you in")
    return Coming(session_id, member_id, clock.now(), door)


@dataclass(frozen=True, slots=True)
class _Circle:
    """The leader's own membership, and everybody they live with."""

    own_id: UUID | None
    member_ids: set[UUID]


def _circle(session: Session, ledger_id: int, session_id: UUID, actor: Actor) -> _Circle:
    activity = session.scalars(
        sa.select(Activity)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Activity.ledger_id,
                ActivitySession.activity_id == Activity.id,
            ),
        )
        .where(Activity.ledger_id == ledger_id, ActivitySession.id == session_id)
    ).one_or_none()
    if activity is None:
        raise NotFound("no such session")
    standing = require_lead(session, activity=activity, actor=actor)
    circle = own_circle(session, ledger_id=ledger_id, actor=actor)
    return _Circle(standing.member_id, circle)


def _begin_roll(
    session: Session,
    ledger_id: int,
    session_id: UUID,
    member_ids: Collection[UUID],
    actor: Actor,
) -> tuple[Roll, list[UUID]]:
    """Ask who may, and set the leader's own circle aside (D23)."""
    if len(member_ids) > ROLL_MAX:
        raise ValidationFailed("too many names at once", field="member_ids", maximum=ROLL_MAX)
    circle = _circle(session, ledger_id, session_id, actor)
    wanted = sorted(set(member_ids) - circle.member_ids)
    own = set(member_ids) & circle.member_ids
    return Roll(refused={member_id: SecondPersonRequired() for member_id in own}), wanted


def _judge(
    scene: Any, stays: list[Any], coming: Coming, actor: Actor
) -> tuple[dict[str, Any], Any]:
    if scene is None:
        raise NotFound("no such member")
    judging.require_open(scene, coming)
    left_behind = judging.judge_stays(scene, stays, coming)
    return judging.new_stay(0, scene, stays, coming, actor), left_behind


def _lock_stays(
    session: Session, ledger_id: int, session_id: UUID, member_ids: list[UUID]
) -> dict[UUID, list[Attendance]]:
    rows = session.scalars(
        sa.select(Attendance)
        .where(
            Attendance.ledger_id == ledger_id,
            Attendance.session_id == session_id,
            Attendance.member_id.in_(member_ids),
            Attendance.state.not_in(judging.VOID),
        )
        .order_by(Attendance.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[Attendance]] = {}
    for row in rows:
        found.setdefault(row.member_id, []).append(row)
    return found


def _end(
    stays: list[Attendance], open_stay: Attendance, terms: Terms, at: datetime, actor: Actor
) -> None:
    credits = judging.reckon(stays, open_stay, at, terms)
    for stay in stays:
        if stay.id in credits:
            stay.credited_minutes = credits[stay.id].minutes
            stay.zero_reason = credits[stay.id].zero_reason
    open_stay.state = "closed"
    open_stay.checked_out_at = at
    open_stay.out_door = "roll"
    open_stay.out_by_id = actor.person_id
