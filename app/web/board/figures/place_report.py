"""A place's report for everybody: figures only, each by its own unit; it names nobody."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.base.transactions import reading_long
from app.community import tree
from app.points import programmes
from app.reports import place_reports
from app.web import place_lines
from app.web.permissions import PUBLIC, allow

bp = Blueprint("place_report", __name__)


@bp.get("/places/<place>/report")
@allow(PUBLIC)
def show(place: str) -> ResponseReturnValue:
    """Show what a place has done up to today."""
    with reading_long() as session:
        node = tree.by_code(session, place)
        programme = programmes.of_node(session, node)
        scope = place_reports.scope_of(session, ledger_id=programme.ledger_id, node=node)
        sections = place_lines.draw(session, scope)
    return render_template(
        "board/figures/report.html",
        node=node,
        programme=programme,
        scope=scope,
        sections=sections,
        words=place_lines,
    )
