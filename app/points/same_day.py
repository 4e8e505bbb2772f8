"""What a member was credited on a day already: for whoever decides on more of it (A3, C18).

What bears no time of day cannot overlap; a person looks at the sum instead.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.points.models import Grant

MemberDay = tuple[UUID, date]


def minutes_of(
    session: Session, *, ledger_id: int, days: Collection[MemberDay]
) -> dict[MemberDay, int]:
    """Return the posted minutes of members on Shanghai days; only what is above 0."""
    if not days:
        return {}
    query = (
        sa.select(Grant.member_id, Grant.served_on, sa.func.sum(Grant.minutes))
        .where(
            Grant.ledger_id == ledger_id,
            Grant.state == "posted",
            Grant.minutes > 0,
            Grant.member_id.in_({member_id for member_id, _ in days}),
            Grant.served_on.in_({day for _, day in days}),
        )
        .group_by(Grant.ledger_id, Grant.member_id, Grant.served_on)
    )
    wanted = set(days)
    return {
        (member_id, day): int(minutes)
        for member_id, day, minutes in session.execute(query)
        if (member_id, day) in wanted
    }
