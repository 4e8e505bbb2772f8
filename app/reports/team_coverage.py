"""一小区一志愿服务队: which 小区 have a team, and which have none yet (C21).

A team covers the 小区 it stands at or below, and those its area names or lies around.
Less than all is how it is: the share is shown as it is.
"""

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.community.node_rows import path_ids
from app.people.models import Team, TeamArea
from app.service_orders.figures import percent

ESTATE = "estate"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many 小区 there are, how many have a team, and those that have none."""

    estate_count: int
    covered_count: int
    uncovered: tuple[Node, ...]

    @property
    def share_percent(self) -> Decimal | None:
        """The share with a team, one decimal, half up; None without 小区."""
        return percent(self.covered_count, self.estate_count)


def of_place(session: Session, *, ledger_id: int, node: Node) -> Coverage:
    """Look through the open 小区 of a place and below it."""
    query = sa.select(Node).where(
        tree.within(Node.path, node), Node.kind_code == ESTATE, Node.closed_on.is_(None)
    )
    estates = list(session.scalars(query.order_by(Node.path)))
    held = _held_by_teams(session, ledger_id, node)
    around = _areas(session, ledger_id)
    covered = held | {part for path in around for part in path_ids(path)}
    named = {path_ids(path)[-1] for path in around}
    uncovered = tuple(
        estate
        for estate in estates
        if estate.id not in covered and not named.intersection(path_ids(estate.path))
    )
    return Coverage(len(estates), len(estates) - len(uncovered), uncovered)


def _held_by_teams(session: Session, ledger_id: int, node: Node) -> set[int]:
    """Return every place at which, or below which, an open team stands."""
    query = (
        sa.select(Node.path)
        .distinct()
        .join(Team, Team.node_id == Node.id)
        .where(Team.ledger_id == ledger_id, Team.closed_on.is_(None), tree.within(Node.path, node))
    )
    return {part for path in session.scalars(query) for part in path_ids(path)}


def _areas(session: Session, ledger_id: int) -> list[str]:
    """Return the paths of what open teams look after."""
    query = (
        sa.select(Node.path)
        .distinct()
        .join(TeamArea, TeamArea.node_id == Node.id)
        .join(Team, sa.and_(Team.ledger_id == TeamArea.ledger_id, Team.id == TeamArea.team_id))
        .where(
            TeamArea.ledger_id == ledger_id, Team.ledger_id == ledger_id, Team.closed_on.is_(None)
        )
    )
    return list(session.scalars(query))
