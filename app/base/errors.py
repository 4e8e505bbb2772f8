"""The shape of every refusal. Knows nothing of HTTP: doors translate.

`code` is stable and never renamed (reliability contract §8); the message is for
logs and programmers. What people read comes from one catalogue in the doors.
"""

from enum import StrEnum
from typing import Any, ClassVar


class Refusal(StrEnum):
    """Why a request was turned down, in words that any door can translate."""

    MALFORMED = "malformed"
    NOT_AUTHENTICATED = "not_authenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    GONE = "gone"
    VERSION_STALE = "version_stale"
    VERSION_REQUIRED = "version_required"
    UNPROCESSABLE = "unprocessable"
    LOCKED = "locked"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """A rule of the time bank said no, and nothing was changed.

    Attributes:
        code: For programs; snake_case; never changes.
        refusal: The class of refusal; doors map it to a status.
        facts: Safe values for the sentence a person reads, such as `short_points`.
    """

    code: ClassVar[str] = "refused"
    refusal: ClassVar[Refusal] = Refusal.UNPROCESSABLE

    def __init__(self, message: str = "", **facts: Any) -> None:
        super().__init__(message or self.__class__.__doc__)
        self.facts = facts


class NotFound(DomainError):
    """There is no such thing, or it is not yours to see."""

    code = "not_found"
    refusal = Refusal.NOT_FOUND


class PermissionDenied(DomainError):
    """This person may not do this here."""

    code = "permission_denied"
    refusal = Refusal.FORBIDDEN


class SecondPersonRequired(DomainError):
    """Nobody decides on their own act: another person must (D23, A6, A17)."""

    code = "second_person_required"
    refusal = Refusal.FORBIDDEN


class ValidationFailed(DomainError):
    """A value is outside what the rule allows."""

    code = "validation_failed"


class VersionStale(DomainError):
    """Somebody changed this since it was read."""

    code = "version_stale"
    refusal = Refusal.VERSION_STALE


class VersionRequired(DomainError):
    """A change names the version that was read (If-Match)."""

    code = "version_required"
    refusal = Refusal.VERSION_REQUIRED


class RateLimited(DomainError):
    """Too many tries in a short time."""

    code = "rate_limited"
    refusal = Refusal.TOO_MANY


class IdempotencyKeyMissing(DomainError):
    """This act must carry an Idempotency-Key."""

    code = "idempotency_key_missing"
    refusal = Refusal.MALFORMED


class IdempotencyKeyInvalid(DomainError):
    """An Idempotency-Key has 22 to 64 characters of A-Z a-z 0-9 _ -."""

    code = "idempotency_key_invalid"
    refusal = Refusal.MALFORMED


class IdempotencyMismatch(DomainError):
    """The key already names a different request."""

    code = "idempotency_mismatch"


class IdempotencyInFlight(DomainError):
    """The same request is still running."""

    code = "idempotency_in_flight"
    refusal = Refusal.CONFLICT


class AlreadyRequested(DomainError):
    """A request about the same waits for a decision."""

    code = "already_requested"
    refusal = Refusal.CONFLICT


class CsvUnreadable(DomainError):
    """The file as a whole cannot be read (facts: `reason`, and `line_no` or `columns`)."""

    code = "csv_unreadable"
    refusal = Refusal.MALFORMED


class PhotoUnreadable(DomainError):
    """The file is no JPEG, PNG or WebP, or it is damaged; nothing was kept."""

    code = "photo_unreadable"


class PhotoTooLarge(DomainError):
    """The picture has more bytes or pixels than a photo has; nothing was kept."""

    code = "photo_too_large"


class UnknownYear(DomainError):
    """The public holidays of this year are not known yet; enter them first."""

    code = "unknown_year"
    refusal = Refusal.UNPROCESSABLE


class BusyRetry(DomainError):
    """The database was busy too long; nothing was written, the same request may come again."""

    code = "busy_retry"
    refusal = Refusal.UNAVAILABLE
