"""A zone's own figures: every part once, though its members have several parents (C20, O18)."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import zones
from app.community.models import Node
from app.people.models import Team, TeamMember
from app.points.models import Day


@dataclass(frozen=True, slots=True)
class ZoneFigures:
    """Teams, the distinct people in them, minutes served at the parts, who served them."""

    team_count: int
    people_count: int
    minutes: int
    served_people_count: int


def of_zone(session: Session, *, ledger_id: int, zone: Node) -> ZoneFigures:
    """Count a zone of one book: each team, person and minute once."""
    parts = zones.parts_of(session, zone)
    here = zones.within_any(Node.path, parts)
    teams = session.execute(
        sa.select(
            sa.func.count(sa.distinct(Team.id)), sa.func.count(sa.distinct(TeamMember.member_id))
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
        .where(Team.ledger_id == ledger_id, Team.closed_on.is_(None), here)
    ).one()
    served = session.execute(
        sa.select(sa.func.sum(Day.minutes), sa.func.count(sa.distinct(Day.member_id)))
        .select_from(Day)
        .join(Node, Node.id == Day.node_id)
        .where(Day.ledger_id == ledger_id, Day.minutes > 0, here)
    ).one()
    return ZoneFigures(int(teams[0]), int(teams[1]), int(served[0] or 0), int(served[1]))
