"""A place's report over HTTP: every figure of a place up to a day, each by its own unit."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.base.transactions import reading_long
from app.community import tree
from app.ledger import books
from app.points import programmes
from app.reports import place_reports
from app.reports.place_reports import Told
from app.web import place_lines
from app.web.permissions import PUBLIC, allow
from app.web.schemas.place_report import ReportIn, ReportOut

bp = Blueprint("place_report", __name__, description="What a place did, up to a day")


@bp.get("/nodes/<node_code>/report")
@allow(PUBLIC)
@bp.arguments(ReportIn, location="query")
@bp.response(200, ReportOut)
def show(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Show what a place did up to a day; it names nobody, and no two lines are ever added."""
    with reading_long() as session:
        node = tree.by_code(session, node_code)
        programme = programmes.of_node(session, node)
        scope = place_reports.scope_of(
            session, ledger_id=programme.ledger_id, node=node, as_of_on=asked.get("as_of_on")
        )
        return {
            "node_code": node.code,
            "book": books.get(session, programme.ledger_id).code,
            "as_of_on": scope.as_of_on,
            "lines": [_line(each) for each in place_reports.tell(session, scope)],
        }


def _line(told: Told) -> dict[str, Any]:
    return {
        "code": told.line.code,
        "name": place_lines.name_of(told.line.code),
        "unit": place_lines.unit_of(told.line.code),
        "value": told.value,
        "share_percent": None if told.share is None else str(told.share),
        "stated": told.stated,
        "source": told.source,
        "is_as_stated": told.is_as_stated,
    }
