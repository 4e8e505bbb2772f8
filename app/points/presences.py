"""Presence: the time of a member that a deed takes, whatever its door (A3, C18, D19).

Posted and waiting grants occupy their time; refused and reversed ones free it.
Read and written while the member's row is locked (`holders.of`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.upserts import insert_or_ignore
from app.points.deeds import Deed
from app.points.models import Grant, Presence

LIVE_STATES = ("waiting_level_2", "waiting_level_3", "posted")


class Stay(NamedTuple):
    """A time that a member spent, and the source it was spent for."""

    member_id: UUID
    starts_at: datetime
    ends_at: datetime
    source_kind: str
    source_id: UUID

    def overlaps(self, other: "Stay") -> bool:
        """Whether both took the same time of one member; touching ends do not."""
        return (
            self.member_id == other.member_id
            and self.starts_at < other.ends_at
            and other.starts_at < self.ends_at
        )


def stay_of(deed: Grant | Deed) -> Stay | None:
    """Return the time that a deed took, or a grant's deed, if it says so."""
    if deed.starts_at is None or deed.ends_at is None or deed.ends_at <= deed.starts_at:
        return None
    return Stay(deed.member_id, deed.starts_at, deed.ends_at, deed.source_kind, deed.source_id)


def list_near(session: Session, *, ledger_id: int, stays: Sequence[Stay]) -> list[Stay]:
    """List the occupied times of the same members in the span of these stays, in one statement."""
    if not stays:
        return []
    query = sa.select(
        Presence.member_id,
        Presence.starts_at,
        Presence.ends_at,
        Presence.source_kind,
        Presence.source_id,
    ).where(
        Presence.ledger_id == ledger_id,
        Presence.member_id.in_({stay.member_id for stay in stays}),
        Presence.starts_at < max(stay.ends_at for stay in stays),
        Presence.ends_at > min(stay.starts_at for stay in stays),
    )
    return [Stay(*row) for row in session.execute(query)]


def occupy(session: Session, *, ledger_id: int, stays: Sequence[Stay]) -> None:
    """Take the time of the stays, in one statement."""
    if stays:
        rows = [{"ledger_id": ledger_id, **stay._asdict()} for stay in stays]
        session.execute(insert_or_ignore(session, Presence.__table__), rows)


def free(session: Session, *, ledger_id: int, grants: Collection[Grant]) -> None:
    """Free the time of grants that no longer count, in two statements.

    A source that was granted anew keeps its time.
    """
    source_ids = {grant.source_id for grant in grants}
    live = session.scalars(
        sa.select(Grant.source_id).where(
            Grant.ledger_id == ledger_id,
            Grant.source_id.in_(source_ids),
            Grant.state.in_(LIVE_STATES),
            Grant.id.not_in([grant.id for grant in grants]),
        )
    )
    session.execute(
        sa.delete(Presence)
        .where(
            Presence.ledger_id == ledger_id,
            Presence.source_id.in_(source_ids - set(live)),
            Presence.source_kind.in_({grant.source_kind for grant in grants}),
        )
        .execution_options(synchronize_session=False)
    )
