"""What a certificate states, and what the books say of it today: sums and the rows behind them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.people.models import Member
from app.points.models import Grant
from app.reports.models import Certificate

PROVENANCES = ("credited", "honorary", "historical")


@dataclass(frozen=True, slots=True)
class Sums:
    """Minutes by provenance and how many records they are."""

    credited_minutes: int
    honorary_minutes: int
    historical_minutes: int
    grant_count: int

    @property
    def minutes(self) -> int:
        """All minutes."""
        return self.credited_minutes + self.honorary_minutes + self.historical_minutes


def list_rows(
    session: Session, *, ledger_id: int, member_id: UUID, begins_on: date, ends_on: date
) -> list[Grant]:
    """List the records behind the hours of some days, as they stand; merged ones are included."""
    query = (
        sa.select(Grant)
        .join(Member, sa.and_(Member.ledger_id == Grant.ledger_id, Member.id == Grant.member_id))
        .where(
            Grant.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            sa.func.coalesce(Member.merged_into_id, Member.id) == member_id,
            Grant.state == "posted",
            Grant.minutes > 0,
            Grant.served_on.between(begins_on, ends_on),
        )
        .order_by(Grant.served_on, Grant.id)
    )
    return list(session.scalars(query))


def sums_of(
    session: Session, *, ledger_id: int, member_id: UUID, begins_on: date, ends_on: date
) -> Sums:
    """Return what the books say of a member's hours of some days, today."""
    found = list_rows(
        session, ledger_id=ledger_id, member_id=member_id, begins_on=begins_on, ends_on=ends_on
    )
    parts = [sum(each.minutes for each in found if each.provenance == kind) for kind in PROVENANCES]
    return Sums(parts[0], parts[1], parts[2], len(found))


def now(session: Session, found: Certificate) -> Sums:
    """Return what the books say today of what a certificate states."""
    return sums_of(
        session,
        ledger_id=found.ledger_id,
        member_id=found.member_id,
        begins_on=found.begins_on,
        ends_on=found.ends_on,
    )


def said(found: Certificate) -> Sums:
    """Return what a certificate states."""
    return Sums(
        found.credited_minutes,
        found.honorary_minutes,
        found.historical_minutes,
        found.grant_count,
    )
