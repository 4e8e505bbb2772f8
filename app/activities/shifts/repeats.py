"""Repeats: the same sessions again, a day, a week or a month later, at the same hour."""

import calendar
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from app.activities.plan_rules import PlannedSession
from app.base import clock
from app.base.errors import ValidationFailed

EVERY = ("day", "week", "month")
MONTHS_A_YEAR = 12


def turn(sessions: Sequence[PlannedSession], *, every: str, nth: int) -> tuple[PlannedSession, ...]:
    """Return the sessions of the nth turn; the 0th is as it was planned (C32).

    A month later is the same day of the month, or its last where it has no such day.

    Raises:
        ValidationFailed: No calendar reaches that far, or `every` is none of EVERY.
    """
    if every not in EVERY:
        raise ValidationFailed("every day, week or month", field="every")
    try:
        return tuple(
            replace(
                each,
                starts_at=_later(each.starts_at, every, nth),
                ends_at=each.ends_at + (_later(each.starts_at, every, nth) - each.starts_at),
            )
            for each in sessions
        )
    except (OverflowError, ValueError) as error:
        raise ValidationFailed("too far away", field="sessions") from error


def _later(instant: datetime, every: str, nth: int) -> datetime:
    if every == "day":
        return instant + timedelta(days=nth)
    if every == "week":
        return instant + timedelta(weeks=nth)
    local = instant.astimezone(clock.SHANGHAI)
    return clock.local_instant(_month_later(local.date(), nth), local.time())


def _month_later(day: date, nth: int) -> date:
    years, month = divmod(day.month - 1 + nth, MONTHS_A_YEAR)
    year, month = day.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))
