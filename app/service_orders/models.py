"""Every table of the service orders, gathered from its files."""

from app.service_orders.models_claim import (
    Campaign,
    CampaignItem,
    Claim,
    Post,
    PostActivity,
    Wish,
)
from app.service_orders.models_exchange import Exchange, Offer
from app.service_orders.models_field import DIRECTIONS, FieldCall
from app.service_orders.models_order import (
    HANDLER_KINDS,
    MEANINGS,
    Order,
    OrderCategory,
    OrderLog,
    OrderNote,
    OrderWork,
    Template,
    TemplateChoice,
)
from app.service_orders.models_register import RegisterEntry, RegisterLink
from app.service_orders.models_sighting import Sighting

__all__ = [
    "DIRECTIONS",
    "HANDLER_KINDS",
    "MEANINGS",
    "Campaign",
    "CampaignItem",
    "Claim",
    "Exchange",
    "FieldCall",
    "Offer",
    "Order",
    "OrderCategory",
    "OrderLog",
    "OrderNote",
    "OrderWork",
    "Post",
    "RegisterEntry",
    "RegisterLink",
    "Sighting",
    "PostActivity",
    "Template",
    "TemplateChoice",
    "Wish",
]
