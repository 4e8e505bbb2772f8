"""What hangs on a place: units and venues, the programme it starts, the kinds of places.

A unit's id names a co-organiser of an activity; a venue's, where it is held.
"""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree, venues
from app.community import units as register
from app.community.models import Node, Unit, Venue
from app.people import audit
from app.points import programmes
from app.web.acts import act
from app.web.api import standing
from app.web.api.nodes import ADMINISTRATORS
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.points import ProgrammeOut
from app.web.schemas.units import (
    KindIn,
    KindOut,
    ProgrammeIn,
    UnitIn,
    UnitOut,
    VenueIn,
    VenueOut,
)
from app.web.session import actor

bp = Blueprint("units", __name__, description="Units, venues, kinds of places")


@bp.get("/node-kinds")
@allow(PUBLIC)
@bp.response(200, items_of(KindOut))
def list_kinds() -> ResponseReturnValue:
    """List the kinds that places may have."""
    with reading() as session:
        return {"items": tree.kinds(session)}


@bp.post("/node-kinds")
@allow(SIGNED_IN)
@bp.arguments(KindIn)
@bp.response(201, KindOut)
def add_kind(asked: dict[str, Any]) -> ResponseReturnValue:
    """Add a local kind of place, by an administrator: a tree may have levels of its own."""

    def verb(session: Session, _fact: None) -> Any:
        standing.require_holder(session, ADMINISTRATORS)
        kind = tree.add_kind(session, **asked, is_official=False, actor=actor())
        _note(session, "kind_added", "kind", kind=kind.code)
        return kind

    return act(verb, dump=KindOut().dump)


@bp.get("/nodes/<node_code>/units")
@allow(SIGNED_IN)
@bp.response(200, items_of(UnitOut))
def list_units(node_code: str) -> ResponseReturnValue:
    """List the units (共建单位) of a place and below it, by name."""
    with reading() as session:
        found = register.list_in(session, tree.by_code(session, node_code))
        return {"items": _placed(session, found, "partner_class")}


@bp.post("/nodes/<node_code>/units")
@allow(SIGNED_IN)
@bp.arguments(UnitIn)
@bp.response(201, UnitOut)
def add_unit(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Enter a unit that works with a place; one of this name is answered as it stands."""

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, node_code, standing.WORKERS)
        unit = register.add(session, node=node, actor=actor(), **asked)
        _note(session, "unit_added", "unit", node, name=unit.name)
        return _placed(session, [unit], "partner_class")[0]

    return act(verb, dump=UnitOut().dump)


@bp.get("/nodes/<node_code>/venues")
@allow(SIGNED_IN)
@bp.response(200, items_of(VenueOut))
def list_venues(node_code: str) -> ResponseReturnValue:
    """List the venues (阵地) of a place and below it, by name."""
    with reading() as session:
        found = venues.list_in(session, tree.by_code(session, node_code))
        return {"items": _placed(session, found, "address")}


@bp.post("/nodes/<node_code>/venues")
@allow(SIGNED_IN)
@bp.arguments(VenueIn)
@bp.response(201, VenueOut)
def add_venue(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Enter a venue of a place."""

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, node_code, standing.WORKERS)
        venue = venues.add(session, node=node, actor=actor(), **asked)
        _note(session, "venue_added", "venue", node, name=venue.name)
        return _placed(session, [venue], "address")[0]

    return act(verb, dump=VenueOut().dump)


@bp.post("/nodes/<node_code>/programme")
@allow(SIGNED_IN)
@bp.arguments(ProgrammeIn)
@bp.response(201, ProgrammeOut)
def start_programme(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Start a programme of a place, by its administrator; it opens a book, valid below (P2)."""

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, node_code, ADMINISTRATORS)
        terms = {name: value for name, value in asked.items() if name != "book"}
        code = asked["book"]
        made = programmes.start(session, node=node, book_code=code, actor=actor(), **terms)
        return {
            "book": code,
            "name": made.name,
            "node_code": node.code,
            "node_name": node.short_name,
            "is_inherited": False,
            "has_points": made.has_points,
            "valid_from_on": made.valid_from_on,
            **({"expiry_policy": made.expiry_policy} if made.has_points else {}),
        }

    return act(verb, dump=ProgrammeOut().dump)


def _placed(session: Session, found: list[Unit] | list[Venue], extra: str) -> list[dict[str, Any]]:
    nodes = tree.get_many(session, {each.node_id for each in found})
    names = ("id", "kind", "name", extra)
    return [
        {**{name: getattr(each, name) for name in names}, "node_code": nodes[each.node_id].code}
        for each in found
    ]


def _note(
    session: Session, action: str, subject_kind: str, node: Node | None = None, **facts: Any
) -> None:
    if node is not None:
        facts["node_code"] = node.code
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action=action,
        subject_kind=subject_kind,
        **facts,
    )
