"""Every table of the points room, gathered from its two files."""

from app.points.models_grant import (
    Backfill,
    Carry,
    Day,
    Decision,
    Grant,
    Opening,
    Presence,
)
from app.points.models_rule import Category, Indicator, Programme, Rate

__all__ = [
    "Backfill",
    "Carry",
    "Category",
    "Day",
    "Decision",
    "Grant",
    "Indicator",
    "Opening",
    "Presence",
    "Programme",
    "Rate",
]
