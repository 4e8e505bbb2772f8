"""What the people room refuses, as facts."""

from app.base.errors import DomainError, Refusal


class SignInFailed(DomainError):
    """The phone and the password or code do not belong together. Never says which is wrong."""

    code = "sign_in_failed"
    refusal = Refusal.NOT_AUTHENTICATED


class NotRegistered(DomainError):
    """The code was right, but nobody has joined with this phone yet."""

    code = "not_registered"
    refusal = Refusal.NOT_FOUND


class WrongPin(DomainError):
    """The PIN is not right; fact `tries_left_count`."""

    code = "wrong_pin"
    refusal = Refusal.NOT_AUTHENTICATED


class StepUpRequired(DomainError):
    """This act asks for a PIN, and this person has none yet."""

    code = "step_up_required"
    refusal = Refusal.NOT_AUTHENTICATED


class AlreadyMember(DomainError):
    """This phone or external number belongs to somebody with another name."""

    code = "already_member"
    refusal = Refusal.CONFLICT


class MemberNotActive(DomainError):
    """This membership was merged, left or erased; fact `state`."""

    code = "member_not_active"
    refusal = Refusal.CONFLICT


class PhoneIsPrivate(DomainError):
    """This is somebody's own phone: a team card shows a role's phone only (C25)."""

    code = "phone_is_private"


class CodeAlreadyUsed(DomainError):
    """This one-time code was used before (E17)."""

    code = "code_already_used"
    refusal = Refusal.CONFLICT


class CodeExpired(DomainError):
    """The 60 seconds of this code are over; the phone shows a new one."""

    code = "code_expired"
    refusal = Refusal.GONE


class WrongAudience(DomainError):
    """Made by another book (fact `book`, its name) or for another `purpose` (A9)."""

    code = "wrong_audience"


class CardNotActive(DomainError):
    """The card is lost, replaced or cancelled; fact `state` (P3, A9)."""

    code = "card_not_active"


class CardAlreadyActive(DomainError):
    """This member holds an active card already; replace or cancel it first."""

    code = "card_already_active"
    refusal = Refusal.CONFLICT


class NameTaken(DomainError):
    """Another team, or another alliance, of this place has this name; fact `name`."""

    code = "name_taken"
    refusal = Refusal.CONFLICT


class TeamClosed(DomainError):
    """This team was closed; its history remains."""

    code = "team_closed"
    refusal = Refusal.CONFLICT


class AlreadyInHousehold(DomainError):
    """This member belongs to a household; they leave it before they join another."""

    code = "already_in_household"
    refusal = Refusal.CONFLICT


class AlreadyDecided(DomainError):
    """Somebody has decided on this before; fact `state`."""

    code = "already_decided"
    refusal = Refusal.CONFLICT


class AlreadyAgent(DomainError):
    """This person may act for the member already."""

    code = "already_agent"
    refusal = Refusal.CONFLICT


class ObjectionOpen(DomainError):
    """An objection to this record is waiting for its answer."""

    code = "objection_open"
    refusal = Refusal.CONFLICT


class DutyTaken(DomainError):
    """The place has somebody for this duty, and may have one only (O8); fact `duty`."""

    code = "duty_taken"
    refusal = Refusal.CONFLICT


class AlreadyRelated(DomainError):
    """These two members are registered as kin, or one has asked and the other not answered."""

    code = "already_related"
    refusal = Refusal.CONFLICT
