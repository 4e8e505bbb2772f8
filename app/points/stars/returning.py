"""Returning: a record that was put right gives back the stars that its old version took.

A correction reverses the old grant at once, and the stars that rested on it fall; the new
grant may wait for staff. When it posts, the fall was nobody's false hours: what the hours
reach again stands again, without a new review and notice (D3, D41, P10).
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM
from app.people import audit, inbox
from app.people.inbox import Note
from app.points import programmes
from app.points.models import Grant, Star, StarFall
from app.points.stars import counting, tables

Source = tuple[str, UUID]


def give_back(
    session: Session, *, ledger_id: int, grants: Sequence[Grant], holder_of: Mapping[UUID, UUID]
) -> None:
    """Give back stars that fell with the version that a posted grant replaces.

    Never more than fell, nor than the hours reach now. Called after the day totals were
    written; one statement while no star fell.
    """
    again = {
        (each.source_kind, each.source_id): each
        for each in grants
        if each.source_version > 1 and each.state == "posted" and each.minutes
    }
    if not again:
        return
    for source, fall in _falls(session, ledger_id, list(again)).items():
        grant = again[source]
        _restore(session, ledger_id, fall, grant, holder_of[grant.member_id])


def _falls(session: Session, ledger_id: int, sources: Sequence[Source]) -> dict[Source, StarFall]:
    """Return by source the fall with the version that stood last; none where it took no star."""
    query = (
        sa.select(Grant.source_kind, Grant.source_id, StarFall)
        .outerjoin(
            StarFall,
            sa.and_(StarFall.ledger_id == Grant.ledger_id, StarFall.grant_id == Grant.id),
        )
        .where(
            Grant.ledger_id == ledger_id,
            sa.or_(StarFall.ledger_id == ledger_id, StarFall.ledger_id.is_(None)),
            Grant.source_id.in_({source_id for _kind, source_id in sources}),
            Grant.state == "reversed",
        )
        .order_by(Grant.source_version)
    )
    last: dict[Source, StarFall | None] = {}
    for kind, source_id, fall in session.execute(query):
        last[kind, source_id] = fall
    return {source: fall for source, fall in last.items() if fall and source in sources}


def _restore(
    session: Session, ledger_id: int, fall: StarFall, grant: Grant, holder_id: UUID
) -> None:
    star = session.get(Star, (ledger_id, holder_id), with_for_update=True)
    if star is None:
        return
    programme = programmes.of_ledger(session, ledger_id)
    table = tables.version(session, programme.id, star.steps_version)
    served = counting.minutes_of(session, ledger_id=ledger_id, member_ids=[holder_id], table=table)
    stars = min(fall.from_stars, table.stars_of(served.get(holder_id, 0)))
    if stars <= star.stars:
        return
    star.stars, star.changed_at = stars, clock.now()
    session.flush()
    note = Note(holder_id, "star_restored", {"stars": stars}, f"star_restored:{grant.id}")
    inbox.tell(session, ledger_id=ledger_id, notes=[note])
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=SYSTEM,
        action="star_restored",
        subject_kind="member",
        subject_id=holder_id,
        stars=stars,
        fall_id=str(fall.id),
        grant_id=str(grant.id),
    )
