"""Check-in and check-out: the hot path, on prebuilt statements.

A volunteer comes with a seen ticket (time = when the code was seen); a leader takes
people in by one-time code, card or roll (time = now, `taking`). Either way one
person has one open stay (a unique index, D11), and no two that overlap (D19).

Check-in is 3 statements, check-out 4 (5 after a second stay). Nobody needs to have
enrolled: a walk-in leaves a presence and nothing else. Only when the quota is full
does the screen code want a sign-up; the leader at the door may still take people in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import judging, scenes
from app.activities.codes import SeenTicket
from app.activities.crediting import Terms, Times
from app.activities.errors import AlreadyCheckedIn, AlreadyCheckedOut
from app.activities.judging import Coming
from app.activities.shifts import walked
from app.activities.terms import AUTOCLOSE, MIN_PRESENCE
from app.base.actors import Actor
from app.base.errors import NotFound
from app.community import settings, tree
from app.people.errors import WrongAudience


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """A stay that began."""

    attendance_id: UUID
    session_id: UUID
    title: str
    checked_in_at: datetime
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class CheckedOut:
    """A stay that ended. Minutes are credited once a leader confirms them."""

    attendance_id: UUID
    session_id: UUID
    title: str
    checked_in_at: datetime
    checked_out_at: datetime
    credited_minutes: int
    zero_reason: str | None


def check_in(
    session: Session,
    *,
    ledger_id: int,
    member_id: UUID,
    ticket: SeenTicket,
    actor: Actor,
    device_hash: bytes | None = None,
) -> CheckedIn:
    """Take a volunteer in by the screen code they saw (D11–D13, D19, A1–A3).

    Raises:
        WrongAudience: The ticket is for going out, or of another book.
        NotInTimeWindow: Seen before the doors opened or after the end (D12).
        AlreadyCheckedIn: They are in; fact `since`.
        OverlapWithOtherActivity: They are or were elsewhere at that time (E14).
        LimitExceeded: A fourth stay (D13), or a walk-in over the quota.
        ActivityStateConflict: The session is closed or cancelled.
        MemberNotActive: The membership was merged, left or erased.
    """
    coming = _by_ticket(ledger_id, member_id, ticket, "in", device_hash)
    return enter(session, ledger_id=ledger_id, coming=coming, actor=actor)


def check_out(
    session: Session, *, ledger_id: int, member_id: UUID, ticket: SeenTicket, actor: Actor
) -> CheckedOut:
    """Let a volunteer out by the screen code they saw, and reckon the minutes (D14, D15).

    Raises:
        WrongAudience: The ticket is for coming in, or of another book.
        NotInTimeWindow: Too late: the stay waits for the leader (D16, A2).
        CheckInMissing: They are not in.
        AlreadyCheckedOut: They are out already; fact `since`.
    """
    coming = _by_ticket(ledger_id, member_id, ticket, "out", None)
    return leave(session, ledger_id=ledger_id, coming=coming, actor=actor)


def enter(session: Session, *, ledger_id: int, coming: Coming, actor: Actor) -> CheckedIn:
    """Begin a stay, whatever the door; who may is asked before.

    Raises:
        As `check_in`, and NotFound for an unknown session or member.
    """
    scene = scenes.find_entering(session, ledger_id, coming.session_id, coming.member_id)
    if scene is None:
        raise NotFound("no such session or member")
    judging.require_open(scene, coming)
    stays = scenes.find_stays(session, ledger_id, coming.session_id, coming.member_id, coming.at)
    left_behind = judging.judge_stays(scene, stays, coming)
    if left_behind is not None:
        scenes.close_forgotten(session, ledger_id, [left_behind])
    row = judging.new_stay(ledger_id, scene, stays, coming, actor)
    if not scenes.insert_stays(session, [row]):
        # Somebody took the same person in at this very moment: judge by what they wrote.
        stays = scenes.find_stays(
            session, ledger_id, coming.session_id, coming.member_id, coming.at
        )
        judging.judge_stays(scene, stays, coming)
        raise AlreadyCheckedIn(since=coming.at.isoformat())
    return CheckedIn(
        row["id"], coming.session_id, scene.title, coming.at, scene.starts_at, scene.ends_at
    )


def leave(session: Session, *, ledger_id: int, coming: Coming, actor: Actor) -> CheckedOut:
    """End the open stay, whatever the door, and reckon the minutes of all stays of the day.

    Raises:
        As `check_out`.
    """
    stays = scenes.find_leaving(session, ledger_id, coming.session_id, coming.member_id)
    if not stays:
        raise NotFound("no such session")
    scene = stays[0]
    stays = [stay for stay in stays if stay.id and stay.state not in judging.VOID]
    rules = settings.read(session, tree.get(session, scene.node_id), AUTOCLOSE, MIN_PRESENCE)
    judging.require_not_late(scene, coming, rules[AUTOCLOSE])
    open_stay = judging.find_open(stays, coming)
    terms = Terms(
        Times(scene.starts_at, scene.ends_at),
        scene.is_paid,
        rules[MIN_PRESENCE],
        _is_walked(session, ledger_id, scene, coming),
    )
    credits = judging.reckon(stays, open_stay, coming.at, terms)
    mine = credits.pop(open_stay.id)
    done = {
        "checked_out_at": coming.at,
        "out_door": coming.door,
        "out_slot": coming.slot,
        "out_by_id": actor.person_id,
        "credited_minutes": mine.minutes,
        "zero_reason": mine.zero_reason,
    }
    if not scenes.end_stay(session, ledger_id, open_stay.id, done):
        raise AlreadyCheckedOut(since=coming.at.isoformat())
    scenes.credit_again(session, ledger_id, credits)
    return CheckedOut(
        attendance_id=open_stay.id,
        session_id=coming.session_id,
        title=scene.title,
        checked_in_at=open_stay.checked_in_at,
        checked_out_at=coming.at,
        credited_minutes=mine.minutes,
        zero_reason=mine.zero_reason,
    )


def _is_walked(session: Session, ledger_id: int, scene: Any, coming: Coming) -> bool:
    """Whether a route was walked far enough (C13); costs a statement for routes only."""
    if scene.checkpoint_min_count is None:
        return True
    return walked.has_walked(
        session,
        ledger_id=ledger_id,
        session_id=coming.session_id,
        member_id=coming.member_id,
        min_count=scene.checkpoint_min_count,
    )


def _by_ticket(
    ledger_id: int, member_id: UUID, ticket: SeenTicket, direction: str, device: bytes | None
) -> Coming:
    if ticket.ledger_id != ledger_id or ticket.direction != direction:
        raise WrongAudience("a code for the other direction or book", direction=ticket.direction)
    return Coming(ticket.session_id, member_id, ticket.seen_at, "code", ticket.slot, device)
