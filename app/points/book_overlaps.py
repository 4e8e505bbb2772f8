"""One person, one time, two books: flagged for people to look at, never refused (C18, A3).

A book credits a time once by itself (`presences`). Somebody who belongs to two books might
be credited the same hour in both; the clock looks for it and raises a signal in each.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.ledger import books
from app.people.models import Home, Member
from app.points import presences
from app.points.models import Presence
from app.points.presences import Stay
from app.risk import signals
from app.risk.signals import Finding

RULE = "presence_across_books"
SCORE = 60


def flag(session: Session, *, ledger_id: int, since_at: datetime) -> int:
    """Flag times of this book, ended since, that the same person spent in another book too.

    A case is raised once, however often this runs, also when it has been judged.
    Returns how many overlaps there are.
    """
    stays = _recent(session, ledger_id, since_at)
    found = []
    for other_id, stays_of in _elsewhere(session, ledger_id, stays).items():
        name = books.get(session, other_id).name
        theirs = [as_theirs for as_theirs, _ in stays_of]
        near: dict[UUID, list[Stay]] = {}
        for stay in presences.list_near(session, ledger_id=other_id, stays=theirs):
            near.setdefault(stay.member_id, []).append(stay)
        for as_theirs, mine in stays_of:
            found += [
                _finding(mine, stay, name)
                for stay in near.get(as_theirs.member_id, ())
                if as_theirs.overlaps(stay)
            ]
    signals.raise_many(session, ledger_id=ledger_id, findings=found, is_once=True)
    return len(found)


def _recent(session: Session, ledger_id: int, since_at: datetime) -> list[tuple[UUID, Stay]]:
    query = (
        sa.select(
            Member.person_id,
            Presence.member_id,
            Presence.starts_at,
            Presence.ends_at,
            Presence.source_kind,
            Presence.source_id,
        )
        .join(
            Member,
            sa.and_(Member.ledger_id == Presence.ledger_id, Member.id == Presence.member_id),
        )
        .where(
            Presence.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            Presence.ends_at >= since_at,
        )
    )
    return [(row[0], Stay(*row[1:])) for row in session.execute(query)]


def _elsewhere(
    session: Session, ledger_id: int, stays: Sequence[tuple[UUID, Stay]]
) -> dict[int, list[tuple[Stay, Stay]]]:
    """Return, by other book, each stay as the member of that book would have spent it."""
    mine: dict[UUID, list[Stay]] = {}
    for person_id, stay in stays:
        mine.setdefault(person_id, []).append(stay)
    if not mine:
        return {}
    query: sa.Select[*tuple[Any, ...]] = sa.select(
        Home.person_id, Home.ledger_id, Home.member_id
    ).where(Home.person_id.in_(mine), Home.ledger_id != ledger_id)
    found: dict[int, list[tuple[Stay, Stay]]] = {}
    for person_id, other_id, member_id in session.execute(
        query.execution_options(cross_ledger=True)
    ):
        found.setdefault(other_id, []).extend(
            (stay._replace(member_id=member_id), stay) for stay in mine[person_id]
        )
    return found


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
