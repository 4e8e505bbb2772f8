"""Every table of the mall, gathered from its files."""

from app.mall.models_claim import Reservation, Voucher
from app.mall.models_offer import Offer, OfferUse
from app.mall.models_redemption import Redemption, RedemptionLine, Settlement
from app.mall.models_shelf import Clerk, Goods, Merchant, Shop, StockMovement, Till
from app.mall.models_stall import Stall, StallGoods

__all__ = [
    "Clerk",
    "Goods",
    "Merchant",
    "Offer",
    "OfferUse",
    "Redemption",
    "RedemptionLine",
    "Reservation",
    "Settlement",
    "Shop",
    "Stall",
    "StallGoods",
    "StockMovement",
    "Till",
    "Voucher",
]
