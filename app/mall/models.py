"""Every table of the mall, gathered from its three files."""

from app.mall.models_redemption import Redemption, RedemptionLine, Settlement
from app.mall.models_shelf import Clerk, Goods, Merchant, Shop, StockMovement, Till
from app.mall.models_stall import Stall, StallGoods

__all__ = [
    "Clerk",
    "Goods",
    "Merchant",
    "Redemption",
    "RedemptionLine",
    "Settlement",
    "Shop",
    "Stall",
    "StallGoods",
    "StockMovement",
    "Till",
]
