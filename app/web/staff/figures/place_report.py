"""A place's report at the desk: every figure as of a day, with the rows behind it.

Units are never mixed and places never added up; what others stated of the same thing
stands beside the line, with its source.
"""

from datetime import date

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading_long
from app.reports import place_reports
from app.reports.place_reports import Scope
from app.web import place_lines
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.place_report import ReportIn, ReportRowsIn
from app.web.staff import desk, forms, menu

bp = Blueprint("place_report", __name__, url_prefix="/<place>/report")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the place's report."""
    menu.at("manage")
    asked, problem = forms.asked(ReportIn)
    with reading_long() as session:
        scope = _scope(session, asked.get("as_of_on"))
        sections = place_lines.draw(session, scope)
    return forms.page(
        "figures/report.html", problem, scope=scope, sections=sections, words=place_lines
    )


@bp.get("/<line>")
@allow(SIGNED_IN)
def rows(line: str) -> ResponseReturnValue:
    """Show the rows behind one figure, latest first."""
    menu.at("manage")
    wanted = place_reports.LINES.get(line)
    if wanted is None:
        raise NotFound("no such line")
    asked, problem = forms.asked(ReportRowsIn)
    with reading_long() as session:
        scope = _scope(session, asked.get("as_of_on"))
        total = place_reports.value(session, scope, wanted)
        listed = place_reports.rows_of(
            session, scope, wanted, limit=asked["limit"], offset=asked["offset"]
        )
    return forms.page(
        "figures/report_rows.html",
        problem,
        asked=asked,
        line=wanted,
        scope=scope,
        rows=listed,
        total=total,
        words=place_lines,
    )


def _scope(session: Session, as_of_on: date | None) -> Scope:
    here = desk.here()
    return place_reports.scope_of(
        session, ledger_id=desk.ledger_id(), node=here.node, as_of_on=as_of_on
    )
