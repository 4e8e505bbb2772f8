"""Claims by grid (网格认领任务) at the desk, and as a file (T5)."""

from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading, unit_of_work
from app.reports import grid_claims
from app.web.issued_files import issued
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import KindIn
from app.web.staff import desk, forms, menu

bp = Blueprint("grid_claims", __name__, url_prefix="/<place>/grid-claims")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show how many slots were claimed in each grid, and what came of them."""
    menu.at("people")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    with reading() as session:
        lines = grid_claims.of_place(session, **key)
    return forms.page("registers/grid_claims.html", lines=lines)


@bp.post("/file")
@allow(SIGNED_IN)
def write_file() -> ResponseReturnValue:
    """Write the claims by grid as a file; the export is registered (A16, D45)."""
    kind = KindIn().load(forms.typed(KindIn()))["kind"]

    def work(session: Session) -> Response:
        node = desk.require_here(session, desk.READERS)
        content = grid_claims.content(session, ledger_id=desk.ledger_id(), node=node)
        return issued(session, content, "grid-claims", kind, ledger_id=desk.ledger_id())

    return unit_of_work(work)
