"""From when to when on a day, as people write it: two wall-clock times become two instants."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from app.base import clock
from app.base.errors import ValidationFailed
from app.web.schemas import YEARS

NIGHT_MAX = timedelta(hours=12)
"""As long as any stretch that is written down: 14:00 to 13:00 is a slip of the pen."""


def span_of(day: date, begins: time, ends: time) -> tuple[datetime, datetime]:
    """Return the instants of two Shanghai times; an end that is earlier is of the next day.

    What would be longer than a night stays as it was said, and the same time twice is no time
    at all: the rooms refuse both.
    """
    starts_at, ends_at = clock.local_instant(day, begins), clock.local_instant(day, ends)
    if ends_at < starts_at and ends_at + timedelta(days=1) - starts_at <= NIGHT_MAX:
        ends_at += timedelta(days=1)
    return starts_at, ends_at


def said_of(
    day: date, begins: time | None, ends: time | None
) -> tuple[datetime | None, datetime | None]:
    """Return the same of times that need not be said; a room refuses one without the other."""
    if begins is not None and ends is not None:
        return span_of(day, begins, ends)
    starts_at, ends_at = (
        None if at is None else clock.local_instant(day, at) for at in (begins, ends)
    )
    return starts_at, ends_at


def first_from(opens_at: datetime, at: time) -> datetime:
    """Return the first instant from `opens_at` on at which Shanghai's clocks show `at`.

    A clock shows minutes: the minute in which the doors open counts whole.
    """
    minute = opens_at.replace(second=0, microsecond=0)
    same_day = clock.local_instant(clock.local_date(minute), at)
    return same_day if same_day >= minute else same_day + timedelta(days=1)


def typed(form: Mapping[str, str], row: str = "") -> tuple[datetime, datetime]:
    """Read `on`, `begins` and `ends` of a form; `row` is what follows the names in one of many.

    Raises:
        ValidationFailed: A day or a time cannot be read; fact `field`.
    """
    begins = time_of(form.get(f"begins{row}", ""), "starts_at")
    ends = time_of(form.get(f"ends{row}", ""), "ends_at")
    return span_of(_day(form.get(f"on{row}", "")), begins, ends)


def time_of(text: str, field: str) -> time:
    """Read a time of the wall clock.

    Raises:
        ValidationFailed: It is none; fact `field`.
    """
    try:
        at = time.fromisoformat(text)
    except ValueError as error:
        raise ValidationFailed("no time", field=field) from error
    if at.tzinfo is not None:
        raise ValidationFailed("no time", field=field)
    return at


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValidationFailed("no date", field="starts_at") from error
    if day.year not in YEARS:
        raise ValidationFailed("no date", field="starts_at")
    return day
