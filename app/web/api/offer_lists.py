"""A merchant's monthly list of uses of its offers, as a file sent by staff (M1)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.mall import merchants, offer_lists
from app.web import corrections
from app.web.acts import act
from app.web.api import standing, uploads
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.members import ImportIn, ImportOut, UploadIn
from app.web.session import actor

bp = Blueprint("offer_lists", __name__, url_prefix="/books/<book>", description="Merchants' lists")
bp.after_request(uploads.close_files)


@bp.post("/merchants/<uuid:merchant_id>/offer-uses/import")
@allow(SIGNED_IN)
@bp.arguments(UploadIn, location="files")
@bp.arguments(ImportIn, location="form")
@bp.response(200, ImportOut)
def take_in(
    files: dict[str, FileStorage], asked: dict[str, bool], book: str, merchant_id: UUID
) -> ResponseReturnValue:
    """Take in a month's list: offer_number, volunteer_no, used_on; perhaps times. Once each."""
    ledger_id = standing.book_id(book)
    file = uploads.stream_of(files)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, standing.WORKERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "merchant_id": merchant_id}
        merchant = merchants.get(session, **named)
        standing.node_at(session, merchant.node_id, standing.WORKERS)
        lines, unread = offer_lists.read(offer_lists.open_list(corrections.rewound(file)))
        found = offer_lists.take_in(session, **named, lines=lines, actor=actor())
        whole = replace(found, bad=(*unread, *found.bad))
        return uploads.summed([whole], asked["dry_run"])

    made = uploads.rehearsed(verb) if asked["dry_run"] else verb
    return act(made, ledger_id=ledger_id, status=200)
