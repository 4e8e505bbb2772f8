"""Venues and agreements over the API: what a place has, and what units agreed with it."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.community import agreements, tree, units, venues
from app.community.agreements import Terms
from app.community.models import Agreement, Venue
from app.people import audit
from app.web.acts import act
from app.web.api import standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.venues import (
    AgreementIn,
    AgreementListIn,
    AgreementOut,
    EndIn,
    VenueDetailsIn,
    VenueWholeOut,
)
from app.web.session import actor

bp = Blueprint("venues", __name__, description="Venues and agreements")


@bp.get("/venues/<int:venue_id>")
@allow(SIGNED_IN)
@bp.response(200, VenueWholeOut)
def show(venue_id: int) -> Any:
    """Show a venue with what it has."""
    with reading() as session:
        return described(session, [venues.get(session, venue_id)])[0]


@bp.put("/venues/<int:venue_id>")
@allow(SIGNED_IN)
@bp.arguments(VenueDetailsIn)
@bp.response(200, VenueWholeOut)
def change(asked: dict[str, Any], venue_id: int) -> ResponseReturnValue:
    """Say what a venue has, when it is open, its other names and its centre: the whole of it."""

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, standing.WORKERS)
        venue = venues.get(session, venue_id)
        standing.node_at(session, venue.node_id, standing.WORKERS)
        venues.change(session, venue=venue, actor=actor(), **asked)
        _note(session, "venue_changed", "venue", venue_id=venue.id)
        return described(session, [venue])[0]

    return act(verb, dump=VenueWholeOut().dump, status=200, needs_key=False)


@bp.get("/nodes/<node_code>/agreements")
@allow(SIGNED_IN)
@bp.arguments(AgreementListIn, location="query")
@bp.response(200, items_of(AgreementOut))
def list_agreements(asked: dict[str, Any], node_code: str) -> Any:
    """List what units agreed with a place and all below it; those that run first (T17, T20)."""
    with reading() as session:
        node = tree.by_code(session, node_code)
        return {"items": _agreed(session, agreements.list_in(session, node, **asked))}


@bp.post("/nodes/<node_code>/agreements")
@allow(SIGNED_IN)
@bp.arguments(AgreementIn)
@bp.response(201, AgreementOut)
def sign(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Enter an agreement of a unit with this place; a claimed building is claimed once (T18)."""
    unit_id = asked.pop("unit_id")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, node_code, standing.WORKERS)
        unit = units.get(session, unit_id)
        made = agreements.sign(session, unit=unit, node=node, terms=Terms(**asked), actor=actor())
        _note(session, "agreement_signed", "agreement", kind=made.kind, node_code=node.code)
        return _agreed(session, [made])[0]

    return act(verb, dump=AgreementOut().dump)


@bp.post("/agreements/<int:agreement_id>/end")
@allow(SIGNED_IN)
@bp.arguments(EndIn)
@bp.response(200, AgreementOut)
def end(asked: dict[str, Any], agreement_id: int) -> ResponseReturnValue:
    """End an agreement today, with the reason; a claimed place is free again."""

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, standing.WORKERS)
        found = agreements.get(session, agreement_id)
        standing.node_at(session, found.node_id, standing.WORKERS)
        done = agreements.end(session, agreement_id=agreement_id, actor=actor(), **asked)
        _note(session, "agreement_ended", "agreement", kind=done.kind)
        return _agreed(session, [done])[0]

    return act(verb, dump=AgreementOut().dump, status=200)


def described(session: Session, found: list[Venue]) -> list[dict[str, Any]]:
    """Return venues as the API shows them."""
    ids = [each.id for each in found]
    tags, aliases = venues.tags_of(session, ids), venues.aliases_of(session, ids)
    nodes = tree.get_many(session, {each.node_id for each in found})
    own = ("id", "kind", "name", "address", "parent_id", "opening", "closed_on")
    return [
        {
            **{name: getattr(each, name) for name in own},
            "node_code": nodes[each.node_id].code,
            "node_name": nodes[each.node_id].short_name,
            "tags": tags.get(each.id, []),
            "aliases": aliases.get(each.id, []),
        }
        for each in found
    ]


def _agreed(session: Session, found: list[Agreement]) -> list[dict[str, Any]]:
    whose = units.get_many(session, {each.unit_id for each in found})
    nodes = tree.get_many(session, {each.node_id for each in found})
    crumbs = tree.breadcrumbs(session, nodes.values())
    today = clock.today()
    return [
        {
            **{name: getattr(each, name, None) for name in AgreementOut().fields},
            "unit_name": whose[each.unit_id].name,
            "unit_kind": whose[each.unit_id].kind,
            "node_code": nodes[each.node_id].code,
            "place": crumbs[each.node_id],
            "is_running": agreements.is_running(each, today),
        }
        for each in found
    ]


def _note(session: Session, action: str, subject_kind: str, **facts: Any) -> None:
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action=action,
        subject_kind=subject_kind,
        **facts,
    )
