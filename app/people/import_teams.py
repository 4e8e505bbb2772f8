"""Which team a row of a list means: by name or alias, near the row's own place.

Teams of different communities may have one name. Meant is the nearest at or above the
place of the row; else the only one below it. Never one beyond the operator's charge.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.people.models import Team, TeamAlias


@dataclass(frozen=True, slots=True)
class Found:
    """A team that is called so, and its place."""

    team_id: UUID
    place: Node


def find(
    session: Session, ledger_id: int, names: Collection[str], *, within: Sequence[Node] | None
) -> dict[str, list[Found]]:
    """Return the open teams of the book by each of the names and aliases; two statements.

    Args:
        within: Only teams at or below these places; None: of the whole book.
    """
    if not names:
        return {}
    aliased = (
        sa.select(TeamAlias.alias, TeamAlias.team_id, Team.node_id)
        .join(Team, sa.and_(Team.ledger_id == TeamAlias.ledger_id, Team.id == TeamAlias.team_id))
        .where(TeamAlias.ledger_id == ledger_id, Team.ledger_id == ledger_id)
        .where(TeamAlias.alias.in_(names), Team.closed_on.is_(None))
    )
    named = sa.select(Team.name, Team.id, Team.node_id).where(
        Team.ledger_id == ledger_id, Team.name.in_(names), Team.closed_on.is_(None)
    )
    rows = session.execute(sa.union(named, aliased)).all()
    places = tree.get_many(session, {row[2] for row in rows})
    found: dict[str, list[Found]] = {}
    for name, team_id, node_id in rows:
        place = places[node_id]
        if within is None or any(tree.contains(own, place) for own in within):
            found.setdefault(name, []).append(Found(team_id, place))
    return found


def of_place(called: Sequence[Found], place: Node) -> list[Found]:
    """Return those that a row of this place may mean: one, if it is clear."""
    above = [each for each in called if tree.contains(each.place, place)]
    if above:
        nearest = max(len(each.place.path) for each in above)
        return [each for each in above if len(each.place.path) == nearest]
    return [each for each in called if tree.contains(place, each.place)]
