"""What the service orders refuse, as facts."""

from app.base.errors import DomainError, Refusal


class OrderStepConflict(DomainError):
    """The order is not at this step; facts `step` (where it is) and `next` (what comes)."""

    code = "order_step_conflict"
    refusal = Refusal.CONFLICT


class OwnOrderRating(DomainError):
    """Nobody rates an order that they handled (S9, A6)."""

    code = "own_order_rating"
    refusal = Refusal.FORBIDDEN


class FieldCallAnswered(DomainError):
    """The call was answered already; fact `number` (T13)."""

    code = "field_call_answered"
    refusal = Refusal.CONFLICT


class NoVolunteerWork(DomainError):
    """Hours belong to volunteers: whoever is paid for the work earns none (T8, A5)."""

    code = "no_volunteer_work"
    refusal = Refusal.UNPROCESSABLE


class WorkBeforeTalk(DomainError):
    """Work began before the order was talked over; fact `since` (T22)."""

    code = "work_before_talk"
    refusal = Refusal.UNPROCESSABLE


class ReopeningOver(DomainError):
    """Who asked rated it well, or its days are over: the desk opens it again; fact `is_rated`."""

    code = "reopening_over"
    refusal = Refusal.CONFLICT


class TeamWithoutLeader(DomainError):
    """Nobody leads this team, so nobody could take the order on."""

    code = "team_without_leader"
    refusal = Refusal.CONFLICT


class ExchangeStateConflict(DomainError):
    """The exchange is not in a state from which this step leads; fact `state`."""

    code = "exchange_state_conflict"
    refusal = Refusal.CONFLICT


class HelpAtHome(DomainError):
    """Help of oneself, or within one household, is no exchange between neighbours (A11, A12)."""

    code = "help_at_home"
    refusal = Refusal.FORBIDDEN


class AskerFrozen(DomainError):
    """Who asked is frozen since: their code moves no points, a person of staff decides (A7)."""

    code = "asker_frozen"
    refusal = Refusal.FORBIDDEN


class NoSlotLeft(DomainError):
    """Every slot is claimed (T3)."""

    code = "no_slot_left"
    refusal = Refusal.CONFLICT


class SkillFirst(DomainError):
    """It is offered to holders of a skill first; facts `until`, `skills` (C21)."""

    code = "skill_first"
    refusal = Refusal.CONFLICT


class ClaimStateConflict(DomainError):
    """The post or claim is not in a state from which this step leads; fact `state`."""

    code = "claim_state_conflict"
    refusal = Refusal.CONFLICT


class WishStateConflict(DomainError):
    """The wish is not in a state from which this step leads; fact `state`."""

    code = "wish_state_conflict"
    refusal = Refusal.CONFLICT


class OwnWish(DomainError):
    """Nobody fulfils a wish of their own, or of their household (A11)."""

    code = "own_wish"
    refusal = Refusal.FORBIDDEN


class WishPromised(DomainError):
    """Another activity took this wish on; fact `number` (C16)."""

    code = "wish_promised"
    refusal = Refusal.CONFLICT


class RegisterStateConflict(DomainError):
    """The row of a list is not in a state for this; fact `state`."""

    code = "register_state_conflict"
    refusal = Refusal.CONFLICT


class DutyRequired(DomainError):
    """Only who holds a duty for it may do this (T27)."""

    code = "duty_required"
    refusal = Refusal.FORBIDDEN


class SightingRepeated(DomainError):
    """The same was reported within ten minutes, or this photo was sent before (T26)."""

    code = "sighting_repeated"
    refusal = Refusal.CONFLICT


class SightingDecided(DomainError):
    """This report was decided before; fact `state`."""

    code = "sighting_decided"
    refusal = Refusal.CONFLICT


class WorkedAtShifts(DomainError):
    """Work of a standing project is checked in at its shifts, not submitted (C6)."""

    code = "worked_at_shifts"
    refusal = Refusal.UNPROCESSABLE
