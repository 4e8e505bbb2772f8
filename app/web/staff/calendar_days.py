"""The days of a calendar: which are shown, what lies on each, and the way to its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.activities.listings import Slot
from app.base import clock
from app.web.pages import MONTHS_EN
from app.web.reader import prefers_english
from app.web.translate import _

BEFORE, AFTER = timedelta(days=7), timedelta(days=30)
DAY = timedelta(days=1)
WEEK_DAYS = 7
MONTH_LENGTH = len("2026-11")
YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class Span:
    """What a calendar shows: a month of whole weeks, or the days from one to another."""

    view: str
    month_on: date
    begins_on: date
    ends_on: date

    @property
    def before(self) -> str:
        """The month before, as the address writes it."""
        return f"{self.month_on - DAY:%Y-%m}"

    @property
    def after(self) -> str:
        """The month after."""
        return f"{_next(self.month_on):%Y-%m}"


@dataclass(frozen=True, slots=True)
class Day:
    """One square of the month."""

    on: date
    is_other_month: bool
    slots: tuple[Slot, ...]


def span(asked: dict[str, Any]) -> Span:
    """Return what an address asks for; days named mean a list, else it is a month."""
    today = clock.today()
    month_on = _month(asked.get("month")) or today.replace(day=1)
    has_days = "begins_on" in asked or "ends_on" in asked
    view = asked.get("view") or ("list" if has_days else "month")
    if view == "list":
        begins_on = asked.get("begins_on") or today - BEFORE
        ends_on = asked.get("ends_on") or max(begins_on, today + AFTER)
        return Span(view, month_on, begins_on, ends_on)
    begins_on = month_on - DAY * month_on.weekday()
    last_on = _next(month_on) - DAY
    return Span(view, month_on, begins_on, last_on + DAY * (WEEK_DAYS - 1 - last_on.weekday()))


def weeks(shown: Span, slots: Sequence[Slot]) -> list[list[Day]]:
    """Return the month's weeks from Monday to Sunday, each session on the day it begins."""
    by_day: dict[date, list[Slot]] = {}
    for slot in slots:
        by_day.setdefault(clock.local_date(slot.session.starts_at), []).append(slot)
    count = (shown.ends_on - shown.begins_on).days + 1
    days = [shown.begins_on + DAY * each for each in range(count)]
    squares = [
        Day(each, each.month != shown.month_on.month, tuple(by_day.get(each, ()))) for each in days
    ]
    return [squares[first : first + WEEK_DAYS] for first in range(0, count, WEEK_DAYS)]


def _month(text: str | None) -> date | None:
    """Return the first day of a month written as 2026-11; None if it is none."""
    if not text or len(text) != MONTH_LENGTH:
        return None
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _next(month_on: date) -> date:
    return (month_on.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_name(month_on: date) -> str:
    """Write a month as people say it: 2026年11月."""
    if prefers_english():
        return f"{MONTHS_EN[month_on.month - 1]} {month_on.year}"
    return _("%(year)s年%(month)s月", year=month_on.year, month=month_on.month)


def week_names() -> list[str]:
    """Write the days of a week, Monday first."""
    return [
        _("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"),
    ]  # fmt: skip
