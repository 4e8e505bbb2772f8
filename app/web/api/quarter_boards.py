"""Boards of closed quarters over the API, for everybody, as they were frozen (S1, S2)."""

from typing import Any

from flask_smorest import Blueprint

from app.base.transactions import reading_long
from app.community import tree
from app.points import programmes
from app.points.quarters.calendar import Quarter
from app.reports.quarters import freezing, naming, publishing
from app.web.permissions import PUBLIC, allow
from app.web.schemas.lists import items_of
from app.web.schemas.quarter_boards import BoardQueryIn, ClosedQuarterOut, QuarterBoardOut

bp = Blueprint(
    "quarter_boards",
    __name__,
    url_prefix="/nodes/<node_code>/quarters",
    description="Boards of closed quarters",
)


@bp.get("")
@allow(PUBLIC)
@bp.response(200, items_of(ClosedQuarterOut))
def list_closed(node_code: str) -> dict[str, Any]:
    """List the closed quarters of a place's programme, the latest first."""
    with reading_long() as session:
        node = tree.by_code(session, node_code)
        ledger_id = programmes.of_node(session, node).ledger_id
        found = freezing.list_closed(session, ledger_id=ledger_id)
        kinds = publishing.kinds(session, ledger_id=ledger_id, node=node)
        return {"items": [{"period": each.period, "kinds": kinds} for each in found]}


@bp.get("/<period>/board")
@allow(PUBLIC)
@bp.arguments(BoardQueryIn, location="query")
@bp.response(200, QuarterBoardOut)
def show(asked: dict[str, Any], node_code: str, period: str) -> dict[str, Any]:
    """Show the board of a place and all below it: volunteers masked, but for who agreed."""
    quarter, kind = Quarter.named(period), asked["kind"]
    with reading_long() as session:
        node = tree.by_code(session, node_code)
        ledger_id = programmes.of_node(session, node).ledger_id
        named: dict[str, Any] = {"ledger_id": ledger_id, "kind": kind}
        drawn = publishing.draw(session, **named, node=node, quarter=quarter)
        shown = drawn.ranked[asked["offset"] : asked["offset"] + asked["limit"]]
        names = naming.in_public(session, **named, ids=[one.subject_id for _rank, one in shown])
        return {
            "period": quarter.name,
            "kind": kind,
            "rule": drawn.rule,
            "line_count": len(drawn.ranked),
            "total_minutes": drawn.minutes,
            "items": [
                {
                    "rank": rank,
                    "name": names.get(one.subject_id, ""),
                    "score": one.score,
                    "minutes": one.minutes,
                }
                for rank, one in shown
            ],
        }
