"""Every table of the points room, gathered from its three files."""

from app.points.models_grant import (
    Backfill,
    Carry,
    Day,
    Decision,
    Grant,
    Opening,
    Presence,
)
from app.points.models_public import Board, Notice, NoticeLine, Photo
from app.points.models_rule import Category, Indicator, Programme, Rate

__all__ = [
    "Backfill",
    "Board",
    "Carry",
    "Category",
    "Day",
    "Decision",
    "Grant",
    "Indicator",
    "Notice",
    "NoticeLine",
    "Opening",
    "Photo",
    "Presence",
    "Programme",
    "Rate",
]
