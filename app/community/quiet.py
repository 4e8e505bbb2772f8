"""The quiet hours of a place: nobody is reminded at night (21:00 to 08:00 unless set)."""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from app.base import clock
from app.community import settings
from app.community.models import Node

QUIET_FROM = "inbox.quiet_from_hour"
QUIET_UNTIL = "inbox.quiet_until_hour"


def is_quiet(hour: int, *, begins: int, ends: int) -> bool:
    """Whether an hour of the day is quiet; a span may go over midnight, an empty one is none."""
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends


def next_waking(session: Session, *, node: Node, at: datetime) -> datetime:
    """Return the instant itself by day, or the end of the place's quiet hours by night."""
    hours = settings.read(session, node, QUIET_FROM, QUIET_UNTIL)
    begins, ends = hours[QUIET_FROM], hours[QUIET_UNTIL]
    hour = at.astimezone(clock.SHANGHAI).hour
    if not is_quiet(hour, begins=begins, ends=ends):
        return at
    day = clock.local_date(at) + timedelta(days=1 if hour >= ends else 0)
    return clock.local_instant(day, time(ends))


def is_night(at: datetime) -> bool:
    """Whether it is quiet at an instant where no place is known: by the hours of the house."""
    hour = at.astimezone(clock.SHANGHAI).hour
    begins, ends = (settings.REGISTRY[name].default for name in (QUIET_FROM, QUIET_UNTIL))
    assert begins is not None
    assert ends is not None
    return is_quiet(hour, begins=begins, ends=ends)
