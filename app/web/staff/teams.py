"""Teams of a place: founded, found by any of their names, joined, led, closed."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.community.models import Node
from app.people import alliances, team_counts, team_members, teams
from app.people.models import Team
from app.people.teams import NewTeam
from app.web import team_kinds
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import AliasIn, TeamIn, TeamMemberIn
from app.web.schemas.desk_lists import TeamListIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("teams", __name__, url_prefix="/<place>/teams")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the teams and alliances of the place; a team is found by an alias too."""
    return _list()


@bp.post("")
@allow(SIGNED_IN)
def create() -> ResponseReturnValue:
    """Found a team."""

    def verb(session: Session, asked: dict[str, Any]) -> Team:
        node = desk.require_here(session, desk.WORKERS)
        written = asked.pop("aliases").replace("，", ",").replace("、", ",")
        aliases = tuple(part.strip() for part in written.split(",") if part.strip())
        asked["kind"] = asked["kind"] or teams.KINDS[0]
        new = NewTeam(node_id=node.id, aliases=aliases, **asked)
        return teams.create(session, ledger_id=desk.ledger_id(), team=new, actor=actor())

    return forms.answer(
        verb,
        schema=TeamIn,
        show=lambda made: str(made.id),
        said=_("队伍建好了，把队长加进来。"),
        to=lambda made: url_for("staff.teams.team", team_id=made),
        again=_list,
    )


@bp.get("/<uuid:team_id>")
@allow(SIGNED_IN)
def team(team_id: UUID) -> ResponseReturnValue:
    """Show a team with its members, leaders first."""
    return _team(team_id)


@bp.post("/<uuid:team_id>/aliases")
@allow(SIGNED_IN)
def add_alias(team_id: UUID) -> ResponseReturnValue:
    """Let another spelling find the team."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, team_id, desk.WORKERS)
        teams.add_alias(session, **_named(team_id), actor=actor(), **asked)

    return _step(verb, team_id, _("别名加上了，写哪个都找得到。"), AliasIn)


@bp.post("/<uuid:team_id>/members")
@allow(SIGNED_IN)
def add_member(team_id: UUID) -> ResponseReturnValue:
    """Let a member of the book join a team, or lead it."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, team_id, desk.WORKERS)
        joining = numbered(session, asked["volunteer_no"])
        desk.require_at(session, joining.node_id, desk.WORKERS)
        key: dict[str, Any] = {**_named(team_id), "member_id": joining.id, "actor": actor()}
        stay = team_members.join(session, **key, role=asked["role"])
        if stay.role != asked["role"]:
            team_members.set_role(session, **key, role=asked["role"])

    return _step(verb, team_id, _("已加入队伍。"), TeamMemberIn)


@bp.post("/<uuid:team_id>/members/<uuid:member_id>/lead")
@allow(SIGNED_IN)
def lead(team_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Make a member of the team its leader."""
    return _role(team_id, member_id, "leader", _("已经是队长。"))


@bp.post("/<uuid:team_id>/members/<uuid:member_id>/follow")
@allow(SIGNED_IN)
def follow(team_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Make a leader a plain member again."""
    return _role(team_id, member_id, "member", _("不再是队长，还在队里。"))


@bp.post("/<uuid:team_id>/members/<uuid:member_id>/leave")
@allow(SIGNED_IN)
def leave(team_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """End a member's stay; what they did in it stays readable."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _scoped(session, team_id, desk.WORKERS)
        team_members.leave(session, **_named(team_id), member_id=member_id, actor=actor())

    return _step(verb, team_id, _("已退出队伍，以前的记录还在。"))


@bp.post("/<uuid:team_id>/close")
@allow(SIGNED_IN)
def close(team_id: UUID) -> ResponseReturnValue:
    """Close a team; its history remains."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _scoped(session, team_id, desk.WORKERS)
        teams.close(session, **_named(team_id), actor=actor())

    return _step(verb, team_id, _("队伍停办了，以前的记录还在。"))


def _role(team_id: UUID, member_id: UUID, role: str, said: str) -> ResponseReturnValue:
    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _scoped(session, team_id, desk.WORKERS)
        team_members.set_role(
            session, **_named(team_id), member_id=member_id, role=role, actor=actor()
        )

    return _step(verb, team_id, said)


def _step(verb: forms.Verb, team_id: UUID, said: str, schema: Any = None) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.teams.team", team_id=team_id),
        again=lambda problem: _team(team_id, problem),
    )


def _named(team_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "team_id": team_id}


def _scoped(session: Session, team_id: UUID, names: tuple[str, ...]) -> Team:
    found = teams.get(session, **_named(team_id))
    desk.require_at(session, found.node_id, names)
    return found


def _list(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("teams")
    asked, wrong = forms.asked(TeamListIn)
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        node = desk.here().node
        slice_ = {name: asked[name] for name in ("limit", "offset")}
        sought = teams.Sought(asked["text"], asked["lead_body"], asked["kind"])
        found = teams.list_in(session, **key, node=node, sought=sought, **slice_)
        counts = team_counts.members_of(session, **key, team_ids=[each.id for each in found])
        unions = alliances.list_in(session, **key, node=node)
        allied = alliances.teams_of_many(session, **key, alliance_ids=[each.id for each in unions])
        nodes = tree.get_many(session, {each.node_id for each in found})
        choices = _choices(session, key, node)
    return forms.page(
        "teams.html",
        problem or wrong,
        found=found,
        counts=counts,
        unions=[(each, allied[each.id]) for each in unions],
        nodes=nodes,
        default_kind=teams.KINDS[0],
        **asked,
        **choices,
    )


def _choices(session: Session, key: dict[str, Any], node: Node) -> dict[str, Any]:
    """What the teams here can be filtered by, and how many there are."""
    here = team_counts.by_kind(session, **key, node=node)
    bodies = teams.lead_bodies_in(session, **key, node=node)
    return {
        "kinds": list(dict.fromkeys([*teams.KINDS, *here])),
        "kinds_here": [(kind, team_kinds.name(kind)) for kind in here],
        "kind_name": team_kinds.name,
        "lead_bodies": [(body, body) for body in bodies],
        "sums": team_counts.of_place(session, **key, node=node),
    }


def _team(team_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("teams")
    with reading() as session:
        found = _scoped(session, team_id, desk.READERS)
        return forms.page(
            "team.html",
            problem,
            team=found,
            place=tree.get(session, found.node_id),
            aliases=teams.aliases_of(session, **_named(team_id)),
            members=team_members.list_members(session, **_named(team_id)),
        )
