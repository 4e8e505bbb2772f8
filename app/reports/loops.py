"""服务—积分—激励—再服务: one member's loops as linked rows (P6).

A loop goes by a spending, a redemption or a voucher: the last service before it that earned
points, the posting of these points, the spending, and what the member signed up for or served
next.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.models import Activity, ActivitySession, Enrolment
from app.base import clock
from app.ledger.models import Journal
from app.points.models import Grant
from app.reports import spendings
from app.reports.spendings import Spending

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Earned:
    """The service and the posting of its points."""

    grant_id: UUID
    source_kind: str
    served_on: date
    minutes: int
    points: int
    journal_id: UUID
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Again:
    """What came next: a sign-up (`activity_id`), or a service that needed none (`grant_id`)."""

    on: date
    activity_id: UUID | None = None
    title: str = ""
    grant_id: UUID | None = None
    source_kind: str = ""


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop; `again` is None while nothing came next."""

    earned: Earned | None
    spent: Spending
    again: Again | None


def of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = SHOWN
) -> list[Loop]:
    """Return a member's loops by what they spent and did not get back, the latest first."""
    spent = spendings.of_member(session, ledger_id=ledger_id, member_id=member_id, limit=limit)
    return [
        Loop(
            _earned(session, ledger_id, each),
            each,
            _signed_up(session, ledger_id, each) or _served(session, ledger_id, each),
        )
        for each in spent
    ]


def _earned(session: Session, ledger_id: int, spent: Spending) -> Earned | None:
    """Return the last service posted before a spending that earned points and stands."""
    query = (
        sa.select(
            Grant.id,
            Grant.source_kind,
            Grant.served_on,
            Grant.minutes,
            Grant.points,
            Journal.id,
            Journal.posted_at,
        )
        .join(
            Journal, sa.and_(Journal.ledger_id == Grant.ledger_id, Journal.id == Grant.journal_id)
        )
        .where(
            Grant.ledger_id == ledger_id,
            Journal.ledger_id == ledger_id,
            Grant.member_id == spent.member_id,
            Grant.state == "posted",
            Grant.points > 0,
            Journal.posted_at <= spent.spent_at,
        )
        .order_by(Journal.posted_at.desc(), Grant.id.desc())
        .limit(1)
    )
    found = session.execute(query).first()
    return Earned(*found) if found else None


def _signed_up(session: Session, ledger_id: int, spent: Spending) -> Again | None:
    """Return the first sign-up after a spending that was not taken back."""
    query = (
        sa.select(Enrolment.enrolled_at, Activity.id, Activity.title)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Enrolment.ledger_id,
                ActivitySession.id == Enrolment.session_id,
            ),
        )
        .join(
            Activity,
            sa.and_(
                Activity.ledger_id == ActivitySession.ledger_id,
                Activity.id == ActivitySession.activity_id,
            ),
        )
        .where(
            Enrolment.ledger_id == ledger_id,
            ActivitySession.ledger_id == ledger_id,
            Activity.ledger_id == ledger_id,
            Enrolment.member_id == spent.member_id,
            Enrolment.state.in_(("enrolled", "waiting")),
            Enrolment.enrolled_at > spent.spent_at,
        )
        .order_by(Enrolment.enrolled_at)
        .limit(1)
    )
    found = session.execute(query).first()
    return Again(clock.local_date(found[0]), found[1], found[2]) if found else None


def _served(session: Session, ledger_id: int, spent: Spending) -> Again | None:
    """Return the first service after a spending that needed no sign-up, and stands."""
    later = sa.or_(
        Grant.starts_at > spent.spent_at,
        sa.and_(Grant.starts_at.is_(None), Grant.served_on > clock.local_date(spent.spent_at)),
    )
    query = (
        sa.select(Grant.served_on, Grant.id, Grant.source_kind)
        .where(
            Grant.ledger_id == ledger_id,
            Grant.member_id == spent.member_id,
            Grant.state == "posted",
            sa.or_(Grant.minutes > 0, Grant.quantity > 0, Grant.points > 0),
            Grant.source_kind != "opening",
            later,
        )
        .order_by(Grant.served_on, Grant.id)
        .limit(1)
    )
    found = session.execute(query).first()
    return Again(found[0], grant_id=found[1], source_kind=found[2]) if found else None
