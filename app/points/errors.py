"""Refusals of the points room, as facts."""

from app.base.errors import DomainError, NotFound, Refusal


class NoProgramme(NotFound):
    """Neither this place nor any above it has a points programme (P2)."""


class NoRate(NotFound):
    """No rate of this indicator is in force on that day."""


class MembersBelow(DomainError):
    """People below this place belong to another book already; a programme cannot go above them."""

    code = "members_below"
    refusal = Refusal.CONFLICT


class ProgrammeExists(DomainError):
    """This place has a programme of its own already."""

    code = "programme_exists"
    refusal = Refusal.CONFLICT


class RateConflict(DomainError):
    """A rate starts that day already, or would reach back into days that were counted (D27)."""

    code = "rate_conflict"
    refusal = Refusal.CONFLICT


class GrantStateConflict(DomainError):
    """The grant is not in the state that this act needs; fact `state`."""

    code = "grant_state_conflict"
    refusal = Refusal.CONFLICT


class OverlapWithOtherActivity(DomainError):
    """Another deed of the same time is credited already; reverse it first (A3, D19)."""

    code = "overlap_with_other_activity"


class CountedInCases(DomainError):
    """What counts in 件 is paid once by its case number, not to each who helped (C33, K4)."""

    code = "counted_in_cases"
    refusal = Refusal.UNPROCESSABLE


class BackfillBarred(DomainError):
    """A back-fill of this member was found false; facts `until_on`, `minutes_missing` (D26)."""

    code = "backfill_barred"
    refusal = Refusal.FORBIDDEN


class PhotosFull(DomainError):
    """There are three photos already; fact `maximum`."""

    code = "photos_full"
    refusal = Refusal.CONFLICT


class NoticeEmpty(DomainError):
    """There is nothing of that kind in those days: no notice was put up."""

    code = "notice_empty"


class NoticeClosed(DomainError):
    """The time for objections is over, or the notice was taken down; fact `closes_on`."""

    code = "notice_closed"
    refusal = Refusal.GONE


class DocumentAlreadyUsed(DomainError):
    """This document already opened a balance of this member with other numbers (L12)."""

    code = "document_already_used"
    refusal = Refusal.CONFLICT


class HoldsOpen(DomainError):
    """Points of this member are reserved; resolve the reservations first (L13)."""

    code = "holds_open"
    refusal = Refusal.CONFLICT


class PeriodConflict(DomainError):
    """The quarter cannot be closed or changed now; fact `reason`.

    `not_over`, `closed`, `not_in_turn` (fact `next`), `not_proposed`.
    """

    code = "period_conflict"
    refusal = Refusal.CONFLICT


class StarNotReached(DomainError):
    """The hours reach no more stars than were granted, or a review is under way (D41)."""

    code = "star_not_reached"
    refusal = Refusal.CONFLICT


class StarBarred(DomainError):
    """False hours were found: no more stars for a time; fact `until_on` (D41)."""

    code = "star_barred"
    refusal = Refusal.FORBIDDEN


class CaseAlreadyCounted(DomainError):
    """This case number was granted already, or waits for a decision (A10)."""

    code = "case_already_counted"
    refusal = Refusal.CONFLICT


class CaseNumberNeeded(DomainError):
    """What is counted in 件 is one case with its number (A10, K4); fact `field`."""

    code = "case_number_needed"


class EvidenceNeeded(DomainError):
    """The indicator asks for evidence that is not there (P7); facts `evidence` and `field`."""

    code = "evidence_needed"


class DutyEarnsNothing(DomainError):
    """Paid duty earns no hours and no points, whatever the door (X1, O8, K2, C33)."""

    code = "duty_earns_nothing"


class CaseSharesDiffer(DomainError):
    """The shares are not the case's points; facts `total_points`, `shared_points` (K4)."""

    code = "case_shares_differ"


class ApplicationStateConflict(DomainError):
    """The application is at another step; fact `state`."""

    code = "application_state_conflict"
    refusal = Refusal.CONFLICT


class DonationFinal(DomainError):
    """24 hours after a donation to the common pool nobody takes it back (D32)."""

    code = "donation_final"
    refusal = Refusal.GONE


class PoolTooSmall(DomainError):
    """The common pool holds less that is settled; fact `free_points`."""

    code = "pool_too_small"


class HomeLivedIn(DomainError):
    """Somebody belongs to the household: its points are theirs (D29)."""

    code = "home_lived_in"
    refusal = Refusal.CONFLICT


class GiftStays(DomainError):
    """Points that were a gift are not given on; fact `giftable_points` (D32)."""

    code = "gift_stays"
