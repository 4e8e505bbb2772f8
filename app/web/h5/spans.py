"""A stretch of time as a phone's form has it: a day, and two times of the wall clock."""

from collections.abc import Mapping
from datetime import date, datetime, time

from app.base import clock
from app.base.errors import ValidationFailed
from app.web.schemas import YEARS


def span_of(form: Mapping[str, str]) -> tuple[datetime, datetime]:
    """Read `on`, `begins` and `ends`, Shanghai time.

    Raises:
        ValidationFailed: A day or a time cannot be read; fact `field`.
    """
    return _instant(form, "begins", "starts_at"), _instant(form, "ends", "ends_at")


def _instant(form: Mapping[str, str], name: str, field: str) -> datetime:
    try:
        day = date.fromisoformat(form.get("on", ""))
        at = time.fromisoformat(form.get(name, ""))
    except ValueError as error:
        raise ValidationFailed("no date or time", field=field) from error
    if day.year not in YEARS or at.tzinfo is not None:
        raise ValidationFailed("no date or time", field=field)
    return clock.local_instant(day, at)
