"""What the risk room refuses, as facts."""

from app.base.errors import DomainError, Refusal


class LimitExceeded(DomainError):
    """More than a rule allows in its period; facts `rule_code`, `used`, `maximum`."""

    code = "limit_exceeded"


class AccountFrozen(DomainError):
    """The membership or the card is frozen; fact `subject_kind`. Its reason is in the inbox."""

    code = "account_frozen"
    refusal = Refusal.FORBIDDEN


class AlreadyFrozen(DomainError):
    """This membership or card is frozen already."""

    code = "already_frozen"
    refusal = Refusal.CONFLICT


class AlreadyReleased(DomainError):
    """This freeze was lifted before."""

    code = "already_released"
    refusal = Refusal.CONFLICT
