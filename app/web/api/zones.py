"""Zones (商圈) over HTTP: places of several parents that count once, joined by administrators."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree, zones
from app.community.models import Node
from app.people import audit
from app.points import programmes
from app.reports import zone_figures
from app.web.acts import act
from app.web.api import standing
from app.web.api.nodes import ADMINISTRATORS
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.team_reports import ZoneMemberIn, ZoneOut
from app.web.session import actor

bp = Blueprint("zones", __name__, url_prefix="/nodes/<node_code>", description="Zones")


@bp.get("/zone")
@allow(SIGNED_IN)
@bp.response(200, ZoneOut)
def show(node_code: str) -> ResponseReturnValue:
    """Show a zone's members and its own figures, every part once."""
    with reading() as session:
        zone = standing.place(session, node_code, standing.READERS)
        return _shown(session, zone)


@bp.post("/zone-members")
@allow(SIGNED_IN)
@bp.arguments(ZoneMemberIn)
@bp.response(201, ZoneOut)
def add(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Take a place into a zone; both are in the administrator's charge."""

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        zone, node = _pair(session, node_code, asked["node_code"])
        zones.add(session, zone=zone, node=node, actor=actor())
        _note(session, "zone_joined", zone, node)
        return _shown(session, zone)

    return act(verb, dump=ZoneOut().dump)


@bp.post("/zone-members/removal")
@allow(SIGNED_IN)
@bp.arguments(ZoneMemberIn)
@bp.response(200, ZoneOut)
def remove(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Take a place out of a zone; what was done there stays where it was done."""

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        zone, node = _pair(session, node_code, asked["node_code"])
        zones.remove(session, zone=zone, node=node)
        _note(session, "zone_left", zone, node)
        return _shown(session, zone)

    return act(verb, status=200, dump=ZoneOut().dump)


def _pair(session: Session, zone_code: str, node_code: str) -> tuple[Node, Node]:
    zone = standing.place(session, zone_code, ADMINISTRATORS)
    return zone, standing.place(session, node_code, ADMINISTRATORS)


def _shown(session: Session, zone: Node) -> dict[str, Any]:
    members = zones.members_of(session, zone)
    crumbs = tree.breadcrumbs(session, members)
    programme = programmes.find_of_node(session, zone)
    figures: dict[str, Any] = {}
    if programme is not None:
        found = zone_figures.of_zone(session, ledger_id=programme.ledger_id, zone=zone)
        names = ("team_count", "people_count", "minutes", "served_people_count")
        figures = {name: getattr(found, name) for name in names}
    return {
        "node_code": zone.code,
        "members": [
            {"node_code": each.code, "name": each.short_name, "breadcrumb": crumbs[each.id]}
            for each in members
        ],
        **figures,
    }


def _note(session: Session, action: str, zone: Node, node: Node) -> None:
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action=action,
        subject_kind="node",
        zone_code=zone.code,
        node_code=node.code,
    )
