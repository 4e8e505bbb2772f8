"""Alliances (近邻志愿同盟): teams of one community that share one pool of activities (C1).

A team joins by agreement: somebody agreed for it, and the stay says who. Leaving
ends the stay and keeps it, so figures of the past do not move.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_for, insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.people import audit, teams
from app.people.errors import NameTaken, TeamClosed
from app.people.models import Alliance, AllianceTeam, Team

NAME_LENGTH_MAX = 64


def create(session: Session, *, ledger_id: int, node_id: int, name: str, actor: Actor) -> Alliance:
    """Found an alliance under a community.

    Raises:
        ValidationFailed: The name is empty or too long.
        NameTaken: The community has an alliance of this name.
    """
    if not 0 < len(name.strip()) <= NAME_LENGTH_MAX:
        raise ValidationFailed("a name has 1 to 64 characters", field="name")
    row = {"ledger_id": ledger_id, "id": new_id(), "node_id": node_id, "name": name.strip()}
    insert = insert_or_ignore(session, Alliance).values(row).returning(Alliance)
    founded: Alliance | None = session.scalars(insert).one_or_none()
    if founded is None:
        raise NameTaken(name=name.strip())
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="alliance_created",
        subject_kind="alliance",
        subject_id=founded.id,
    )
    return founded


def join(
    session: Session,
    *,
    ledger_id: int,
    alliance_id: UUID,
    team_id: UUID,
    agreed_by_id: UUID,
    actor: Actor,
) -> AllianceTeam:
    """Let a team join by agreement; a team that is in it already stays as it is.

    Args:
        agreed_by_id: The person who agreed for the team: its leader, or staff for them.

    Raises:
        NotFound: No such alliance or team.
        TeamClosed: The team was closed.
        ValidationFailed: The team is not of the alliance's community.
    """
    alliance = _lock(session, ledger_id, alliance_id)
    team = teams.get(session, ledger_id=ledger_id, team_id=team_id)
    if team.closed_on is not None:
        raise TeamClosed
    home, place = tree.get(session, alliance.node_id), tree.get(session, team.node_id)
    if not tree.contains(home, place):
        raise ValidationFailed("the team is not of this community", field="team_id")
    stay = _find_live(session, ledger_id, alliance_id, team_id)
    if stay is None:
        _open(session, ledger_id, alliance_id, team_id, agreed_by_id)
        stay = _find_live(session, ledger_id, alliance_id, team_id)
        _audit(session, ledger_id, alliance_id, team_id, "alliance_joined", actor)
    assert stay is not None
    return stay


def leave(
    session: Session, *, ledger_id: int, alliance_id: UUID, team_id: UUID, actor: Actor
) -> AllianceTeam:
    """End a team's stay in an alliance; its history remains (C1).

    Raises:
        NotFound: The team is not in it.
    """
    statement = (
        sa.update(AllianceTeam)
        .where(
            AllianceTeam.ledger_id == ledger_id,
            AllianceTeam.alliance_id == alliance_id,
            AllianceTeam.team_id == team_id,
            AllianceTeam.left_on.is_(None),
        )
        .values(left_on=clock.today())
        .returning(AllianceTeam)
        .execution_options(populate_existing=True)
    )
    stay = session.scalars(statement).one_or_none()
    if stay is None:
        raise NotFound("this team is not in the alliance")
    _audit(session, ledger_id, alliance_id, team_id, "alliance_left", actor)
    return stay


def get(session: Session, *, ledger_id: int, alliance_id: UUID) -> Alliance:
    """Return an alliance of this book.

    Raises:
        NotFound: There is none.
    """
    alliance = session.get(Alliance, (ledger_id, alliance_id))
    if alliance is None:
        raise NotFound("no such alliance")
    return alliance


def find_by_name(session: Session, *, ledger_id: int, node_id: int, name: str) -> Alliance | None:
    """Return the community's alliance of exactly this name, or None."""
    query = sa.select(Alliance).where(
        Alliance.ledger_id == ledger_id,
        Alliance.node_id == node_id,
        Alliance.name == name.strip(),
    )
    return session.scalar(query)


def list_in(session: Session, *, ledger_id: int, node: Node) -> list[Alliance]:
    """List the alliances of a subtree, by name."""
    query = (
        sa.select(Alliance)
        .join(Node, Node.id == Alliance.node_id)
        .where(Alliance.ledger_id == ledger_id, tree.within(Node.path, node))
    )
    return list(session.scalars(query.order_by(Alliance.name)))


def list_teams(
    session: Session, *, ledger_id: int, alliance_id: UUID, on: date | None = None
) -> list[Team]:
    """List the teams of an alliance on a day (today), by name."""
    day = on or clock.today()
    query = (
        sa.select(Team)
        .join(
            AllianceTeam,
            sa.and_(AllianceTeam.ledger_id == Team.ledger_id, AllianceTeam.team_id == Team.id),
        )
        .where(
            Team.ledger_id == ledger_id,
            AllianceTeam.ledger_id == ledger_id,
            AllianceTeam.alliance_id == alliance_id,
            AllianceTeam.joined_on <= day,
            sa.or_(AllianceTeam.left_on.is_(None), AllianceTeam.left_on > day),
        )
    )
    return list(session.scalars(query.order_by(Team.name)))


def teams_of_many(
    session: Session, *, ledger_id: int, alliance_ids: Collection[UUID]
) -> dict[UUID, list[Team]]:
    """List for each of these alliances the teams that are in it today, by name; one statement."""
    query = (
        sa.select(AllianceTeam.alliance_id, Team)
        .join(
            AllianceTeam,
            sa.and_(AllianceTeam.ledger_id == Team.ledger_id, AllianceTeam.team_id == Team.id),
        )
        .where(
            Team.ledger_id == ledger_id,
            AllianceTeam.ledger_id == ledger_id,
            AllianceTeam.alliance_id.in_(alliance_ids),
            AllianceTeam.left_on.is_(None),
        )
    )
    found: dict[UUID, list[Team]] = {each: [] for each in alliance_ids}
    for alliance_id, team in session.execute(query.order_by(Team.name)):
        found[alliance_id].append(team)
    return found


def history(session: Session, *, ledger_id: int, alliance_id: UUID) -> list[AllianceTeam]:
    """List every stay of a team in an alliance, earliest first."""
    query = sa.select(AllianceTeam).where(
        AllianceTeam.ledger_id == ledger_id, AllianceTeam.alliance_id == alliance_id
    )
    return list(session.scalars(query.order_by(AllianceTeam.joined_on, AllianceTeam.team_id)))


def pool_of(session: Session, *, ledger_id: int, team_id: UUID) -> set[UUID]:
    """Return the teams whose activities a team sees: itself and its allies (C1)."""
    own, allied = aliased(AllianceTeam), aliased(AllianceTeam)
    query = (
        sa.select(allied.team_id)
        .join(
            own,
            sa.and_(own.ledger_id == allied.ledger_id, own.alliance_id == allied.alliance_id),
        )
        .where(
            own.ledger_id == ledger_id,
            allied.ledger_id == ledger_id,
            own.team_id == team_id,
            own.left_on.is_(None),
            allied.left_on.is_(None),
        )
    )
    return {team_id, *session.scalars(query)}


def _lock(session: Session, ledger_id: int, alliance_id: UUID) -> Alliance:
    """Hold the alliance, so that a team does not join it twice."""
    query = (
        sa.select(Alliance)
        .where(Alliance.ledger_id == ledger_id, Alliance.id == alliance_id)
        .with_for_update(key_share=True)
    )
    alliance = session.scalar(query)
    if alliance is None:
        raise NotFound("no such alliance")
    return alliance


def _find_live(
    session: Session, ledger_id: int, alliance_id: UUID, team_id: UUID
) -> AllianceTeam | None:
    query = sa.select(AllianceTeam).where(
        AllianceTeam.ledger_id == ledger_id,
        AllianceTeam.alliance_id == alliance_id,
        AllianceTeam.team_id == team_id,
        AllianceTeam.left_on.is_(None),
    )
    return session.scalar(query.execution_options(populate_existing=True))


def _open(
    session: Session, ledger_id: int, alliance_id: UUID, team_id: UUID, agreed_by_id: UUID
) -> None:
    """Insert a stay, or open again the one that began and ended today."""
    insert = insert_for(session, AllianceTeam.__table__).values(
        ledger_id=ledger_id,
        alliance_id=alliance_id,
        team_id=team_id,
        joined_on=clock.today(),
        agreed_by_id=agreed_by_id,
    )
    upsert = insert.on_conflict_do_update(
        index_elements=["ledger_id", "alliance_id", "team_id", "joined_on"],
        set_={"left_on": None, "agreed_by_id": insert.excluded.agreed_by_id},
    )
    session.execute(upsert)


def _audit(
    session: Session, ledger_id: int, alliance_id: UUID, team_id: UUID, action: str, actor: Actor
) -> None:
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action=action,
        subject_kind="alliance",
        subject_id=alliance_id,
        team_id=team_id,
    )
