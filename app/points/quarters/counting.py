"""Under which day a posting counts: its own, unless that quarter was closed already (S2, A15).

A posting for days of a past quarter and the closing of one lock the same row, so that none
slips into a quarter while it is frozen. Postings of the present quarter take no lock: it
cannot be closed before its last day is over for a whole day.
"""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.points.models import Period, Programme
from app.points.quarters.calendar import Quarter


def counted_on(session: Session, *, ledger_id: int, days: Collection[date]) -> dict[date, date]:
    """Return for each day the day under which a posting made now counts.

    It is the day itself, or the first day of the earliest quarter that is not closed.
    """
    present = Quarter.of(clock.today())
    if all(Quarter.of(day) >= present for day in days):
        return {day: day for day in days}
    hold(session, ledger_id=ledger_id, is_closing=False)
    last = last_closed(session, ledger_id=ledger_id)
    first = last.next.begins_on if last else date.min
    return {day: max(day, first) for day in days}


def last_closed(session: Session, *, ledger_id: int) -> Quarter | None:
    """Return the latest quarter that was closed; None if none ever was."""
    name = session.scalar(
        sa.select(sa.func.max(Period.period)).where(
            Period.ledger_id == ledger_id, Period.state == "closed"
        )
    )
    return Quarter.named(name) if name else None


def hold(session: Session, *, ledger_id: int, is_closing: bool) -> None:
    """Hold the book's quarters until the transaction ends: shared, or alone to close one."""
    query = sa.select(Programme.id).where(Programme.ledger_id == ledger_id)
    if is_closing:
        session.execute(query.with_for_update(key_share=True))
    else:
        session.execute(query.with_for_update(read=True))
