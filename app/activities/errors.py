"""What the activities room refuses, as facts."""

from typing import Any
from uuid import UUID

from app.base.errors import DomainError, Refusal


class ActivityStateConflict(DomainError):
    """The activity or record is not in a state from which this step leads; fact `state`."""

    code = "activity_state_conflict"
    refusal = Refusal.CONFLICT


class AlreadyCheckedIn(DomainError):
    """This person is in already (D11); fact `since`."""

    code = "already_checked_in"
    refusal = Refusal.CONFLICT


class AlreadyCheckedOut(DomainError):
    """This stay has ended already; fact `since`."""

    code = "already_checked_out"
    refusal = Refusal.CONFLICT


class CheckInMissing(DomainError):
    """Nobody can check out who did not check in."""

    code = "check_in_missing"


class CheckpointOutOfOrder(DomainError):
    """This is not the checkpoint that comes next; facts `expected`, `name` (C13)."""

    code = "checkpoint_out_of_order"
    refusal = Refusal.CONFLICT


class WrongWayIn(DomainError):
    """One does not attend this activity in this way; fact `way`: screen, route or visit."""

    code = "wrong_way_in"
    refusal = Refusal.CONFLICT


class NotEnrolled(DomainError):
    """Only who signed up may begin: somebody is expected at a home (C27)."""

    code = "not_enrolled"


class LogMissing(DomainError):
    """The shift needs a log before it can be confirmed (T14)."""

    code = "shift_log_missing"
    refusal = Refusal.CONFLICT


class NotInTimeWindow(DomainError):
    """Too early or too late (D12, D16, D20); facts `opens_at`, `closes_at`."""

    code = "not_in_time_window"


class OverlapWithOtherActivity(DomainError):
    """This person is, or was, somewhere else at that time (D19, E14).

    Attributes:
        attendance_id: The record it overlaps with; `scans.keep` flags both.
    """

    code = "overlap_with_other_activity"

    def __init__(self, message: str = "", *, attendance_id: UUID | None = None, **facts: Any):
        super().__init__(message, **facts)
        self.attendance_id = attendance_id


class BadSignature(DomainError):
    """Not a code of ours: no screen of this time bank made it."""

    code = "bad_signature"


class KeyRevoked(DomainError):
    """The codes of this screen were revoked; the screen shows new ones."""

    code = "key_revoked"
    refusal = Refusal.GONE


class LateScanTooOld(DomainError):
    """The code stood on the screen more than 72 hours ago; fact `closed_at`."""

    code = "late_scan_too_old"
    refusal = Refusal.GONE
