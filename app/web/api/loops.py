"""服务—积分—激励—再服务 over the API: a member's loops as linked records (P6)."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app.base.transactions import reading
from app.reports import loops
from app.reports.loops import Loop
from app.web.api import standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.loops import LoopOut, LoopsIn

bp = Blueprint("loops", __name__, url_prefix="/books/<book>", description="Loops of service")


@bp.get("/me/loops")
@allow(SIGNED_IN)
@bp.arguments(LoopsIn, location="query")
@bp.response(200, items_of(LoopOut))
def list_mine(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List my loops by what I spent points on, the latest first."""
    with reading() as session:
        key = standing.my_key(session, standing.book_id(book))
        return {"items": [_shown(each) for each in loops.of_member(session, **key, **asked)]}


@bp.get("/members/<uuid:member_id>/loops")
@allow(SIGNED_IN)
@bp.arguments(LoopsIn, location="query")
@bp.response(200, items_of(LoopOut))
def list_of_member(asked: dict[str, Any], book: str, member_id: UUID) -> dict[str, Any]:
    """List a member's loops by what they spent points on, the latest first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        found = standing.member(session, ledger_id, member_id, standing.READERS)
        key: dict[str, Any] = {"ledger_id": ledger_id, "member_id": found.id}
        return {"items": [_shown(each) for each in loops.of_member(session, **key, **asked)]}


def _shown(loop: Loop) -> dict[str, Any]:
    return {
        "earned": asdict(loop.earned) if loop.earned else None,
        "spent": asdict(loop.spent),
        "again": asdict(loop.again) if loop.again else None,
    }
