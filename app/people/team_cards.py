"""Team cards (队伍名片): what a team does, where, and how to reach it. Off until staff open it.

The phone is an office's, never a person's: whoever's own phone it is, or becomes, is not
shown (C25). A card names nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed, VersionStale
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.community.node_rows import path_ids
from app.people import audit, members, phones, teams
from app.people.errors import PhoneIsPrivate
from app.people.models import Team, TeamArea, TeamCard

AREA_KINDS = ("grid", "estate", "area", "building", "village")
"""What an area is made of: 网格, 小区, 片区, 楼栋, 村."""
AREA_MAX = 60
PHONE_MARKS = set("0123456789-+() 转")


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says. `area` are the ids of grids and 小区."""

    work: str
    reach: str
    phone: str | None
    area: tuple[int, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class PublicCard:
    """A card as everybody sees it."""

    team: Team
    home: Node
    work: str
    reach: str
    phone: str | None
    area: list[Node]


def write(
    session: Session, *, ledger_id: int, team_id: UUID, text: CardText, version: int, actor: Actor
) -> TeamCard:
    """Write a team's card whole; `version` is the one that was read, 0 where there is none.

    Raises:
        NotFound: There is no such team, or no such place.
        ValidationFailed: The phone is none, or a place is no part of the team's.
        PhoneIsPrivate: The phone is somebody's own.
        VersionStale: Somebody wrote it since.
    """
    team = teams.get(session, ledger_id=ledger_id, team_id=team_id)
    phone = _public_phone(session, text.phone)
    _require_own_area(session, team, text.area)
    values = {
        "is_open": text.is_open,
        "phone": phone,
        "work": text.work.strip(),
        "reach": text.reach.strip(),
        "version": version + 1,
        "changed_by_id": actor.person_id,
        "changed_at": clock.now(),
    }
    card = _put(session, ledger_id, team_id, version, values)
    _put_area(session, ledger_id, team_id, text.area)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="team_card_written",
        subject_kind="team",
        subject_id=team_id,
        is_open=text.is_open,
    )
    return card


def find(session: Session, *, ledger_id: int, team_id: UUID) -> TeamCard | None:
    """Return a team's card, open or not; None where none was written."""
    return session.get(TeamCard, (ledger_id, team_id))


def area_of(session: Session, *, ledger_id: int, team_id: UUID) -> list[Node]:
    """List the grids and 小区 that a team looks after, by code."""
    query = (
        sa.select(Node)
        .join(TeamArea, TeamArea.node_id == Node.id)
        .where(TeamArea.ledger_id == ledger_id, TeamArea.team_id == team_id)
    )
    return list(session.scalars(query.order_by(Node.kind_code, Node.code)))


def list_parts(session: Session, node: Node) -> list[Node]:
    """List what an area at a place can be made of: its open grids, 小区 and the like."""
    query = sa.select(Node).where(
        tree.within(Node.path, node),
        Node.kind_code.in_(AREA_KINDS),
        Node.closed_on.is_(None),
    )
    return list(session.scalars(query.order_by(Node.kind_code, Node.code).limit(200)))


def show(session: Session, *, ledger_id: int, team_id: UUID) -> PublicCard:
    """Return a card for everybody.

    Raises:
        NotFound: It is not open, the team was closed, or there is none.
    """
    card = find(session, ledger_id=ledger_id, team_id=team_id)
    if card is None or not card.is_open:
        raise NotFound("no open card")
    team = teams.get(session, ledger_id=ledger_id, team_id=team_id)
    if team.closed_on is not None:
        raise NotFound("the team was closed")
    is_private = card.phone is not None and _is_somebodys(session, card.phone)
    return PublicCard(
        team=team,
        home=tree.get(session, team.node_id),
        work=card.work,
        reach=card.reach,
        phone=None if is_private else card.phone,
        area=area_of(session, ledger_id=ledger_id, team_id=team_id),
    )


def list_open(session: Session, *, ledger_id: int, node: Node) -> list[Team]:
    """List the open teams at a place, or that look after it, whose card is open to all (C25)."""
    area = aliased(Node)
    looks_after = (
        sa.select(TeamArea.team_id)
        .join(area, area.id == TeamArea.node_id)
        .where(
            TeamArea.ledger_id == ledger_id,
            sa.or_(tree.within(area.path, node), area.id.in_(path_ids(node.path))),
        )
    )
    query = (
        sa.select(Team)
        .join(TeamCard, sa.and_(TeamCard.ledger_id == Team.ledger_id, TeamCard.team_id == Team.id))
        .join(Node, Node.id == Team.node_id)
        .where(
            Team.ledger_id == ledger_id,
            TeamCard.ledger_id == ledger_id,
            TeamCard.is_open.is_(True),
            Team.closed_on.is_(None),
            sa.or_(tree.within(Node.path, node), Team.id.in_(looks_after)),
        )
    )
    return list(session.scalars(query.order_by(Team.name, Team.id)))


def dialled(phone: str | None) -> str:
    """Return what a phone dials of a printed number: without the extension (转)."""
    number = (phone or "").partition("转")[0]
    return "".join(each for each in number if each.isdigit() or each == "+")


def _public_phone(session: Session, text: str | None) -> str | None:
    """Return an office's phone as it is to be printed."""
    phone = (text or "").strip()
    if not phone:
        return None
    digits = sum(letter.isdigit() for letter in phone)
    if not set(phone) <= PHONE_MARKS or not 5 <= digits <= 18:
        raise ValidationFailed("no phone number", field="phone", reason="no_phone")
    if _is_somebodys(session, phone):
        raise PhoneIsPrivate
    return phone


def _is_somebodys(session: Session, phone: str) -> bool:
    """Whether a person signs in with this phone."""
    if not phones.is_phone(phone):
        return False
    return members.find_person_by_phone(session, phone) is not None


def _require_own_area(session: Session, team: Team, area: Sequence[int]) -> None:
    if len(area) > AREA_MAX:
        raise ValidationFailed(f"at most {AREA_MAX} places", field="area")
    home = tree.get(session, team.node_id)
    found = tree.get_many(session, area)
    for node_id in area:
        part = found.get(node_id)
        if part is None:
            raise NotFound("no such place")
        if part.kind_code not in AREA_KINDS or not tree.contains(home, part):
            raise ValidationFailed("no part of the team's place", field="area")


def _put(
    session: Session, ledger_id: int, team_id: UUID, version: int, values: Mapping[str, object]
) -> TeamCard:
    if version == 0:
        row = {"ledger_id": ledger_id, "team_id": team_id, **values}
        statement = insert_or_ignore(session, TeamCard).values(row).returning(TeamCard)
    else:
        statement = (
            sa.update(TeamCard)
            .where(
                TeamCard.ledger_id == ledger_id,
                TeamCard.team_id == team_id,
                TeamCard.version == version,
            )
            .values(**values)
            .returning(TeamCard)
            .execution_options(populate_existing=True)
        )
    card: TeamCard | None = session.scalars(statement).one_or_none()
    if card is None:
        raise VersionStale
    return card


def _put_area(session: Session, ledger_id: int, team_id: UUID, area: Sequence[int]) -> None:
    session.execute(
        sa.delete(TeamArea).where(TeamArea.ledger_id == ledger_id, TeamArea.team_id == team_id)
    )
    rows = [
        {"ledger_id": ledger_id, "team_id": team_id, "node_id": node_id}
        for node_id in sorted(set(area))
    ]
    if rows:
        session.execute(sa.insert(TeamArea), rows)
