"""From when to when on a day, as people write it: two wall-clock times become two instants."""

from datetime import date, datetime, time, timedelta

from app.base import clock


def span_of(
    day: date, begins: time | None, ends: time | None
) -> tuple[datetime | None, datetime | None]:
    """Return the instants of two Shanghai times; an end that is not later is of the next day."""
    starts_at = None if begins is None else clock.local_instant(day, begins)
    if ends is None:
        return starts_at, None
    is_past_midnight = begins is not None and ends <= begins
    return starts_at, clock.local_instant(day + timedelta(days=is_past_midnight), ends)
