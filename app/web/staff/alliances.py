"""Alliances (近邻志愿同盟): teams of one community that see one pool of activities."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.people import alliances, teams
from app.people.models import Alliance
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import NameIn, TeamIdIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem

bp = Blueprint("alliances", __name__, url_prefix="/<place>/alliances")
SHOWN_MAX = 200


@bp.get("/new")
@allow(SIGNED_IN)
def new() -> ResponseReturnValue:
    """Show the form of a new alliance."""
    desk.require(*desk.WORKERS)
    return _new()


@bp.post("")
@allow(SIGNED_IN)
def create() -> ResponseReturnValue:
    """Found an alliance at this place."""

    def verb(session: Session, asked: dict[str, Any]) -> Alliance:
        node = desk.require_here(session, desk.WORKERS)
        return alliances.create(
            session, ledger_id=desk.ledger_id(), node_id=node.id, actor=actor(), **asked
        )

    return forms.answer(
        verb,
        schema=NameIn,
        show=lambda made: str(made.id),
        said="同盟建好了，把队伍加进来。",
        to=lambda made: url_for("staff.alliances.show", alliance_id=made),
        again=_new,
    )


@bp.get("/<uuid:alliance_id>")
@allow(SIGNED_IN)
def show(alliance_id: UUID) -> ResponseReturnValue:
    """Show an alliance with its teams and their history."""
    return _show(alliance_id)


@bp.post("/<uuid:alliance_id>/join")
@allow(SIGNED_IN)
def join(alliance_id: UUID) -> ResponseReturnValue:
    """Let a team join, by its agreement."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, alliance_id, desk.WORKERS)
        alliances.join(
            session, **_named(alliance_id), agreed_by_id=desk.me(), actor=actor(), **asked
        )

    return _step(verb, alliance_id, "已加入同盟。", TeamIdIn)


@bp.post("/<uuid:alliance_id>/leave")
@allow(SIGNED_IN)
def leave(alliance_id: UUID) -> ResponseReturnValue:
    """End a team's stay; its history remains."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, alliance_id, desk.WORKERS)
        alliances.leave(session, **_named(alliance_id), actor=actor(), **asked)

    return _step(verb, alliance_id, "已退出同盟，以前的记录还在。", TeamIdIn)


def _step(verb: forms.Verb, alliance_id: UUID, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.alliances.show", alliance_id=alliance_id),
        again=lambda problem: _show(alliance_id, problem),
    )


def _named(alliance_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "alliance_id": alliance_id}


def _scoped(session: Session, alliance_id: UUID, names: tuple[str, ...]) -> Alliance:
    found = alliances.get(session, **_named(alliance_id))
    desk.require_at(session, found.node_id, names)
    return found


def _new(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("teams")
    return forms.page("alliance_new.html", problem)


def _show(alliance_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("teams")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = _scoped(session, alliance_id, desk.READERS)
        node = tree.get(session, found.node_id)
        joined = alliances.list_teams(session, **_named(alliance_id))
        every = teams.list_in(session, **key, node=node, limit=SHOWN_MAX)
        stays = alliances.history(session, **_named(alliance_id))
        names = teams.get_many(session, **key, team_ids=[each.team_id for each in stays])
    inside = {each.id for each in joined}
    return forms.page(
        "alliance.html",
        problem,
        alliance=found,
        joined=joined,
        outside=[each for each in every if each.id not in inside and each.node_id == node.id],
        stays=stays,
        names=names,
    )
