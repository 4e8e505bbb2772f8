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


class RedemptionSettled(DomainError):
    """The redemption is in a settled statement: too late to take it back (D36)."""

    code = "redemption_settled"
    refusal = Refusal.CONFLICT


class RefundWindowOver(DomainError):
    """Too late: a cancel is for the same day and open till, a refund for the window (D36)."""

    code = "refund_window_over"
