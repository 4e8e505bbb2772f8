"""The four lists over HTTP: rows entered, changed, moved, linked, and each list as a file (T4)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading, unit_of_work
from app.community import tree, units
from app.reports import grid_claims, register_files
from app.service_orders import register_listings, registers
from app.service_orders.models import RegisterEntry
from app.service_orders.registers import Change, NewEntry
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.issued_files import issued
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import PlaceIn, items_of
from app.web.schemas.registers import (
    ChangeIn,
    EntryIn,
    EntryOut,
    EntryPageIn,
    GridClaimsOut,
    LinkIn,
    ListFileIn,
    MoveIn,
)
from app.web.session import actor

bp = Blueprint("registers", __name__, url_prefix="/books/<book>", description="The four lists")
OUT = EntryOut()


@bp.get("/register-entries")
@allow(SIGNED_IN)
@bp.arguments(EntryPageIn, location="query")
@bp.response(200, items_of(EntryOut))
def list_entries(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List one of the four lists of a place and below it: what ends first, first."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = register_listings.list_in(session, ledger_id=ledger_id, node=node, **asked)
        ids = [each.id for each in found]
        beside = register_listings.links_of(session, ledger_id=ledger_id, entry_ids=ids)
        return {"items": _listed(session, found, beside)}


@bp.post("/register-entries")
@allow(SIGNED_IN)
@bp.arguments(EntryIn)
@bp.response(201, EntryOut)
def enter(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Enter a row into one of the four lists of a place in one's charge."""
    ledger_id, code = book_id(book), asked.pop("node_code")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, code, WORKERS)
        standing.require_book(session, ledger_id, node)
        made = registers.enter(
            session, ledger_id=ledger_id, node=node, new=NewEntry(**asked), actor=actor()
        )
        return _shown(session, made, [])

    return act(verb, ledger_id=ledger_id, dump=OUT.dump)


@bp.get("/register-entries/<uuid:entry_id>")
@allow(SIGNED_IN)
@bp.response(200, EntryOut)
def show(book: str, entry_id: UUID) -> ResponseReturnValue:
    """Show a row with everything it is linked to, over however many steps."""
    ledger_id = book_id(book)
    with reading() as session:
        return _whole(session, _scoped(session, ledger_id, entry_id, READERS))


@bp.post("/register-entries/<uuid:entry_id>/move")
@allow(SIGNED_IN)
@bp.arguments(MoveIn)
@bp.response(200, EntryOut)
def move(asked: dict[str, Any], book: str, entry_id: UUID) -> ResponseReturnValue:
    """Move a row on: matched, done, withdrawn, or back."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        _scoped(session, ledger_id, entry_id, WORKERS)
        key: dict[str, Any] = {"ledger_id": ledger_id, "entry_id": entry_id}
        return _whole(session, registers.move(session, **key, **asked, actor=actor()))

    return act(verb, ledger_id=ledger_id, status=200, dump=OUT.dump)


@bp.post("/register-entries/<uuid:entry_id>/change")
@allow(SIGNED_IN)
@bp.arguments(ChangeIn)
@bp.response(200, EntryOut)
def change(asked: dict[str, Any], book: str, entry_id: UUID) -> ResponseReturnValue:
    """Say otherwise what a row is, whose, until when; with the version that was read."""
    ledger_id, version = book_id(book), asked.pop("version")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        _scoped(session, ledger_id, entry_id, WORKERS)
        key: dict[str, Any] = {"ledger_id": ledger_id, "entry_id": entry_id, "version": version}
        changed = registers.change(session, **key, to=Change(**asked), actor=actor())
        return _whole(session, changed)

    return act(verb, ledger_id=ledger_id, status=200, dump=OUT.dump)


@bp.post("/register-entries/<uuid:entry_id>/links/removal")
@allow(SIGNED_IN)
@bp.arguments(LinkIn)
@bp.response(200, EntryOut)
def unlink(asked: dict[str, Any], book: str, entry_id: UUID) -> ResponseReturnValue:
    """Take a row and one that it is linked to apart."""
    return _pair(book, entry_id, asked["other_number"], registers.unlink)


@bp.post("/register-entries/<uuid:entry_id>/links")
@allow(SIGNED_IN)
@bp.arguments(LinkIn)
@bp.response(200, EntryOut)
def link(asked: dict[str, Any], book: str, entry_id: UUID) -> ResponseReturnValue:
    """Link a row to one of another list, by its number; both are seen from both."""
    return _pair(book, entry_id, asked["other_number"], registers.link)


@bp.post("/register-entries/files")
@allow(SIGNED_IN)
@bp.arguments(ListFileIn)
@bp.alt_response(
    200,
    schema={"type": "string", "format": "binary"},
    content_type="application/octet-stream",
    success=True,
    description="The file; its code is in X-Verification-Code",
)
def write_file(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Write one of the four lists as xlsx or CSV; the export is registered (A16, D45)."""
    ledger_id, kind = book_id(book), asked["kind"]

    def work(session: Session) -> Response:
        node = standing.place(session, asked["node_code"], READERS)
        standing.require_book(session, ledger_id, node)
        content = register_files.content(
            session, ledger_id=ledger_id, node=node, list_code=asked["list_code"]
        )
        return issued(session, content, asked["list_code"], kind, ledger_id=ledger_id)

    return unit_of_work(work)


@bp.get("/claims-by-grid")
@allow(SIGNED_IN)
@bp.arguments(PlaceIn, location="query")
@bp.response(200, items_of(GridClaimsOut))
def list_by_grid(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Count the claims of a place by grid (T5); those outside of grids in a line of their own."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), READERS)
        return {"items": grid_claims.of_place(session, ledger_id=ledger_id, node=node)}


def _pair(book: str, entry_id: UUID, number: str, step: Any) -> ResponseReturnValue:
    """Run a step of two rows, both of places in one's charge."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        _scoped(session, ledger_id, entry_id, WORKERS)
        other = registers.by_number(session, ledger_id=ledger_id, number=number)
        standing.node_at(session, other.node_id, WORKERS)
        key: dict[str, Any] = {"ledger_id": ledger_id, "entry_id": entry_id}
        return _whole(session, step(session, **key, other_id=other.id, actor=actor()))

    return act(verb, ledger_id=ledger_id, status=200, dump=OUT.dump)


def _scoped(
    session: Session, ledger_id: int, entry_id: UUID, names: tuple[str, ...]
) -> RegisterEntry:
    standing.require_holder(session, names)
    found = registers.get(session, ledger_id=ledger_id, entry_id=entry_id)
    standing.node_at(session, found.node_id, names)
    return found


def _whole(session: Session, entry: RegisterEntry) -> dict[str, Any]:
    key: dict[str, Any] = {"ledger_id": entry.ledger_id, "entry_id": entry.id}
    return _shown(session, entry, register_listings.linked_to(session, **key))


def _shown(session: Session, entry: RegisterEntry, linked: list[RegisterEntry]) -> dict[str, Any]:
    return _listed(session, [entry], {entry.id: linked})[0]


def _listed(
    session: Session,
    found: Sequence[RegisterEntry],
    linked: Mapping[UUID, list[RegisterEntry]],
) -> list[dict[str, Any]]:
    """Show rows with their units and places, each read in one statement."""
    names = ("id", "number", "list_code", "title", "text", "unit_id", "state", "due_on", "version")
    owners = units.get_many(session, {each.unit_id for each in found if each.unit_id})
    nodes = tree.get_many(session, {each.node_id for each in found})
    return [
        {
            **{name: getattr(each, name) for name in names},
            "unit": owners[each.unit_id].name if each.unit_id else None,
            "node_code": nodes[each.node_id].code,
            "linked": linked.get(each.id, []),
        }
        for each in found
    ]
