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


def typed(form: Mapping[str, str]) -> tuple[datetime, datetime]:
    """Read `on`, `begins` and `ends` of a phone's form.

    Raises:
        ValidationFailed: A day or a time cannot be read; fact `field`.
    """
    begins = _time(form, "begins", "starts_at")
    return span_of(_day(form), begins, _time(form, "ends", "ends_at"))


def _day(form: Mapping[str, str]) -> date:
    try:
        day = date.fromisoformat(form.get("on", ""))
    except ValueError as error:
        raise ValidationFailed("no date", field="starts_at") from error
    if day.year not in YEARS:
        raise ValidationFailed("no date", field="starts_at")
    return day


def _time(form: Mapping[str, str], name: str, field: str) -> time:
    try:
        at = time.fromisoformat(form.get(name, ""))
    except ValueError as error:
        raise ValidationFailed("no time", field=field) from error
    if at.tzinfo is not None:
        raise ValidationFailed("no time", field=field)
    return at
