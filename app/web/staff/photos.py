"""Evidence photos at the desk: opened one by one by who decides, and each look is written down."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.base.transactions import reading
from app.points import photos as kept
from app.web import photos
from app.web.permissions import SIGNED_IN, allow
from app.web.staff import desk

bp = Blueprint("photos", __name__, url_prefix="/<place>/photos")


@bp.get("/<uuid:photo_id>")
@allow(SIGNED_IN)
def show(photo_id: UUID) -> ResponseReturnValue:
    """Show a photo, and write down that it was looked at."""
    ledger_id = desk.ledger_id()
    with reading() as session:
        found = kept.get(session, ledger_id=ledger_id, photo_id=photo_id)
        _, node_id, _ = photos.subject_of(session, ledger_id, found.subject_kind, found.subject_id)
        desk.require_at(session, node_id, desk.DECIDERS)
    return photos.opened_by_staff(ledger_id, photo_id)
