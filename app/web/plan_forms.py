"""The form of a plan, for phone and desk: rows of a day and two times, read and written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.activities.models import Activity, ActivitySession
from app.activities.models_shift import Attending, Checkpoint
from app.activities.plan_rules import PlannedSession
from app.activities.shifts import repeats
from app.activities.shifts.attending import CHECKPOINT_COUNT_MIN
from app.base import clock
from app.base.errors import ValidationFailed
from app.web import day_spans

QUOTA_DIGITS_MAX = 7
DAYS_MAX = 31
WEEKS_MAX = 12
WEEK = timedelta(days=7)


def sessions_of(form: Mapping[str, str], rows: int) -> tuple[PlannedSession, ...]:
    """Read the sessions; a row without a day is left out, except the first.

    Raises:
        ValidationFailed: A day, a time or a number cannot be read; fact `field`.
    """
    filled = [row for row in range(1, rows + 1) if row == 1 or form.get(f"on_{row}")]
    quota = count_of(form, "quota_count")
    return tuple(
        PlannedSession(*day_spans.typed(form, row=f"_{row}"), quota_count=quota) for row in filled
    )


def weekly(sessions: Sequence[PlannedSession], weeks: int) -> tuple[PlannedSession, ...]:
    """Repeat sessions at the same hour of the same weekday, `weeks` times in all.

    Raises:
        ValidationFailed: No calendar reaches that far.
    """
    try:
        return tuple(
            replace(
                each, starts_at=each.starts_at + WEEK * week, ends_at=each.ends_at + WEEK * week
            )
            for week in range(weeks)
            for each in sessions
        )
    except OverflowError as error:
        raise ValidationFailed("too far away", field="sessions") from error


def daily(sessions: Sequence[PlannedSession], days: int) -> tuple[PlannedSession, ...]:
    """Repeat sessions at the same hour on so many days running."""
    return tuple(
        each for nth in range(days) for each in repeats.turn(sessions, every="day", nth=nth)
    )


def repeated(
    sessions: Sequence[PlannedSession], form: Mapping[str, Any]
) -> Sequence[PlannedSession]:
    """Repeat sessions as the form says: on so many days running, else for so many weeks.

    Raises:
        ValidationFailed: A number cannot be read, or no calendar reaches that far.
    """
    days = min(count_of(form, "days") or 1, DAYS_MAX)
    if days > 1:
        return daily(sessions, days)
    return weekly(sessions, min(count_of(form, "weeks") or 1, WEEKS_MAX))


def attended(form: Mapping[str, Any]) -> dict[str, Any]:
    """Read how one attends: the screen's code, a route of checkpoints, or a visit.

    Raises:
        ValidationFailed: The number of checkpoints cannot be read.
    """
    way = form.get("way") or "screen"
    lines = [line.strip() for line in str(form.get("checkpoints") or "").splitlines()]
    return {
        "way": way,
        "checkpoints": [line for line in lines if line] if way == "route" else [],
        "checkpoint_min_count": count_of(form, "checkpoint_min_count") or CHECKPOINT_COUNT_MIN,
        "needs_log": form.get("needs_log") == "yes",
    }


def turns_of(form: Mapping[str, Any]) -> tuple[str, int] | None:
    """Read whether the plan is a series: how often, how many times; None if it stands alone.

    Raises:
        ValidationFailed: The number cannot be read.
    """
    every = str(form.get("every") or "")
    return (every, count_of(form, "turn_count") or 0) if every else None


def attended_as_written(
    rule: Attending | None, checkpoints: Sequence[Checkpoint]
) -> dict[str, Any]:
    """Return how one attends a draft as the form's fields."""
    return {
        "way": rule.way if rule else "screen",
        "checkpoints": "\n".join(each.name for each in checkpoints),
        "checkpoint_min_count": rule.checkpoint_min_count if rule else None,
        "needs_log": "yes" if rule and rule.needs_log else "",
    }


def count_of(form: Mapping[str, Any], field: str) -> int | None:
    """Read a whole number; None if nothing is written.

    Raises:
        ValidationFailed: It is no number; fact `field`.
    """
    text = str(form.get(field) or "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= QUOTA_DIGITS_MAX):
        raise ValidationFailed("no number", field=field)
    return int(text)


def written(found: Activity, sessions: Sequence[ActivitySession]) -> dict[str, Any]:
    """Return a draft as the form's fields."""
    values: dict[str, Any] = {
        name: getattr(found, name)
        for name in ("title", "category_code", "address", "description", "version")
    }
    values |= {
        "quota_count": sessions[0].quota_count if sessions else None,
        "is_paid": "yes" if found.is_paid else "",
        "is_emergency": "yes" if found.is_emergency else "",
    }
    for row, slot in enumerate(sessions, 1):
        begins, ends = (each.astimezone(clock.SHANGHAI) for each in (slot.starts_at, slot.ends_at))
        values |= {
            f"on_{row}": begins.date().isoformat(),
            f"begins_{row}": f"{begins:%H:%M}",
            f"ends_{row}": f"{ends:%H:%M}",
        }
    return values
