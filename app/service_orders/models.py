"""Every table of the service orders, gathered from its files."""

from app.service_orders.models_exchange import Exchange, Offer
from app.service_orders.models_order import (
    HANDLER_KINDS,
    MEANINGS,
    Order,
    OrderCategory,
    OrderLog,
    OrderWork,
    Template,
    TemplateChoice,
)

__all__ = [
    "HANDLER_KINDS",
    "MEANINGS",
    "Exchange",
    "Offer",
    "Order",
    "OrderCategory",
    "OrderLog",
    "OrderWork",
    "Template",
    "TemplateChoice",
]
