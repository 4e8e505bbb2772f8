"""Alliances (近邻志愿同盟): teams of one community that share one pool of activities (C1)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities.funnel import Cohort
from app.base import clock
from app.base.transactions import reading
from app.community import tree
from app.people import alliances
from app.people.models import Alliance
from app.points import programmes
from app.reports import alliance_funnels
from app.web.acts import act
from app.web.api import teams as team_doors
from app.web.api.standing import READERS, WORKERS, book_id, node_at
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import DaysIn
from app.web.schemas.groups import (
    AllianceFunnelOut,
    AllianceOut,
    AllianceTeamIn,
    FullAllianceOut,
    NewAllianceIn,
)
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.session import actor, person

bp = Blueprint("alliances", __name__, url_prefix="/books/<book>/alliances", description="Alliances")


@bp.get("")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(AllianceOut))
def list_alliances(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List the alliances of a place, or of the whole book, by name."""
    ledger_id = book_id(book)
    with reading() as session:
        team_doors.require_insider(session, ledger_id)
        home = programmes.of_ledger(session, ledger_id).node_id
        code = asked.get("node_code")
        node = tree.by_code(session, code) if code else tree.get(session, home)
        found = alliances.list_in(session, ledger_id=ledger_id, node=node)
        first = asked["offset"]
        return {"items": _shown(session, found[first : first + asked["limit"]])}


@bp.post("")
@allow(SIGNED_IN)
@bp.arguments(NewAllianceIn)
@bp.response(201, AllianceOut)
def create(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Found an alliance under a community."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node_id = team_doors.place_of_book(session, ledger_id, asked["node_code"])
        alliance = alliances.create(
            session, ledger_id=ledger_id, node_id=node_id, name=asked["name"], actor=actor()
        )
        return _shown(session, [alliance])[0]

    return act(verb, ledger_id=ledger_id, dump=AllianceOut().dump)


@bp.get("/<uuid:alliance_id>")
@allow(SIGNED_IN)
@bp.response(200, FullAllianceOut)
def show(book: str, alliance_id: UUID) -> dict[str, Any]:
    """Show an alliance with its teams of today."""
    ledger_id = book_id(book)
    with reading() as session:
        team_doors.require_insider(session, ledger_id)
        alliance = alliances.get(session, ledger_id=ledger_id, alliance_id=alliance_id)
        allied = alliances.list_teams(session, ledger_id=ledger_id, alliance_id=alliance_id)
        return {**_shown(session, [alliance])[0], "teams": team_doors.shown(session, allied)}


@bp.post("/<uuid:alliance_id>/teams")
@allow(SIGNED_IN)
@bp.arguments(AllianceTeamIn)
@bp.response(204)
def join(asked: dict[str, Any], book: str, alliance_id: UUID) -> ResponseReturnValue:
    """Let a team join by agreement: its leader agrees, or staff for it; who agreed is kept."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> None:
        team_doors.led_or_in_scope(session, ledger_id, asked["team_id"], WORKERS)
        alliances.join(
            session,
            ledger_id=ledger_id,
            alliance_id=alliance_id,
            team_id=asked["team_id"],
            agreed_by_id=person().person_id,
            actor=actor(),
        )

    return act(verb, ledger_id=ledger_id, status=204)


@bp.delete("/<uuid:alliance_id>/teams/<uuid:team_id>")
@allow(SIGNED_IN)
@bp.response(204)
def leave(book: str, alliance_id: UUID, team_id: UUID) -> ResponseReturnValue:
    """End a team's stay in an alliance; its history remains."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> None:
        team_doors.led_or_in_scope(session, ledger_id, team_id, WORKERS)
        alliances.leave(
            session, ledger_id=ledger_id, alliance_id=alliance_id, team_id=team_id, actor=actor()
        )

    return act(verb, ledger_id=ledger_id, status=204)


@bp.get("/<uuid:alliance_id>/funnel")
@allow(SIGNED_IN)
@bp.arguments(DaysIn, location="query")
@bp.response(200, AllianceFunnelOut)
def count_funnel(asked: dict[str, Any], book: str, alliance_id: UUID) -> Any:
    """Count teams, calls, answers, activities held, people and minutes, and each team's share."""
    ledger_id = book_id(book)
    with reading() as session:
        alliance = alliances.get(session, ledger_id=ledger_id, alliance_id=alliance_id)
        node = node_at(session, alliance.node_id, READERS)
        begins_at, ends_at = (clock.day_bounds(asked[name]) for name in ("begins_on", "ends_on"))
        return alliance_funnels.count(
            session,
            ledger_id=ledger_id,
            node=node,
            alliance_id=alliance_id,
            cohort=Cohort(begins_at[0], ends_at[1]),
        )


def _shown(session: Session, found: Sequence[Alliance]) -> list[dict[str, Any]]:
    nodes = tree.get_many(session, {alliance.node_id for alliance in found})
    return [
        {"id": each.id, "name": each.name, "node_code": nodes[each.node_id].code} for each in found
    ]
