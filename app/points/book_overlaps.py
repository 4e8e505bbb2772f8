"""One person, one time, two books: flagged for people to look at, never refused (C18, A3).

A book credits a time once by itself (`presences`). Somebody who belongs to two books might
be credited the same hour in both; the clock looks for it and raises a signal in each.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base import clock
from app.ledger import books
from app.people.models import Home, Member
from app.points import presences
from app.points.models import Grant
from app.points.presences import Stay
from app.risk import signals
from app.risk.signals import Finding

RULE = "presence_across_books"
SCORE = 60


def flag(session: Session, *, ledger_id: int, since_at: datetime) -> int:
    """Flag times of this book that the same person spent in another book too.

    What was granted since counts, in either book, whenever the service was: an application
    is posted days after it (D30). A case is raised once, however often this runs, also when
    it has been judged. Returns how many overlaps there are.
    """
    found: dict[tuple[Stay, Stay], Finding] = {}
    mine = _granted_since(session, ledger_id, since_at)
    for other_id in _shared_books(session, ledger_id):
        name = books.get(session, other_id).name
        pairs = _met(session, mine, in_ledger=other_id)
        theirs = _granted_since(session, other_id, since_at)
        pairs += [(own, other) for other, own in _met(session, theirs, in_ledger=ledger_id)]
        found |= {(own, other): _finding(own, other, name) for own, other in pairs}
    signals.raise_many(session, ledger_id=ledger_id, findings=list(found.values()), is_once=True)
    return len(found)


def _granted_since(session: Session, ledger_id: int, since_at: datetime) -> list[tuple[UUID, Stay]]:
    """List the times that were granted since, each with whose it is."""
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            Member.person_id,
            Grant.member_id,
            Grant.starts_at,
            Grant.ends_at,
            Grant.source_kind,
            Grant.source_id,
        )
        .join(Member, sa.and_(Member.ledger_id == Grant.ledger_id, Member.id == Grant.member_id))
        .where(
            Grant.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            Grant.state.in_(presences.LIVE_STATES),
            Grant.made_at >= since_at,
            Grant.ends_at > Grant.starts_at,
        )
    )
    return [(row[0], Stay(*row[1:])) for row in session.execute(query)]


def _shared_books(session: Session, ledger_id: int) -> list[int]:
    """List the other books that somebody of this book belongs to."""
    mine, theirs = aliased(Home), aliased(Home)
    query = (
        sa.select(theirs.ledger_id)
        .join(mine, mine.person_id == theirs.person_id)
        .where(mine.ledger_id == ledger_id, theirs.ledger_id != ledger_id)
        .distinct()
        .order_by(theirs.ledger_id)
    )
    return list(session.scalars(query.execution_options(cross_ledger=True)))


def _met(
    session: Session, stays: Sequence[tuple[UUID, Stay]], *, in_ledger: int
) -> list[tuple[Stay, Stay]]:
    """Return each stay with what its person did meanwhile in another book."""
    query = sa.select(Home.person_id, Home.member_id).where(
        Home.person_id.in_({person_id for person_id, _ in stays}), Home.ledger_id == in_ledger
    )
    member_of: dict[UUID, UUID] = {row.person_id: row.member_id for row in session.execute(query)}
    moved = [
        (stay, stay._replace(member_id=member_of[person_id]))
        for person_id, stay in stays
        if person_id in member_of
    ]
    near: dict[UUID, list[Stay]] = {}
    there = [as_theirs for _, as_theirs in moved]
    for other in presences.list_near(session, ledger_id=in_ledger, stays=there):
        near.setdefault(other.member_id, []).append(other)
    return [
        (stay, other)
        for stay, as_theirs in moved
        for other in near.get(as_theirs.member_id, ())
        if as_theirs.overlaps(other)
    ]


def _finding(mine: Stay, theirs: Stay, other_name: str) -> Finding:
    """Say in which other book, on which day and for how long; the sources tell cases apart."""
    begins_at, ends_at = max(mine.starts_at, theirs.starts_at), min(mine.ends_at, theirs.ends_at)
    facts = {
        "source": f"{mine.source_kind}:{mine.source_id}",
        "other_source": f"{theirs.source_kind}:{theirs.source_id}",
        "other_book": other_name,
        "day": clock.local_date(begins_at).isoformat(),
        "overlap_minutes": int((ends_at - begins_at).total_seconds()) // 60,
    }
    return Finding(RULE, "member", mine.member_id, SCORE, facts)
