"""What somebody's hours reach: computed from the day totals whenever it is asked (D41, E13).

A merged member's hours belong to the member who was kept.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.people.models import Member
from app.points import programmes
from app.points.models import Day, Star, StarRise
from app.points.stars import bars, tables
from app.points.stars.tables import Table

LIVE_RISES = ("reviewed", "noticed")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands.

    Attributes:
        granted: Stars that were granted and stand.
        reached: Stars that the hours reach now.
        minutes: Minutes that count.
        next_at: Minutes of the next star; None when there is none above.
        barred_until_on: No rise before that day; None: not barred.
        rise: The rise under way, if there is one.
    """

    table: Table
    granted: int
    reached: int
    minutes: int
    next_at: int | None
    barred_until_on: date | None
    rise: StarRise | None

    @property
    def missing_minutes(self) -> int:
        """Minutes that are missing to the next star."""
        return max(0, self.next_at - self.minutes) if self.next_at else 0


def standing(session: Session, *, ledger_id: int, member_id: UUID) -> Standing:
    """Return where a member stands: granted, reached, and what is missing."""
    programme = programmes.of_ledger(session, ledger_id)
    table = tables.current(session, programme.id)
    star = session.get(Star, (ledger_id, member_id))
    minutes = minutes_of(session, ledger_id=ledger_id, member_ids=[member_id], table=table)
    served = minutes.get(member_id, 0)
    barred = bars.until(session, ledger_id=ledger_id, member_ids=[member_id], table=table)
    return Standing(
        table=table,
        granted=star.stars if star else 0,
        reached=table.stars_of(served),
        minutes=served,
        next_at=table.next_step(served),
        barred_until_on=barred.get(member_id),
        rise=live_rise(session, ledger_id=ledger_id, member_id=member_id),
    )


def live_rise(session: Session, *, ledger_id: int, member_id: UUID) -> StarRise | None:
    """Return a member's rise that is under way."""
    return session.scalar(
        sa.select(StarRise).where(
            StarRise.ledger_id == ledger_id,
            StarRise.member_id == member_id,
            StarRise.state.in_(LIVE_RISES),
        )
    )


def granted(session: Session, *, ledger_id: int, member_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many stars each of these members has; who has none is left out."""
    query = sa.select(Star.member_id, Star.stars).where(
        Star.ledger_id == ledger_id, Star.member_id.in_(member_ids), Star.stars > 0
    )
    found = session.execute(query)
    return {row.member_id: row.stars for row in found}


def minutes_of(
    session: Session, *, ledger_id: int, member_ids: Collection[UUID], table: Table
) -> dict[UUID, int]:
    """Return the minutes of each of these members that a table counts."""
    kept_id = sa.func.coalesce(Member.merged_into_id, Member.id).label("kept_id")
    query = (
        sa.select(kept_id, sa.func.sum(Day.minutes))
        .join(Member, (Member.ledger_id == Day.ledger_id) & (Member.id == Day.member_id))
        .where(
            Day.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            Day.provenance.in_(table.provenances),
            kept_id.in_(member_ids),
        )
        .group_by(kept_id)
    )
    return {member_id: int(minutes) for member_id, minutes in session.execute(query)}
