"""The one place that reads the clock, so that tests and the demo can hold it still.

Instants are aware and in UTC. Local dates are dates in Asia/Shanghai, the zone
in which the field thinks of days, limits and expiry.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_held: ContextVar[datetime | None] = ContextVar("held_clock", default=None)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _held.get() or datetime.now(UTC)


def today() -> date:
    """Return the present date in Asia/Shanghai."""
    return local_date(now())


def local_date(instant: datetime) -> date:
    """Return the Shanghai date of an instant."""
    return instant.astimezone(SHANGHAI).date()


def local_instant(day: date, at: time = time.min) -> datetime:
    """Return the instant of a Shanghai wall-clock time, in UTC."""
    return datetime.combine(day, at, tzinfo=SHANGHAI).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first instant of a Shanghai day and the first of the next."""
    return local_instant(day), local_instant(day + timedelta(days=1))


@contextmanager
def held_at(instant: datetime) -> Iterator[None]:
    """Hold the clock still. Only the demo loader and tests may."""
    if instant.tzinfo is None:
        raise ValueError("hold the clock at an aware instant")
    token = _held.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
