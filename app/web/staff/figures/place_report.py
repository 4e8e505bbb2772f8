"""A place's report at the desk: its own words, every figure as of a day, the rows behind it.

Units are never mixed and places never added up; what others stated of the same thing
stands beside the line, with its source. Staff write the sentences; the figures in them
are counted whenever they are read.
"""

from datetime import date
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading_long
from app.reports import place_reports
from app.reports.place_reports import Counted, Readings, Scope, words
from app.web import place_lines, place_story
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.place_report import ReportIn, ReportRowsIn, TypedWordsIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("place_report", __name__, url_prefix="/<place>/report")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the place's report."""
    menu.at("manage")
    asked, problem = forms.asked(ReportIn)
    with reading_long() as session:
        scope = _scope(session, asked.get("as_of_on"))
        readings = Readings(session, scope)
        sections = place_lines.draw(readings)
        sentences = place_story.draw(readings, lambda figure: _rows_at(scope, figure))
    return forms.page(
        "figures/report.html",
        problem,
        scope=scope,
        sections=sections,
        sentences=sentences,
        words=place_lines,
    )


@bp.get("/words")
@allow(SIGNED_IN)
def show_words() -> ResponseReturnValue:
    """Show the sentences of the report, to be changed, with the figures they may name."""
    return _show_words()


@bp.post("/words")
@allow(SIGNED_IN)
def write_words() -> ResponseReturnValue:
    """Write the sentences of the report, a line each, in both languages."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.WORKERS)
        ledger_id = desk.ledger_id()
        words.write(session, ledger_id=ledger_id, node=node, actor=actor(), **asked)

    return forms.answer(
        verb,
        schema=TypedWordsIn,
        said=_("写好了，报告照着说。"),
        to=url_for("staff.place_report.show"),
        again=_show_words,
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


def _show_words(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("manage")
    with reading_long() as session:
        scope = _scope(session, None)
        found = words.read(session, scope.node)
        told = place_reports.tell(Readings(session, scope))
    return forms.page(
        "figures/report_words.html",
        problem,
        text_zh="\n".join(each.text_zh for each in found),
        text_en="\n".join(each.text_en for each in found),
        told=told,
        words=place_lines,
        may_change=desk.here().may(desk.WORKERS),
    )


def _rows_at(scope: Scope, figure: Counted) -> str:
    return url_for(
        "staff.place_report.rows",
        place=figure.node.code,
        line=figure.line.code,
        as_of=scope.as_of_on.isoformat(),
    )


def _scope(session: Session, as_of_on: date | None) -> Scope:
    here = desk.here()
    return place_reports.scope_of(
        session, ledger_id=desk.ledger_id(), node=here.node, as_of_on=as_of_on
    )
