"""Closing a quarter (季结): one person proposes, another closes, nobody opens it again (S2, A15).

What the quarter then said is for `reports` to freeze, in the same transaction. A correction
that comes later counts in the next open quarter, with its sign.
"""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import SecondPersonRequired
from app.base.upserts import insert_or_ignore
from app.people import audit
from app.points.errors import PeriodConflict
from app.points.models import Period
from app.points.quarters import counting
from app.points.quarters.calendar import Quarter

RESTS_DAYS = 1
"""For so many days after its last a quarter rests: nothing of that day is still being posted."""


def propose(session: Session, *, ledger_id: int, quarter: Quarter, actor: Actor) -> Period:
    """Propose to close a quarter; proposed again it is the same.

    Raises:
        PeriodConflict: It is not over for a whole day, closed already, or not the next in turn.
    """
    _require_turn(session, ledger_id, quarter)
    row = {
        "ledger_id": ledger_id,
        "period": quarter.name,
        "state": "proposed",
        "proposed_by_id": actor.person_id,
        "proposed_at": clock.now(),
    }
    new = session.execute(insert_or_ignore(session, Period).values(row).returning(Period.period))
    if new.scalar() is not None:
        _audit(session, ledger_id, quarter, actor, "quarter_proposed")
    return _get(session, ledger_id, quarter)


def close(session: Session, *, ledger_id: int, quarter: Quarter, actor: Actor) -> Period:
    """Close a quarter that another person proposed to close.

    The installation's own operator (`SYSTEM`) may close what a person proposed.

    Raises:
        PeriodConflict: Nobody proposed it, it is closed, or not the next in turn.
        SecondPersonRequired: The actor proposed it.
    """
    counting.hold(session, ledger_id=ledger_id, is_closing=True)
    _require_turn(session, ledger_id, quarter)
    period = session.get(Period, (ledger_id, quarter.name), populate_existing=True)
    if period is None:
        raise PeriodConflict(reason="not_proposed")
    if actor.is_involved(period.proposed_by_id):
        raise SecondPersonRequired
    period.state, period.closed_by_id, period.closed_at = "closed", actor.person_id, clock.now()
    session.flush()
    _audit(session, ledger_id, quarter, actor, "quarter_closed")
    return period


def withdraw(session: Session, *, ledger_id: int, quarter: Quarter, actor: Actor) -> None:
    """Take the proposal to close a quarter back; who proposed it may, and who would close it.

    Raises:
        PeriodConflict: It was not proposed, or is closed already.
    """
    gone = session.execute(
        sa.delete(Period)
        .where(
            Period.ledger_id == ledger_id,
            Period.period == quarter.name,
            Period.state == "proposed",
        )
        .returning(Period.period)
    )
    if gone.scalar() is None:
        raise PeriodConflict(reason="not_proposed")
    _audit(session, ledger_id, quarter, actor, "quarter_withdrawn")


def find(session: Session, *, ledger_id: int, quarter: Quarter) -> Period | None:
    """Return how far a quarter's closing is; None if nobody proposed it."""
    return session.get(Period, (ledger_id, quarter.name))


def list_all(session: Session, *, ledger_id: int) -> list[Period]:
    """List the book's quarters that were proposed or closed, the latest first."""
    query = sa.select(Period).where(Period.ledger_id == ledger_id)
    return list(session.scalars(query.order_by(Period.period.desc())))


def is_over(quarter: Quarter) -> bool:
    """Whether a quarter's last day is over for a whole day."""
    return clock.today() > quarter.ends_on + timedelta(days=RESTS_DAYS)


def next_in_turn(session: Session, *, ledger_id: int) -> Quarter:
    """Return the quarter to be closed next: after the last closed one, else the one just over."""
    last = counting.last_closed(session, ledger_id=ledger_id)
    return last.next if last else Quarter.of(clock.today()).before


def _require_turn(session: Session, ledger_id: int, quarter: Quarter) -> None:
    if not is_over(quarter):
        raise PeriodConflict(reason="not_over", ends_on=quarter.ends_on.isoformat())
    last = counting.last_closed(session, ledger_id=ledger_id)
    if last is not None and quarter <= last:
        raise PeriodConflict(reason="closed")
    if last is not None and quarter != last.next:
        raise PeriodConflict(reason="not_in_turn", next=last.next.name)


def _get(session: Session, ledger_id: int, quarter: Quarter) -> Period:
    found = session.get(Period, (ledger_id, quarter.name))
    assert found is not None, "it was just proposed"
    return found


def _audit(session: Session, ledger_id: int, quarter: Quarter, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action=action,
        subject_kind="period",
        period=quarter.name,
        is_operator=actor.person_id == SYSTEM.person_id,
    )
