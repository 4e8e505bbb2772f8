"""What the ledger refuses, and what it must never be asked.

Refusals are for people; `BoundBroken` is for programmers: a room asked for a
posting that its own rules should have made impossible.
"""

from app.base.errors import DomainError, NotFound, Refusal


class InsufficientPoints(DomainError):
    """The account holds fewer points than are to leave it (`short_points` are missing)."""

    code = "insufficient_points"


class LedgerReadOnly(DomainError):
    """The book is stopped: a proof found damage, and nobody has reopened it yet."""

    code = "ledger_read_only"
    refusal = Refusal.LOCKED


class AlreadyReversed(DomainError):
    """The journal was reversed before; a journal is reversed once (L4)."""

    code = "already_reversed"
    refusal = Refusal.CONFLICT


class HoldAlreadyResolved(DomainError):
    """The hold was captured, voided or has lapsed before; it ends once."""

    code = "hold_already_resolved"
    refusal = Refusal.CONFLICT


class UnknownAccount(NotFound):
    """There is no such account, or it is closed."""


class BoundBroken(AssertionError):
    """A posting would break a bound that the calling room keeps by its own rules.

    Minutes below zero, or a receivable turned into a credit: the room above took
    back more than was posted. The unit of work fails as a whole.
    """
