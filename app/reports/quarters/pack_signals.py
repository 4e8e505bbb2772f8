"""The signals of a quarter's pack: about whoever and whatever is of the place (S11).

Members and their cards, sessions that teams held, clerks and others who act: a case belongs
to the place of its subject.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import held_at
from app.base import clock
from app.community import tree
from app.community.models import Node
from app.people.models import Card, Member, Team
from app.points.quarters.calendar import Quarter
from app.risk.models import Signal


@dataclass(frozen=True, slots=True)
class Oddity:
    """A signal of the quarter: for a person to look at, and what they said."""

    rule_code: str
    subject_kind: str
    seen_at: datetime
    verdict: str | None


def oddities(session: Session, *, ledger_id: int, node: Node, quarter: Quarter) -> list[Oddity]:
    """Return the signals about the place that came up in the quarter, the first first."""
    subjects = [
        sa.and_(Signal.subject_kind.in_(kinds), Signal.subject_id.in_(ids))
        for kinds, ids in _subjects(ledger_id, node)
    ]
    query = (
        sa.select(Signal.rule_code, Signal.subject_kind, Signal.seen_at, Signal.verdict)
        .where(
            Signal.ledger_id == ledger_id,
            Signal.seen_at >= clock.local_instant(quarter.begins_on),
            Signal.seen_at < clock.local_instant(quarter.next.begins_on),
            sa.or_(*subjects),
        )
        .order_by(Signal.seen_at, Signal.id)
    )
    return [Oddity(*row) for row in session.execute(query)]


def _subjects(
    ledger_id: int, node: Node
) -> tuple[tuple[tuple[str, ...], sa.Select[tuple[UUID]]], ...]:
    """Return for each kind of subject the query of the ids that are of the place."""
    here: Any = sa.select(Node.id).where(tree.within(Node.path, node))
    members: Any = sa.select(Member.id).where(
        Member.ledger_id == ledger_id, Member.node_id.in_(here)
    )
    people: Any = sa.select(Member.person_id).where(
        Member.ledger_id == ledger_id, Member.node_id.in_(here)
    )
    cards: Any = sa.select(Card.id).where(Card.ledger_id == ledger_id, Card.member_id.in_(members))
    teams: Any = sa.select(Team.id).where(Team.ledger_id == ledger_id, Team.node_id.in_(here))
    held: Any = held_at.session_ids(ledger_id=ledger_id, node=node)
    return (
        (("member",), members),
        (("card",), cards),
        (("session",), held),
        (("team",), teams),
        (("clerk", "person"), people),
    )
