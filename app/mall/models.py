"""Every table of the mall, gathered from its two files."""

from app.mall.models_redemption import Redemption, RedemptionLine, Settlement
from app.mall.models_shelf import Clerk, Goods, Merchant, Shop, StockMovement, Till

__all__ = [
    "Clerk",
    "Goods",
    "Merchant",
    "Redemption",
    "RedemptionLine",
    "Settlement",
    "Shop",
    "StockMovement",
    "Till",
]
