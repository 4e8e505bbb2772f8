"""For how many working days a notice is up, and until when: holidays and 调休 counted (D30)."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.base import clock, workdays
from app.base.errors import UnknownYear, ValidationFailed
from app.community import settings
from app.community.models import Node

WORKDAYS, WORKDAYS_MIN, WORKDAYS_MAX = 5, 3, 30
APPLIED = "household.notice_workdays"
APPLIED_WORKDAYS_MAX = 7
"""What waits for its posting is not kept waiting for long (D30)."""
OFFERED = (3, 5, 7, 10, 15)


@dataclass(frozen=True, slots=True)
class Span:
    """A notice that is put up now: so many working days, the days without work in between.

    Attributes:
        closes_on: The last day on which one may object, until midnight.
    """

    workdays: int
    closes_on: date
    rest_days: int


def default(session: Session, node: Node, kind: str) -> int:
    """Return for how long notices of a kind are up at a place, unless somebody says otherwise."""
    if kind != "applied":
        return WORKDAYS
    return int(settings.read(session, node, APPLIED)[APPLIED])


def chosen(session: Session, node: Node, kind: str, days: int | None) -> int:
    """Return for how many working days a notice stays up: within its kind's bounds.

    Raises:
        ValidationFailed: Too briefly or too long.
    """
    days = default(session, node, kind) if days is None else days
    if not WORKDAYS_MIN <= days <= _longest(kind):
        raise ValidationFailed(f"3 to {_longest(kind)} working days", field="workdays")
    return days


def offered(session: Session, node: Node, kind: str) -> list[Span]:
    """Say until when each choice would be up from now on; not what no calendar reaches yet."""
    counts = {default(session, node, kind), *OFFERED}
    today = clock.today()
    spans = []
    for count in sorted(each for each in counts if each <= _longest(kind)):
        try:
            closes_on = workdays.add_workdays(session, today, count)
        except UnknownYear:
            break
        spans.append(Span(count, closes_on, (closes_on - today) // timedelta(days=1) - count))
    return spans


def _longest(kind: str) -> int:
    return APPLIED_WORKDAYS_MAX if kind == "applied" else WORKDAYS_MAX
