"""A zone (商圈, 片区) at the desk: places of several parents, counted once (C20, O18)."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.serials import HOUSE
from app.base.transactions import reading
from app.community import tree, zones
from app.community.models import Node
from app.people import audit
from app.reports import zone_figures
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.team_reports import ZoneMemberIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("zones", __name__, url_prefix="/<place>/zone")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show a zone's members and figures; only a place of that kind has them."""
    return _show()


@bp.post("/members")
@allow(SIGNED_IN)
def add() -> ResponseReturnValue:
    """Take a place into the zone."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        zone, node = _pair(session, asked["node_code"])
        zones.add(session, zone=zone, node=node, actor=actor())
        _note(session, "zone_joined", zone, node)

    return _step(verb, _("加进来了。"))


@bp.post("/members/removal")
@allow(SIGNED_IN)
def remove() -> ResponseReturnValue:
    """Take a place out of the zone."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        zone, node = _pair(session, asked["node_code"])
        zones.remove(session, zone=zone, node=node)
        _note(session, "zone_left", zone, node)

    return _step(verb, _("移出去了，以前的记录还在。"))


def _step(verb: forms.Verb, said: str) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=ZoneMemberIn,
        ledger_id=HOUSE,
        said=said,
        to=url_for("staff.zones.show"),
        again=_show,
    )


def _pair(session: Session, node_code: str) -> tuple[Node, Node]:
    zone = desk.require_here(session, desk.MANAGERS)
    node = tree.by_code(session, node_code)
    desk.require_at(session, node.id, desk.MANAGERS)
    return zone, node


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


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("manage")
    zone = desk.here().node
    if zone.kind_code != zones.KIND:
        raise NotFound("no zone")
    with reading() as session:
        found = zones.members_of(session, zone)
        return forms.page(
            "registers/zone.html",
            problem,
            members=found,
            crumbs_of=tree.breadcrumbs(session, found),
            figures=zone_figures.of_zone(session, ledger_id=desk.ledger_id(), zone=zone),
        )
