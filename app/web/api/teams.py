"""Teams (志愿服务队): founded by staff, found by any of their names, joined and led by members."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import PermissionDenied
from app.base.transactions import reading
from app.community import tree
from app.people import members, team_members, teams
from app.people.models import Team
from app.points import programmes
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.groups import (
    AddedOut,
    AliasIn,
    FullTeamOut,
    NewTeamIn,
    TeamMemberOut,
    TeamMembersIn,
    TeamOut,
    TeamQueryIn,
    TeamRoleIn,
)
from app.web.schemas.lists import items_of
from app.web.session import actor, person, subject_id

bp = Blueprint("teams", __name__, url_prefix="/books/<book>/teams", description="Teams")


@bp.get("")
@allow(SIGNED_IN)
@bp.arguments(TeamQueryIn, location="query")
@bp.response(200, items_of(TeamOut))
def list_teams(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List the open teams of a place, or of the whole book, by a part of a name or alias."""
    ledger_id = book_id(book)
    with reading() as session:
        require_insider(session, ledger_id)
        code = asked.pop("node_code", None)
        home = programmes.of_ledger(session, ledger_id).node_id
        node = tree.by_code(session, code) if code else tree.get(session, home)
        slice_ = {name: asked.pop(name) for name in ("limit", "offset")}
        key: dict[str, Any] = {"ledger_id": ledger_id, "node": node, **slice_}
        found = teams.list_in(session, **key, sought=teams.Sought(**asked))
        return {"items": shown(session, found)}


@bp.post("")
@allow(SIGNED_IN)
@bp.arguments(NewTeamIn)
@bp.response(201, TeamOut)
def create(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Found a team at a place."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = place_of_book(session, ledger_id, asked["node_code"])
        details = {name: value for name, value in asked.items() if name != "node_code"}
        details["aliases"] = tuple(asked["aliases"])
        new = teams.NewTeam(node_id=node, **details)
        team = teams.create(session, ledger_id=ledger_id, team=new, actor=actor())
        return shown(session, [team])[0]

    return act(verb, ledger_id=ledger_id, dump=TeamOut().dump)


@bp.get("/<uuid:team_id>")
@allow(SIGNED_IN)
@bp.response(200, FullTeamOut)
def show(book: str, team_id: UUID) -> dict[str, Any]:
    """Show a team with its other spellings and its leaders, masked."""
    ledger_id = book_id(book)
    with reading() as session:
        require_insider(session, ledger_id)
        team = teams.get(session, ledger_id=ledger_id, team_id=team_id)
        stays = team_members.list_members(session, ledger_id=ledger_id, team_id=team_id)
        return {
            **shown(session, [team])[0],
            "aliases": teams.aliases_of(session, ledger_id=ledger_id, team_id=team_id),
            "leaders": [member.name_masked for member, stay in stays if stay.role == "leader"],
            "member_count": len(stays),
        }


@bp.post("/<uuid:team_id>/aliases")
@allow(SIGNED_IN)
@bp.arguments(AliasIn)
@bp.response(204)
def add_alias(asked: dict[str, Any], book: str, team_id: UUID) -> ResponseReturnValue:
    """Let another spelling find the team (C2)."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> None:
        in_scope(session, ledger_id, team_id)
        teams.add_alias(session, ledger_id=ledger_id, team_id=team_id, actor=actor(), **asked)

    return act(verb, ledger_id=ledger_id, status=204)


@bp.post("/<uuid:team_id>/closure")
@allow(SIGNED_IN)
@bp.response(200, TeamOut)
def close(book: str, team_id: UUID) -> ResponseReturnValue:
    """Close a team; its history remains."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        in_scope(session, ledger_id, team_id)
        team = teams.close(session, ledger_id=ledger_id, team_id=team_id, actor=actor())
        return shown(session, [team])[0]

    return act(verb, ledger_id=ledger_id, dump=TeamOut().dump, status=200)


@bp.get("/<uuid:team_id>/members")
@allow(SIGNED_IN)
@bp.response(200, items_of(TeamMemberOut))
def list_members(book: str, team_id: UUID) -> dict[str, Any]:
    """List who is in a team, leaders first, masked; for its leaders and staff."""
    ledger_id = book_id(book)
    with reading() as session:
        led_or_in_scope(session, ledger_id, team_id, READERS)
        stays = team_members.list_members(session, ledger_id=ledger_id, team_id=team_id)
        return {
            "items": [
                {
                    "member_id": member.id,
                    "volunteer_no": member.volunteer_no,
                    "name": member.name_masked,
                    "role": stay.role,
                    "joined_on": stay.joined_on,
                }
                for member, stay in stays
            ]
        }


@bp.post("/<uuid:team_id>/members")
@allow(SIGNED_IN)
@bp.arguments(TeamMembersIn)
@bp.response(201, AddedOut)
def add_members(asked: dict[str, Any], book: str, team_id: UUID) -> ResponseReturnValue:
    """Let members join a team; its leader may, but only staff let a leader in."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        if asked["role"] == "leader":
            in_scope(session, ledger_id, team_id)
        else:
            led_or_in_scope(session, ledger_id, team_id, WORKERS)
        added = team_members.join_many(
            session, ledger_id=ledger_id, team_id=team_id, actor=actor(), **asked
        )
        return {"member_ids": added}

    return act(verb, ledger_id=ledger_id, dump=AddedOut().dump)


@bp.put("/<uuid:team_id>/members/<uuid:member_id>")
@allow(SIGNED_IN)
@bp.arguments(TeamRoleIn)
@bp.response(204)
def set_role(
    asked: dict[str, Any], book: str, team_id: UUID, member_id: UUID
) -> ResponseReturnValue:
    """Make a member of the team its leader (领队), or a plain member again."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> None:
        in_scope(session, ledger_id, team_id)
        team_members.set_role(
            session,
            ledger_id=ledger_id,
            team_id=team_id,
            member_id=member_id,
            actor=actor(),
            **asked,
        )

    return act(verb, ledger_id=ledger_id, status=204)


@bp.delete("/<uuid:team_id>/members/<uuid:member_id>")
@allow(SIGNED_IN)
@bp.response(204)
def remove_member(book: str, team_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """End a member's stay in a team: by themselves, by its leader, or by staff."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> None:
        own = members.find_of_person(session, ledger_id=ledger_id, person_id=subject_id())
        if own is None or own.id != member_id:
            led_or_in_scope(session, ledger_id, team_id, WORKERS)
        team_members.leave(
            session, ledger_id=ledger_id, team_id=team_id, member_id=member_id, actor=actor()
        )

    return act(verb, ledger_id=ledger_id, status=204)


def shown(session: Session, found: Sequence[Team]) -> list[dict[str, Any]]:
    """Return teams with the codes of their places."""
    nodes = tree.get_many(session, {team.node_id for team in found})
    names = ("id", "name", "kind", "lead_body", "contact_role", "closed_on")
    return [
        {
            **{name: getattr(team, name) for name in names},
            "node_code": nodes[team.node_id].code,
        }
        for team in found
    ]


def in_scope(session: Session, ledger_id: int, team_id: UUID) -> Team:
    """Return a team of a place that the person works for; raises as `standing.require_at`."""
    standing.require_holder(session, WORKERS)
    team = teams.get(session, ledger_id=ledger_id, team_id=team_id)
    standing.node_at(session, team.node_id, WORKERS)
    return team


def place_of_book(session: Session, ledger_id: int, code: str) -> int:
    """Return the id of a place in scope whose people are in this book.

    Raises:
        PermissionDenied, NotFound: As `standing.require_at`; another book's place is not there.
    """
    node = standing.place(session, code, WORKERS)
    standing.require_book(session, ledger_id, node)
    return node.id


def require_insider(session: Session, ledger_id: int) -> None:
    """Let pass members of the book and those with an office.

    Raises:
        PermissionDenied: They are neither.
    """
    person_id = person().person_id
    if members.find_of_person(session, ledger_id=ledger_id, person_id=person_id) is None:
        standing.require_holder(session, READERS)


def led_or_in_scope(
    session: Session, ledger_id: int, team_id: UUID, names: tuple[str, ...]
) -> None:
    """Let pass the team's leader, and those with one of the roles at its place.

    Raises:
        PermissionDenied: They neither lead it nor hold a role.
        NotFound: There is no such team, or they hold a role elsewhere only.
    """
    try:
        standing.require_holder(session, names)
    except PermissionDenied:
        if team_members.is_leader(
            session, ledger_id=ledger_id, team_id=team_id, person_id=person().person_id
        ):
            return
        raise
    team = teams.get(session, ledger_id=ledger_id, team_id=team_id)
    if not standing.leads(session, team):
        standing.node_at(session, team.node_id, names)
