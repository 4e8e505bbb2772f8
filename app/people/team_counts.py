"""Counts of teams and of who is in them: distinct people, and stays (人次) apart (C23)."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.people.models import Team, TeamMember


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """Open teams; distinct people in them; and stays, where one person in two teams is two."""

    team_count: int
    people_count: int
    stay_count: int


def of_place(
    session: Session, *, ledger_id: int, node: Node, kind: str | None = None
) -> TeamCounts:
    """Count the open teams of a place and below it, of one kind or of all."""
    query = (
        sa.select(
            sa.func.count(sa.distinct(Team.id)),
            sa.func.count(sa.distinct(TeamMember.member_id)),
            sa.func.count(TeamMember.member_id),
        )
        .select_from(Team)
        .join(Node, Node.id == Team.node_id)
        .outerjoin(
            TeamMember,
            sa.and_(
                TeamMember.ledger_id == ledger_id,
                TeamMember.team_id == Team.id,
                TeamMember.left_on.is_(None),
            ),
        )
        .where(Team.ledger_id == ledger_id, Team.closed_on.is_(None), tree.within(Node.path, node))
    )
    if kind is not None:
        query = query.where(Team.kind == kind)
    return TeamCounts(*session.execute(query).one())


def members_of(session: Session, *, ledger_id: int, team_ids: Collection[UUID]) -> dict[UUID, int]:
    """Count who is in each of these teams today; one statement, a team of nobody is left out."""
    query = (
        sa.select(TeamMember.team_id, sa.func.count())
        .where(
            TeamMember.ledger_id == ledger_id,
            TeamMember.team_id.in_(team_ids),
            TeamMember.left_on.is_(None),
        )
        .group_by(TeamMember.team_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def by_kind(session: Session, *, ledger_id: int, node: Node) -> dict[str, int]:
    """Count the open teams of a place and below it by kind."""
    query = (
        sa.select(Team.kind, sa.func.count())
        .join(Node, Node.id == Team.node_id)
        .where(Team.ledger_id == ledger_id, Team.closed_on.is_(None), tree.within(Node.path, node))
        .group_by(Team.kind)
        .order_by(Team.kind)
    )
    return {row[0]: row[1] for row in session.execute(query)}
