"""Evidence photos over the API: sent by the member or who enters, seen by them and who decides."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.base.transactions import reading
from app.points import photos as kept
from app.points.photos import Kept, Subject
from app.web import photos
from app.web.acts import act
from app.web.api import standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.showing import PhotoIn, PhotoOut

bp = Blueprint("photos", __name__, url_prefix="/books/<book>", description="Evidence photos")


@bp.after_request
def close_files(response: Response) -> Response:
    """Close what was uploaded: a large file lies in a temporary one."""
    request.close()
    return response


@bp.get("/backfills/<uuid:backfill_id>/photos")
@allow(SIGNED_IN)
@bp.response(200, items_of(PhotoOut))
def list_of_backfill(book: str, backfill_id: UUID) -> dict[str, Any]:
    """List the photos of a back-fill, without the pictures."""
    return _list(book, "backfill", backfill_id)


@bp.get("/objections/<uuid:objection_id>/photos")
@allow(SIGNED_IN)
@bp.response(200, items_of(PhotoOut))
def list_of_objection(book: str, objection_id: UUID) -> dict[str, Any]:
    """List the photos of an objection, without the pictures."""
    return _list(book, "objection", objection_id)


@bp.post("/backfills/<uuid:backfill_id>/photos")
@allow(SIGNED_IN)
@bp.arguments(PhotoIn, location="files")
@bp.response(201, PhotoOut)
def add_to_backfill(
    files: dict[str, FileStorage], book: str, backfill_id: UUID
) -> ResponseReturnValue:
    """Add a photo while the back-fill waits: three at most, metadata taken off."""
    return _add(book, "backfill", backfill_id)


@bp.post("/objections/<uuid:objection_id>/photos")
@allow(SIGNED_IN)
@bp.arguments(PhotoIn, location="files")
@bp.response(201, PhotoOut)
def add_to_objection(
    files: dict[str, FileStorage], book: str, objection_id: UUID
) -> ResponseReturnValue:
    """Add a photo while the objection is open: three at most, metadata taken off."""
    return _add(book, "objection", objection_id)


@bp.get("/orders/<uuid:order_id>/photos")
@allow(SIGNED_IN)
@bp.response(200, items_of(PhotoOut))
def list_of_order(book: str, order_id: UUID) -> dict[str, Any]:
    """List the photos of an order, without the pictures."""
    return _list(book, "order", order_id)


@bp.post("/orders/<uuid:order_id>/photos")
@allow(SIGNED_IN)
@bp.arguments(PhotoIn, location="files")
@bp.response(201, PhotoOut)
def add_to_order(files: dict[str, FileStorage], book: str, order_id: UUID) -> ResponseReturnValue:
    """Add a photo while the order is open: three at most, metadata taken off."""
    return _add(book, "order", order_id)


@bp.get("/field-calls/<uuid:call_id>/photos")
@allow(SIGNED_IN)
@bp.response(200, items_of(PhotoOut))
def list_of_call(book: str, call_id: UUID) -> dict[str, Any]:
    """List the photos of a call, without the pictures."""
    return _list(book, "field_call", call_id)


@bp.post("/field-calls/<uuid:call_id>/photos")
@allow(SIGNED_IN)
@bp.arguments(PhotoIn, location="files")
@bp.response(201, PhotoOut)
def add_to_call(files: dict[str, FileStorage], book: str, call_id: UUID) -> ResponseReturnValue:
    """Add a photo while the call waits for an answer: three at most, metadata taken off."""
    return _add(book, "field_call", call_id)


@bp.get("/photos/<uuid:photo_id>")
@allow(SIGNED_IN)
@bp.alt_response(
    200,
    schema={"type": "string", "format": "binary"},
    content_type="image/jpeg",
    success=True,
    description="The picture: JPEG without metadata, not to be kept",
)
def show(book: str, photo_id: UUID) -> Response:
    """Show a photo to its member; to who decides on it too, which is written down."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        found = kept.get(session, ledger_id=ledger_id, photo_id=photo_id)
        if photos.is_mine(session, ledger_id, found.member_id):
            return photos.own_picture(ledger_id, photo_id)
        _, node_id, _ = photos.subject_of(session, ledger_id, found.subject_kind, found.subject_id)
        standing.node_at(session, node_id, standing.DECIDERS)
    return photos.opened_by_staff(ledger_id, photo_id)


def _list(book: str, kind: str, subject_id: UUID) -> dict[str, Any]:
    ledger_id = standing.book_id(book)
    with reading() as session:
        _require(session, ledger_id, kind, subject_id, standing.DECIDERS)
        found = kept.list_of(session, ledger_id=ledger_id, kind=kind, subject_ids=[subject_id])
        return {"items": found.get(subject_id, [])}


def _add(book: str, kind: str, subject_id: UUID) -> ResponseReturnValue:
    """Ask who it is before a stranger's file is opened, and again in the act itself."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        _require(session, ledger_id, kind, subject_id, standing.WORKERS)
    taken = photos.sent("file")

    def verb(session: Session, _fact: None) -> Kept:
        subject, state = _require(session, ledger_id, kind, subject_id, standing.WORKERS)
        photos.require_waiting(state)
        return photos.keep(session, ledger_id, subject, taken)[0]

    return act(verb, ledger_id=ledger_id, dump=PhotoOut().dump)


def _require(
    session: Session, ledger_id: int, kind: str, subject_id: UUID, names: tuple[str, ...]
) -> tuple[Subject, str]:
    """Let pass the member, and those with one of the roles at the place of the thing.

    Raises:
        PermissionDenied, NotFound: As `standing.require_at`.
    """
    subject, node_id, state = photos.subject_of(session, ledger_id, kind, subject_id)
    if not photos.is_mine(session, ledger_id, subject.member_id):
        standing.node_at(session, node_id, names)
    return subject, state
