"""A place's report: what it did up to a day, line by line, each with the rows behind it.

A line's value is the sum over its own rows, so what is shown can always be looked at row
by row. Lines have a unit and are never added to each other: 人次, 件, 张 and 小时 of one
place are different things, and so are those of two places.
"""

from app.reports.place_reports.books import BookTotals, totals
from app.reports.place_reports.lines import LINES, Line, of_place, rows_of, value
from app.reports.place_reports.readings import Readings
from app.reports.place_reports.report import Statement, Told, statement_of, tell
from app.reports.place_reports.said import percent
from app.reports.place_reports.scope import Row, Scope, scope_of
from app.reports.place_reports.story import (
    Computed,
    Counted,
    Imported,
    Piece,
    tell_piece,
    tell_story,
)
from app.reports.place_reports.words import Words

__all__ = [
    "LINES",
    "BookTotals",
    "Computed",
    "Counted",
    "Imported",
    "Line",
    "Piece",
    "Readings",
    "Row",
    "Scope",
    "Statement",
    "Told",
    "Words",
    "of_place",
    "percent",
    "rows_of",
    "scope_of",
    "statement_of",
    "tell",
    "tell_piece",
    "tell_story",
    "totals",
    "value",
]
