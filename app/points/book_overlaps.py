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

    A case is raised once, however often this runs. Returns how many overlaps there are.
    """
    stays = _recent(session, ledger_id, since_at)
    elsewhere = _elsewhere(session, ledger_id, stays)
    found = []
    for other_id, stay_of in elsewhere.items():
        near = presences.list_near(session, ledger_id=other_id, stays=list(stay_of))
        for stay in near:
            found += [
                _finding(mine, other_id)
                for theirs, mine in stay_of.items()
                if theirs.overlaps(stay)
            ]
    signals.raise_many(session, ledger_id=ledger_id, findings=found)
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
) -> dict[int, dict[Stay, Stay]]:
    """Return, by other book, each stay as the member of that book would have spent it."""
    if not stays:
        return {}
    query: sa.Select[*tuple[Any, ...]] = sa.select(
        Home.person_id, Home.ledger_id, Home.member_id
    ).where(Home.person_id.in_({person for person, _ in stays}), Home.ledger_id != ledger_id)
    rows = session.execute(query.execution_options(cross_ledger=True)).all()
    found: dict[int, dict[Stay, Stay]] = {}
    for person_id, other_id, member_id in rows:
        for person, stay in stays:
            if person == person_id:
                found.setdefault(other_id, {})[stay._replace(member_id=member_id)] = stay
    return found


def _finding(stay: Stay, other_id: int) -> Finding:
    facts = {"source": f"{stay.source_kind}:{stay.source_id}", "other_book": other_id}
    return Finding(RULE, "member", stay.member_id, SCORE, facts)
