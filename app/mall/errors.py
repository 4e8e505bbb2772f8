"""What the mall refuses, as facts. Codes follow the reliability contract §8 where it has one."""

from app.base.errors import DomainError, Refusal


class StockConflict(DomainError):
    """The shelf does not hold that many any more (D38)."""

    code = "stock_conflict"
    refusal = Refusal.CONFLICT


class GoodsNotOnSale(DomainError):
    """These goods are not on sale in this shop."""

    code = "goods_not_on_sale"
    refusal = Refusal.CONFLICT


class ShopClosed(DomainError):
    """The shop, or the merchant behind it, may not redeem now (M3)."""

    code = "shop_closed"
    refusal = Refusal.CONFLICT


class TillClosed(DomainError):
    """This till was closed: nothing is sold on it any more (A14)."""

    code = "till_closed"
    refusal = Refusal.CONFLICT


class AgreementOver(DomainError):
    """The last day of the merchant's agreement has passed: nothing is sold until it is renewed."""

    code = "agreement_over"
    refusal = Refusal.CONFLICT


class StallOver(DomainError):
    """The stall was closed, or this is not its day (M4)."""

    code = "stall_over"
    refusal = Refusal.CONFLICT


class StallTillOpen(DomainError):
    """A till stands at the stall still, so it cannot be counted yet (M4)."""

    code = "stall_till_open"
    refusal = Refusal.CONFLICT


class TillAlreadyOpen(DomainError):
    """This clerk has an open till in this shop."""

    code = "till_already_open"
    refusal = Refusal.CONFLICT


class StateConflict(DomainError):
    """The merchant or shop is not in a state from which this step leads (M3)."""

    code = "state_conflict"
    refusal = Refusal.CONFLICT


class NameTaken(DomainError):
    """The name, number or barcode is in use already."""

    code = "name_taken"
    refusal = Refusal.CONFLICT


class OfferNotOpen(DomainError):
    """The offer was ended, or today is none of its days (M1)."""

    code = "offer_not_open"
    refusal = Refusal.CONFLICT


class OfferNotForYou(DomainError):
    """The offer is meant for members of another group (M1)."""

    code = "offer_not_for_you"


class OfferNeedsPoints(DomainError):
    """The offer costs points: it is bought as a voucher, and not used for nothing (M1)."""

    code = "offer_needs_points"
    refusal = Refusal.CONFLICT


class VoucherUsed(DomainError):
    """The voucher was used before; it is honoured once (L8, M7)."""

    code = "voucher_used"
    refusal = Refusal.CONFLICT


class VoucherOver(DomainError):
    """The voucher was returned, has lapsed, or its last day has passed (D34)."""

    code = "voucher_over"
    refusal = Refusal.GONE


class ReturnTooLate(DomainError):
    """The time to give back a place is over (M6)."""

    code = "return_too_late"
    refusal = Refusal.CONFLICT


class VoucherNotYet(DomainError):
    """A place is honoured on the day of its class, and not before (M6)."""

    code = "voucher_not_yet"
    refusal = Refusal.CONFLICT


class ClassNotAtTill(DomainError):
    """A class is booked as a place; no till hands it out (M6)."""

    code = "class_not_at_till"
    refusal = Refusal.CONFLICT


class ClassBegun(DomainError):
    """The class has begun, so its time stays (M6)."""

    code = "class_begun"
    refusal = Refusal.CONFLICT


class ClassHeld(DomainError):
    """Somebody was at the class, so it is not cancelled as a whole any more (M6)."""

    code = "class_held"
    refusal = Refusal.CONFLICT


class ReservationOver(DomainError):
    """The reservation was collected, given up, or has lapsed (D34)."""

    code = "reservation_over"
    refusal = Refusal.GONE


class AlreadySettled(DomainError):
    """This shop's month was settled before: a statement is locked (D39)."""

    code = "already_settled"
    refusal = Refusal.CONFLICT


class NothingToSettle(DomainError):
    """Nothing was taken in or back that no statement has yet (L14)."""

    code = "nothing_to_settle"
    refusal = Refusal.CONFLICT


class RedemptionSettled(DomainError):
    """The redemption is in a settled statement: too late to take it back (D36)."""

    code = "redemption_settled"
    refusal = Refusal.CONFLICT


class RefundWindowOver(DomainError):
    """Too late: a cancel is for the same day and open till, a refund for the window (D36)."""

    code = "refund_window_over"
