"""Teams (志愿服务队): who serves together, under a lead body, found by any of their names.

A stay in a team is a row; leaving ends it and keeps it. The public contact is a
role and not a person (C25).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.people import audit
from app.people.errors import NameTaken, TeamClosed
from app.people.models import Team, TeamAlias

NAME_LENGTH_MAX = 64
PLAIN_KINDS = ("志愿服务队", "小区志愿服务队")
"""What a report calls a volunteer team: no patrol and no studio (C22)."""

KINDS = (*PLAIN_KINDS, "邻里志愿服务队", "能人服务队", "工作室", "巡逻队", "应急队")
"""Kinds of team that are offered first; a community may write its own (C19, C21, C24)."""

CODES_OF_OLD = {
    "volunteer": "志愿服务队",
    "neighbour": "邻里志愿服务队",
    "patrol": "巡逻队",
    "studio": "工作室",
}
"""What programs wrote before there was one list; they may go on, and the word is kept."""
KIND_LENGTH_MAX = 24


@dataclass(frozen=True, slots=True)
class NewTeam:
    """What a team is founded with: its 牵头单位 (C30), and other spellings that find it (C2)."""

    node_id: int
    name: str
    kind: str
    lead_body: str
    contact_role: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """Which teams a list shows: `text` is part of a name or of an alias (C2, C30)."""

    text: str | None = None
    lead_body: str | None = None
    kind: str | None = None
    not_ids: tuple[UUID, ...] = ()


def create(session: Session, *, ledger_id: int, team: NewTeam, actor: Actor) -> Team:
    """Found a team at a node.

    Raises:
        ValidationFailed: A name is empty or too long.
        NameTaken: The node has a team of this name.
    """
    for name in (team.name, team.lead_body, *team.aliases):
        _require_name(name)
    _require_name(team.kind, KIND_LENGTH_MAX)
    row = {
        "ledger_id": ledger_id,
        "id": new_id(),
        "node_id": team.node_id,
        "name": team.name.strip(),
        "kind": CODES_OF_OLD.get(team.kind.strip(), team.kind.strip()),
        "lead_body": team.lead_body.strip(),
        "contact_role": team.contact_role,
    }
    insert = insert_or_ignore(session, Team).values(row).returning(Team)
    founded: Team | None = session.scalars(insert).one_or_none()
    if founded is None:
        raise NameTaken(name=row["name"])
    _add_aliases(session, founded, team.aliases)
    _audit(session, founded, "team_created", actor)
    return founded


def add_alias(session: Session, *, ledger_id: int, team_id: UUID, alias: str, actor: Actor) -> None:
    """Let another spelling find the team (C2); a known one changes nothing.

    Raises:
        NotFound: No such team.
        ValidationFailed: The alias is empty or too long.
    """
    _require_name(alias)
    team = get(session, ledger_id=ledger_id, team_id=team_id)
    _add_aliases(session, team, (alias,))
    _audit(session, team, "team_alias_added", actor)


def close(session: Session, *, ledger_id: int, team_id: UUID, actor: Actor) -> Team:
    """Close a team. Its stays and its history remain; nobody joins it any more.

    Raises:
        NotFound: No such team.
        TeamClosed: It was closed before.
    """
    statement = (
        sa.update(Team)
        .where(Team.ledger_id == ledger_id, Team.id == team_id, Team.closed_on.is_(None))
        .values(closed_on=clock.today())
        .returning(Team)
        .execution_options(populate_existing=True)
    )
    team = session.scalars(statement).one_or_none()
    if team is None:
        get(session, ledger_id=ledger_id, team_id=team_id)
        raise TeamClosed
    _audit(session, team, "team_closed", actor)
    return team


def get(session: Session, *, ledger_id: int, team_id: UUID) -> Team:
    """Return a team of this book.

    Raises:
        NotFound: There is none.
    """
    team = session.get(Team, (ledger_id, team_id))
    if team is None:
        raise NotFound("no such team")
    return team


def get_many(session: Session, *, ledger_id: int, team_ids: Sequence[UUID]) -> dict[UUID, Team]:
    """Return teams by id in one statement; unknown ids are left out."""
    query = sa.select(Team).where(Team.ledger_id == ledger_id, Team.id.in_(set(team_ids)))
    return {team.id: team for team in session.scalars(query)}


def find_by_name(session: Session, *, ledger_id: int, node_id: int, name: str) -> Team | None:
    """Return the node's team of exactly this name, or None."""
    query = sa.select(Team).where(
        Team.ledger_id == ledger_id, Team.node_id == node_id, Team.name == name.strip()
    )
    return session.scalar(query)


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    sought: Sought = Sought(),
    limit: int = 50,
    offset: int = 0,
) -> list[Team]:
    """List the open teams of a subtree, by name."""
    query = (
        sa.select(Team)
        .join(Node, Node.id == Team.node_id)
        .where(Team.ledger_id == ledger_id, Team.closed_on.is_(None), tree.within(Node.path, node))
    )
    if sought.text and sought.text.strip():
        query = query.where(_is_called(ledger_id, sought.text.strip()))
    if sought.lead_body:
        query = query.where(Team.lead_body == sought.lead_body)
    if sought.not_ids:
        query = query.where(Team.id.not_in(sought.not_ids))
    if sought.kind:
        query = query.where(Team.kind == CODES_OF_OLD.get(sought.kind, sought.kind))
    return list(session.scalars(query.order_by(Team.name, Team.id).limit(limit).offset(offset)))


def lead_bodies_in(session: Session, *, ledger_id: int, node: Node) -> list[str]:
    """List the lead bodies of the open teams of a subtree, by name (C30)."""
    query = (
        sa.select(Team.lead_body)
        .distinct()
        .join(Node, Node.id == Team.node_id)
        .where(Team.ledger_id == ledger_id, Team.closed_on.is_(None), tree.within(Node.path, node))
    )
    return list(session.scalars(query.order_by(Team.lead_body)))


def search(session: Session, *, ledger_id: int, text: str, limit: int = 50) -> list[Team]:
    """Find open teams of a book by part of a name or of an alias: 畚乡枫警 finds 畲乡枫警 (C2)."""
    if not text.strip():
        return []
    query = sa.select(Team).where(
        Team.ledger_id == ledger_id, Team.closed_on.is_(None), _is_called(ledger_id, text.strip())
    )
    return list(session.scalars(query.order_by(Team.name, Team.id).limit(limit)))


def aliases_of(session: Session, *, ledger_id: int, team_id: UUID) -> list[str]:
    """List the other spellings of a team."""
    query = sa.select(TeamAlias.alias).where(
        TeamAlias.ledger_id == ledger_id, TeamAlias.team_id == team_id
    )
    return list(session.scalars(query.order_by(TeamAlias.alias)))


def _is_called(ledger_id: int, text: str) -> sa.ColumnElement[bool]:
    aliased = sa.exists().where(
        TeamAlias.ledger_id == ledger_id,
        TeamAlias.team_id == Team.id,
        TeamAlias.alias.contains(text, autoescape=True),
    )
    return sa.or_(Team.name.contains(text, autoescape=True), aliased)


def _require_name(name: str, length_max: int = NAME_LENGTH_MAX) -> None:
    if not 0 < len(name.strip()) <= length_max:
        raise ValidationFailed(f"a name has 1 to {length_max} characters", field="name")


def _add_aliases(session: Session, team: Team, aliases: Sequence[str]) -> None:
    rows = [
        {"ledger_id": team.ledger_id, "team_id": team.id, "alias": alias.strip()}
        for alias in aliases
    ]
    if rows:
        session.execute(insert_or_ignore(session, TeamAlias.__table__), rows)


def _audit(session: Session, team: Team, action: str, actor: Actor) -> None:
    audit.write(
        session,
        ledger_id=team.ledger_id,
        actor=actor,
        action=action,
        subject_kind="team",
        subject_id=team.id,
    )
