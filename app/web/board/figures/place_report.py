"""A place's report for everybody: its own words, its figures, the rows; it names nobody."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading_long
from app.community import tree
from app.points import programmes
from app.points.models import Programme
from app.reports import place_reports
from app.reports.place_reports import Counted, Scope
from app.web import paging, place_lines, place_story
from app.web.permissions import PUBLIC, allow
from app.web.place_values import public_readings
from app.web.schemas.place_report import ReportIn, ReportRowsIn

bp = Blueprint("place_report", __name__)


@bp.get("/places/<place>/report")
@allow(PUBLIC)
def show(place: str) -> ResponseReturnValue:
    """Show what a place has done up to a day, today if none is named."""
    asked = _asked(ReportIn)
    with reading_long() as session:
        programme, scope = _scope(session, place, asked.get("as_of_on"))
        readings = public_readings(session, scope)
        sections = place_lines.draw(readings)
        sentences = place_story.draw(readings, lambda figure: _rows_at(scope, figure))
    return render_template(
        "board/figures/report.html",
        node=scope.node,
        programme=programme,
        scope=scope,
        sections=sections,
        sentences=sentences,
        words=place_lines,
    )


@bp.get("/places/<place>/report/<line>")
@allow(PUBLIC)
def rows(place: str, line: str) -> ResponseReturnValue:
    """Show the rows behind a figure; those about people have a day and no name (A19)."""
    wanted = place_reports.LINES.get(line)
    if wanted is None:
        raise NotFound("no such line")
    asked = _asked(ReportRowsIn)
    with reading_long() as session:
        _programme, scope = _scope(session, place, asked.get("as_of_on"))
        total = place_reports.value(session, scope, wanted)
        listed, pages = paging.cut(
            place_reports.rows_of(session, scope, wanted, **paging.slice_of(asked["limit"])),
            limit=asked["limit"],
            endpoint="board.place_report.rows",
            place=place,
            line=wanted.code,
            as_of=scope.as_of_on.isoformat(),
        )
    return render_template(
        "board/figures/report_rows.html",
        node=scope.node,
        scope=scope,
        line=wanted,
        total=total,
        found=listed,
        pages=pages,
        words=place_lines,
    )


def _asked(schema: type[Schema]) -> dict[str, Any]:
    """Return a page's filter from its address; what cannot be read counts as not said."""
    try:
        return dict(schema().load({name: text for name, text in request.args.items() if text}))
    except ValidationError:
        return dict(schema().load({}))


def _scope(session: Session, place: str, as_of_on: date | None) -> tuple[Programme, Scope]:
    node = tree.by_code(session, place)
    programme = programmes.of_node(session, node)
    scope = place_reports.scope_of(
        session, ledger_id=programme.ledger_id, node=node, as_of_on=as_of_on
    )
    return programme, scope


def _rows_at(scope: Scope, figure: Counted) -> str:
    return url_for(
        "board.place_report.rows",
        place=figure.node.code,
        line=figure.line.code,
        as_of=scope.as_of_on.isoformat(),
    )
