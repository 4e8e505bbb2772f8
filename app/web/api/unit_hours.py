"""A school's or an employer's people with their hours, as a file over the API (K11)."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import unit_of_work
from app.community import units
from app.reports import exports
from app.reports import unit_hours as hours
from app.web.api import standing
from app.web.api.uploads import BINARY
from app.web.downloads import XLSX, attached
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.registers import UnitHoursIn
from app.web.session import actor

bp = Blueprint("unit_hours", __name__, url_prefix="/books/<book>", description="Hours of a unit")


@bp.post("/units/<int:unit_id>/hours-file")
@allow(SIGNED_IN)
@bp.arguments(UnitHoursIn)
@bp.alt_response(
    200,
    schema=BINARY,
    content_type=XLSX,
    success=True,
    description="The file; its code is in X-Verification-Code",
)
def take(asked: dict[str, Any], book: str, unit_id: int) -> ResponseReturnValue:
    """Take the list of some days as xlsx, with names; that it was taken is written down."""
    ledger_id = standing.book_id(book)

    def work(session: Session) -> Response:
        standing.require_holder(session, standing.READERS)
        unit = units.get(session, unit_id)
        node = standing.node_at(session, unit.node_id, standing.READERS)
        standing.require_book(session, ledger_id, node)
        ordered = exports.ordered_by(session, ledger_id=ledger_id, actor=actor())
        file, code = hours.write(
            session, ledger_id=ledger_id, unit=unit, node=node, **asked, ordered=ordered
        )
        return attached(file, f"unit-hours-{code}", code=code)

    return unit_of_work(work)
