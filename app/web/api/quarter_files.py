"""What a quarter leaves: the pack, the board as a file, who came back (S1, S11, P6)."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading_long, unit_of_work
from app.community.models import Node
from app.points.quarters.calendar import Quarter
from app.reports import exports, returns
from app.reports.quarters import files, packs
from app.reports.returns import Return
from app.web.api import standing
from app.web.api.uploads import BINARY
from app.web.downloads import XLSX, attached
from app.web.issued_files import issued
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.quarter_boards import PackIn, QuarterFileIn, ReturnsOut
from app.web.session import actor

bp = Blueprint(
    "quarter_files",
    __name__,
    url_prefix="/books/<book>/quarters/<period>",
    description="Files of quarters",
)


@bp.post("/pack")
@allow(SIGNED_IN)
@bp.arguments(PackIn)
@bp.alt_response(200, schema=BINARY, content_type=XLSX, success=True, description="The pack")
def take_pack(asked: dict[str, Any], book: str, period: str) -> ResponseReturnValue:
    """Take the quarter's pack of a place; it is registered, its code stands on its first sheet."""
    ledger_id, quarter = standing.book_id(book), Quarter.named(period)

    def work(session: Session) -> Response:
        node = _place(session, ledger_id, asked["node_code"])
        named: dict[str, Any] = {"ledger_id": ledger_id, "node": node, "quarter": quarter}
        ordered = exports.ordered_by(session, ledger_id=ledger_id, actor=actor())
        pack = packs.make(session, **named, ordered=ordered)
        return attached(pack, f"{node.code}-{quarter.name}-pack")

    return unit_of_work(work)


@bp.post("/file")
@allow(SIGNED_IN)
@bp.arguments(QuarterFileIn)
@bp.alt_response(
    200,
    schema=BINARY,
    content_type=XLSX,
    success=True,
    description="The file; its code is in X-Verification-Code",
)
def take_board(asked: dict[str, Any], book: str, period: str) -> ResponseReturnValue:
    """Take the board of a place as xlsx; the file is registered and can be verified (A16)."""
    ledger_id, quarter = standing.book_id(book), Quarter.named(period)

    def work(session: Session) -> Response:
        node = _place(session, ledger_id, asked["node_code"])
        content = files.content(
            session, ledger_id=ledger_id, node=node, quarter=quarter, kind=asked["kind"]
        )
        name = f"{node.code}-{quarter.name}-{asked['kind']}"
        return issued(session, content, name, ledger_id=ledger_id)

    return unit_of_work(work)


@bp.get("/returns")
@allow(SIGNED_IN)
@bp.arguments(PackIn, location="query")
@bp.response(200, ReturnsOut)
def show_returns(asked: dict[str, Any], book: str, period: str) -> dict[str, Any]:
    """Say how many redeemers served again within 90 days, with every row."""
    ledger_id, quarter = standing.book_id(book), Quarter.named(period)
    with reading_long() as session:
        found = returns.count(
            session,
            ledger_id=ledger_id,
            node=_place(session, ledger_id, asked["node_code"]),
            begins_on=quarter.begins_on,
            ends_on=quarter.ends_on,
        )
    lists = {"came": found.came, "stayed_away": found.stayed_away, "waiting": found.waiting}
    return {
        "rate_percent": None if found.rate is None else str(found.rate),
        "came_count": len(found.came),
        "counted_count": found.counted,
        "waiting_count": len(found.waiting),
        "back_early_count": len(found.back_early),
        "items": [_row(each, state) for state, listed in lists.items() for each in listed],
    }


def _row(each: Return, state: str) -> dict[str, Any]:
    return {
        "volunteer_no": each.volunteer_no,
        "name_masked": each.name_masked,
        "state": state,
        "spending_kind": each.spending.kind,
        "spending_number": each.spending.number,
        "spent_at": each.spending.spent_at,
        "grant_id": each.grant_id,
        "served_on": each.served_on,
    }


def _place(session: Session, ledger_id: int, code: str) -> Node:
    node = standing.place(session, code, standing.READERS)
    standing.require_book(session, ledger_id, node)
    return node
