"""Months as people choose them: the last twelve, the newest first, written 2026-03."""

from datetime import date

from app.base import clock

SHOWN_COUNT = 12
YEAR_MONTHS = 12


def months() -> list[str]:
    """Return this month and those before it, as 2026-03."""
    today = clock.today()
    at = today.year * YEAR_MONTHS + today.month - 1
    return [_named(at - back) for back in range(SHOWN_COUNT)]


def last_month() -> str:
    """Return the month before this one."""
    return months()[1]


def bounds(period: str) -> tuple[date, date]:
    """Return a month's first day and that of the next month."""
    first = date.fromisoformat(f"{period}-01")
    year, month = divmod(first.year * YEAR_MONTHS + first.month, YEAR_MONTHS)
    return first, date(year, month + 1, 1)


def _named(at: int) -> str:
    year, month = divmod(at, YEAR_MONTHS)
    return f"{year}-{month + 1:02d}"
