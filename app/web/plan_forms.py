"""The form of a plan, for phone and desk: rows of a day and two times, read and written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from app.activities.models import Activity, ActivitySession
from app.activities.plan_rules import PlannedSession
from app.base import clock
from app.base.errors import ValidationFailed

QUOTA_DIGITS_MAX = 7
WEEK = timedelta(days=7)


def sessions_of(form: Mapping[str, str], rows: int) -> tuple[PlannedSession, ...]:
    """Read the sessions; a row without a day is left out, except the first.

    Raises:
        ValidationFailed: A day, a time or a number cannot be read; fact `field`.
    """
    filled = [row for row in range(1, rows + 1) if row == 1 or form.get(f"on_{row}")]
    quota = count_of(form, "quota_count")
    return tuple(
        PlannedSession(_instant(form, row, "begins"), _instant(form, row, "ends"), quota)
        for row in filled
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


def count_of(form: Mapping[str, str], field: str) -> int | None:
    """Read a whole number; None if nothing is written.

    Raises:
        ValidationFailed: It is no number; fact `field`.
    """
    text = form.get(field, "").strip()
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


def _instant(form: Mapping[str, str], row: int, name: str) -> datetime:
    field = "starts_at" if name == "begins" else "ends_at"
    try:
        day = date.fromisoformat(form.get(f"on_{row}", ""))
        return clock.local_instant(day, time.fromisoformat(form.get(f"{name}_{row}", "")))
    except (ValueError, OverflowError) as error:
        raise ValidationFailed("no date or time", field=field) from error
