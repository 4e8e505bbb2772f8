"""The settings that attendance depends on, by name and as spans of time."""

from datetime import timedelta

WINDOW_BEFORE = "attendance.window_before_minutes"
MIN_PRESENCE = "attendance.min_presence_percent"
AUTOCLOSE = "attendance.autoclose_after_minutes"
OFFLINE = "attendance.offline_minutes"
RESPOND_WITHIN = "activity.respond_within_hours"


def minutes(count: int) -> timedelta:
    """Return a span of whole minutes."""
    return timedelta(minutes=count)
