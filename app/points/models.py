"""Every table of the points room, gathered from its files."""

from app.points.models_assessment import Assessment, Assessor, BoardRule
from app.points.models_grant import (
    Backfill,
    Carry,
    Day,
    Decision,
    Grant,
    Opening,
    Presence,
)
from app.points.models_household import (
    Application,
    Case,
    CaseShare,
    Deduction,
    Donation,
    Gift,
    GiftLot,
    Help,
)
from app.points.models_passing import HomePassing, HomePassingMark
from app.points.models_period import Period
from app.points.models_public import Board, Notice, NoticeLine, Photo
from app.points.models_rule import Category, Indicator, Programme, Rate
from app.points.models_star import Star, StarBar, StarFall, StarRise, StarStep, StarTable

__all__ = [
    "Application",
    "Assessment",
    "Assessor",
    "Backfill",
    "Board",
    "BoardRule",
    "Carry",
    "Case",
    "CaseShare",
    "Category",
    "Day",
    "Decision",
    "Deduction",
    "Donation",
    "Gift",
    "GiftLot",
    "Grant",
    "Help",
    "HomePassing",
    "HomePassingMark",
    "Indicator",
    "Notice",
    "NoticeLine",
    "Opening",
    "Period",
    "Photo",
    "Presence",
    "Programme",
    "Rate",
    "Star",
    "StarBar",
    "StarFall",
    "StarRise",
    "StarStep",
    "StarTable",
]
