"""Free time: hours that somebody tells say from when to when, and no time is told twice (A3, C18).

Applications and grants by hand have no scan behind them. Without the hours of the day
nobody could see that the same time is credited already.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import ValidationFailed
from app.points import presences
from app.points.errors import OverlapWithOtherActivity
from app.points.models import Application
from app.points.models_household import UNSETTLED
from app.points.presences import Stay

SPAN_MINUTES_MAX = 720


def require_span(
    *, starts_at: datetime | None, ends_at: datetime | None, served_on: date, minutes: int
) -> None:
    """Refuse hours without their time of day, and a time that does not hold them.

    Raises:
        ValidationFailed: Fact `field` says where.
    """
    if (starts_at is None) != (ends_at is None):
        raise ValidationFailed("begin and end, or neither", field="ends_at")
    if starts_at is None or ends_at is None:
        if minutes:
            raise ValidationFailed("hours say from when to when", field="starts_at")
        return
    span = (ends_at - starts_at) // timedelta(minutes=1)
    if not 0 < span <= SPAN_MINUTES_MAX:
        raise ValidationFailed("12 hours at most", field="ends_at")
    if ends_at > clock.now() or clock.local_date(starts_at) != served_on:
        raise ValidationFailed("a time of that day, in the past", field="ends_at")
    if minutes > span:
        raise ValidationFailed("no longer than from begin to end", field="minutes")


def require(session: Session, *, ledger_id: int, stays: Sequence[Stay]) -> None:
    """Refuse a time that is taken, or stands twice among these: in two statements (A3, C18).

    Raises:
        OverlapWithOtherActivity: It is credited, waits for a person, or is applied for.
    """
    if not stays:
        return
    taken = presences.list_near(session, ledger_id=ledger_id, stays=stays)
    taken += _applied_for(session, ledger_id, stays)
    for stay in stays:
        if any(stay.overlaps(other) for other in taken):
            raise OverlapWithOtherActivity
        taken.append(stay)


def _applied_for(session: Session, ledger_id: int, stays: Sequence[Stay]) -> list[Stay]:
    query = sa.select(
        Application.member_id, Application.starts_at, Application.ends_at, Application.id
    ).where(
        Application.ledger_id == ledger_id,
        Application.member_id.in_({stay.member_id for stay in stays}),
        Application.state.in_(UNSETTLED),
        Application.starts_at < max(stay.ends_at for stay in stays),
        Application.ends_at > min(stay.starts_at for stay in stays),
    )
    return [
        Stay(member_id, starts_at, ends_at, "application", application_id)
        for member_id, starts_at, ends_at, application_id in session.execute(query)
        if starts_at is not None and ends_at is not None
    ]
