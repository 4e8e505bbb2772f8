"""Which teams a person leads today: as a list, or as a part of another room's statement."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.people.models import Member, Team, TeamMember


def led_by(session: Session, *, ledger_id: int, person_id: UUID) -> list[UUID]:
    """List the teams that a person leads today; one statement."""
    return list(session.scalars(led(ledger_id, person_id)))


def list_led(session: Session, *, ledger_id: int, person_id: UUID) -> list[Team]:
    """List the same teams themselves, by name; one statement."""
    ids = led(ledger_id, person_id)
    query = sa.select(Team).where(Team.ledger_id == ledger_id, Team.id.in_(ids))
    return list(session.scalars(query.order_by(Team.name)))


def led(ledger_id: int, person_id: UUID) -> sa.Select[UUID]:
    """Return the statement that reads the teams a person leads today."""
    return (
        sa.select(TeamMember.team_id)
        .join(
            Member,
            sa.and_(TeamMember.ledger_id == Member.ledger_id, TeamMember.member_id == Member.id),
        )
        .where(
            Member.ledger_id == ledger_id,
            TeamMember.ledger_id == ledger_id,
            TeamMember.role == "leader",
            TeamMember.left_on.is_(None),
            Member.person_id == person_id,
            Member.state == "active",
        )
    )
