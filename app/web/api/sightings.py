"""Sightings (随手拍) over HTTP: reported with a photo, accepted or refused by staff (T26)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.base.transactions import reading, unit_of_work
from app.community import tree
from app.people import audit, members
from app.points import grants, programmes
from app.service_orders import sighting_listings, sighting_rates, sightings
from app.service_orders.models import Sighting
from app.service_orders.sightings import Seen
from app.web import photos
from app.web.acts import act
from app.web.api import standing
from app.web.api.nodes import ADMINISTRATORS
from app.web.api.standing import DECIDERS, READERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.lists import items_of
from app.web.schemas.members import ReasonIn
from app.web.schemas.sightings import (
    SightingIn,
    SightingOut,
    SightingPageIn,
    SightingPhotoIn,
    SightingRateIn,
    SightingRateOut,
)
from app.web.session import actor

bp = Blueprint("sightings", __name__, url_prefix="/books/<book>", description="Sightings")
OUT = SightingOut()


@bp.get("/me/sightings")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(SightingOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what I reported, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        key = standing.my_key(session, ledger_id)
        found = sighting_listings.list_of_member(session, **key, **asked)
        return {"items": _shown_all(session, ledger_id, found)}


@bp.post("/me/sightings")
@allow(SIGNED_IN)
@bp.arguments(SightingPhotoIn, location="files")
@bp.arguments(SightingIn, location="form")
@bp.response(201, SightingOut)
def report(_files: dict[str, FileStorage], asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Report what I see, with a photo if there is one; for the place of my duty."""
    ledger_id, taken = book_id(book), photos.sent("photo")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        me = standing.my_member(session, ledger_id)
        seen = Seen(
            kind=asked["kind"],
            place=asked["place_text"],
            text=asked["text"],
            picture=taken[0] if taken else None,
        )
        node = tree.by_code(session, asked["node_code"]) if asked["node_code"] else None
        made = sightings.report(session, ledger_id=ledger_id, member=me, node=node, seen=seen)
        return _shown(session, made)

    return act(verb, ledger_id=ledger_id, dump=OUT.dump)


@bp.get("/sightings")
@allow(SIGNED_IN)
@bp.arguments(SightingPageIn, location="query")
@bp.response(200, items_of(SightingOut))
def list_sightings(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the reports of a place and below it: the oldest that waits first, then the latest."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = sighting_listings.list_in(session, ledger_id=ledger_id, node=node, **asked)
        return {"items": _shown_all(session, ledger_id, found)}


@bp.get("/sightings/<uuid:sighting_id>/photo")
@allow(SIGNED_IN)
@bp.alt_response(
    200,
    schema={"type": "string", "format": "binary"},
    content_type="image/jpeg",
    success=True,
    description="The picture: JPEG without metadata, not to be kept",
)
def photo(book: str, sighting_id: UUID) -> Response:
    """Show a report's photo to who decides on it; that they looked is written down."""
    ledger_id = book_id(book)

    def look(session: Session) -> bytes:
        found = _scoped(session, ledger_id, sighting_id)
        jpeg = sightings.photo_of(found)
        note_opened(session, found)
        return jpeg

    return photos.as_picture(unit_of_work(look))


@bp.post("/sightings/<uuid:sighting_id>/accept")
@allow(SIGNED_IN)
@bp.response(200, SightingOut)
def accept(book: str, sighting_id: UUID) -> ResponseReturnValue:
    """Accept a report: it earns by the rate, up to the day's points."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        _scoped(session, ledger_id, sighting_id)
        key: dict[str, Any] = {"ledger_id": ledger_id, "sighting_id": sighting_id}
        return _shown(session, sightings.accept(session, **key, actor=actor()))

    return act(verb, ledger_id=ledger_id, status=200, dump=OUT.dump)


@bp.post("/sightings/<uuid:sighting_id>/refuse")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, SightingOut)
def refuse(asked: dict[str, str], book: str, sighting_id: UUID) -> ResponseReturnValue:
    """Refuse a report, with the reason; nothing is earned."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        _scoped(session, ledger_id, sighting_id)
        key: dict[str, Any] = {"ledger_id": ledger_id, "sighting_id": sighting_id}
        return _shown(
            session, sightings.refuse(session, **key, reason=asked["reason"], actor=actor())
        )

    return act(verb, ledger_id=ledger_id, status=200, dump=OUT.dump)


@bp.post("/sighting-rate")
@allow(SIGNED_IN)
@bp.arguments(SightingRateIn)
@bp.response(201, SightingRateOut)
def put_rate(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Say what an accepted report makes and how many a day earn, by the programme's own people."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        standing.require_holder(session, ADMINISTRATORS)
        programme = programmes.of_ledger(session, ledger_id)
        standing.node_at(session, programme.node_id, ADMINISTRATORS)
        return sighting_rates.put(session, programme=programme, **asked, actor=actor())

    return act(verb, ledger_id=ledger_id, dump=SightingRateOut().dump)


def note_opened(session: Session, sighting: Sighting) -> None:
    """Write down that staff looked at a photo (D49)."""
    audit.write(
        session,
        ledger_id=sighting.ledger_id,
        actor=actor(),
        action="photo_opened",
        subject_kind="sighting",
        subject_id=sighting.id,
    )


def _scoped(session: Session, ledger_id: int, sighting_id: UUID) -> Sighting:
    standing.require_holder(session, DECIDERS)
    found = sightings.get(session, ledger_id=ledger_id, sighting_id=sighting_id)
    standing.node_at(session, found.node_id, DECIDERS)
    return found


def _shown(session: Session, sighting: Sighting) -> dict[str, Any]:
    return _shown_all(session, sighting.ledger_id, [sighting])[0]


def _shown_all(session: Session, ledger_id: int, found: Sequence[Sighting]) -> list[dict[str, Any]]:
    """Return reports with whose they are, where, and what they made: three statements for all."""
    names = ("id", "number", "kind", "place", "seen_at", "state", "reason")
    ids = {each.member_id for each in found}
    whose = members.get_many(session, ledger_id=ledger_id, member_ids=ids)
    made = {each.grant_id for each in found if each.grant_id}
    granted = grants.get_many(session, ledger_id=ledger_id, grant_ids=made)
    nodes = tree.get_many(session, {each.node_id for each in found})
    return [
        {
            **{name: getattr(each, name) for name in names},
            "text": sightings.text_of(each),
            "node_code": nodes[each.node_id].code,
            "has_photo": each.photo_cipher is not None,
            "points": granted[each.grant_id].points if each.grant_id else None,
            "volunteer_no": whose[each.member_id].volunteer_no,
        }
        for each in found
    ]
