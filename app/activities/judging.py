"""Whether a person may come in or go out now: judged on rows that were read before.

Pure: no statement runs here. `scene` and `stays` are rows of `scenes`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.activities.crediting import NO_CHECK_OUT, Credit, Terms, Times, credit
from app.activities.errors import (
    ActivityStateConflict,
    AlreadyCheckedIn,
    AlreadyCheckedOut,
    CheckInMissing,
    NotInTimeWindow,
    OverlapWithOtherActivity,
)
from app.activities.terms import minutes
from app.base.actors import Actor
from app.base.ids import new_id
from app.people.errors import MemberNotActive
from app.risk.errors import LimitExceeded

PAIR_COUNT_MAX = 3
VOID = ("refused", "reversed")
"""States of records that count for nothing any more."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One person at one door at one instant.

    Attributes:
        at: When the code was seen, or now for the leader's doors.
        door: `code`, `personal_code`, `card` or `roll`.
        slot: The screen code's slot; None at the leader's doors.
        device_hash: Keyed hash of the device cookie, if the phone has one.
    """

    session_id: UUID
    member_id: UUID
    at: datetime
    door: str
    slot: int | None = None
    device_hash: bytes | None = None


def require_open(scene: Any, coming: Coming) -> None:
    """Refuse whoever the session does not take in now (D12, quota).

    Raises:
        ActivityStateConflict, MemberNotActive, NotInTimeWindow, LimitExceeded.
    """
    if scene.session_state != "planned" or scene.activity_state != "open":
        raise ActivityStateConflict(state=scene.activity_state)
    if scene.member_state != "active":
        raise MemberNotActive(state=scene.member_state)
    if not scene.opens_at <= coming.at < scene.ends_at:
        raise NotInTimeWindow(
            opens_at=scene.opens_at.isoformat(), closes_at=scene.ends_at.isoformat()
        )
    is_full = scene.quota_count is not None and scene.enrolled_count >= scene.quota_count
    if is_full and coming.door == "code" and scene.enrolment_state != "enrolled":
        raise LimitExceeded(
            rule_code="activity.quota", used=scene.enrolled_count, maximum=scene.quota_count
        )


def judge_stays(scene: Any, stays: list[Any], coming: Coming) -> Any:
    """Refuse what is, or overlaps, another stay (D11, D19).

    Returns the open stay of a session that has ended, if there is one: its person
    forgot to check out, which is closed as the job would (D16).
    """
    left_behind = None
    for stay in stays:
        if stay.state in VOID:
            continue
        if stay.session_id == coming.session_id:
            _judge_same_session(stay, coming)
        elif stay.state != "open":
            if stay.checked_out_at > coming.at:
                raise _overlap(stay)
        elif stay.ends_at > scene.starts_at and scene.ends_at > stay.starts_at:
            raise _overlap(stay)
        elif stay.ends_at > coming.at:
            raise AlreadyCheckedIn(since=stay.checked_in_at.isoformat(), title=stay.title)
        else:
            left_behind = stay
    return left_behind


def new_stay(
    ledger_id: int, scene: Any, stays: list[Any], coming: Coming, actor: Actor
) -> dict[str, Any]:
    """Return the columns of the stay that begins now.

    Raises:
        LimitExceeded: It would be the fourth in this session (D13).
    """
    return {
        "ledger_id": ledger_id,
        "id": new_id(),
        "session_id": coming.session_id,
        "member_id": coming.member_id,
        "team_id": scene.team_id,
        "ordinal": _next_ordinal(stays, coming),
        "version": 1,
        "state": "open",
        "checked_in_at": coming.at,
        "in_door": coming.door,
        "in_slot": coming.slot,
        "in_by_id": actor.person_id,
        "device_hash": coming.device_hash,
    }


def require_not_late(scene: Any, coming: Coming, autoclose_minutes: int) -> None:
    """Refuse a check-out after the session was, or should be, closed by the job (D16, A2).

    Raises:
        NotInTimeWindow: The stay waits for the leader instead.
    """
    closes_at = scene.ends_at + minutes(autoclose_minutes)
    if not scene.opens_at <= coming.at <= closes_at:
        raise NotInTimeWindow(opens_at=scene.opens_at.isoformat(), closes_at=closes_at.isoformat())


def find_open(stays: list[Any], coming: Coming) -> Any:
    """Return the stay that this check-out ends.

    Raises:
        AlreadyCheckedOut: It has ended, or the same slot ended one before (D11).
        CheckInMissing: There is none.
    """
    for stay in stays:
        if stay.state == "open" and stay.checked_in_at <= coming.at:
            if any(coming.slot and other.out_slot == coming.slot for other in stays):
                raise AlreadyCheckedOut(since=coming.at.isoformat())
            return stay
    ended = [stay.checked_out_at for stay in stays if stay.checked_out_at]
    if ended:
        raise AlreadyCheckedOut(since=max(ended).isoformat())
    raise CheckInMissing


def reckon(stays: list[Any], open_stay: Any, out_at: datetime, terms: Terms) -> dict[UUID, Credit]:
    """Credit of the stay that ends now, and of earlier ones whose credit it changes (D13)."""
    closed = [stay for stay in stays if stay.checked_out_at and stay.zero_reason != NO_CHECK_OUT]
    closed = sorted([*closed, open_stay], key=lambda stay: stay.checked_in_at)
    times = [Times(stay.checked_in_at, stay.checked_out_at or out_at) for stay in closed]
    found = dict(zip((stay.id for stay in closed), credit(times, terms), strict=True))
    return {
        stay.id: found[stay.id]
        for stay in closed
        if stay is open_stay
        or (stay.state == "closed" and stay.credited_minutes != found[stay.id].minutes)
    }


def _judge_same_session(stay: Any, coming: Coming) -> None:
    """One success per person, session and slot; a stale ticket opens nothing (D11)."""
    is_same_slot = coming.slot is not None and stay.in_slot == coming.slot
    if stay.state == "open" or is_same_slot:
        raise AlreadyCheckedIn(since=stay.checked_in_at.isoformat())
    if stay.checked_out_at > coming.at:
        raise AlreadyCheckedOut(since=stay.checked_out_at.isoformat())


def _overlap(stay: Any) -> OverlapWithOtherActivity:
    return OverlapWithOtherActivity(
        attendance_id=stay.id, since=stay.checked_in_at.isoformat(), title=stay.title
    )


def _next_ordinal(stays: list[Any], coming: Coming) -> int:
    used = [stay.ordinal for stay in stays if stay.session_id == coming.session_id]
    last = max(used, default=0)
    if last >= PAIR_COUNT_MAX:
        raise LimitExceeded(rule_code="attendance.pairs", used=last, maximum=PAIR_COUNT_MAX)
    return last + 1
