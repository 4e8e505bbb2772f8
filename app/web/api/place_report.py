"""A place's report over HTTP: every figure of a place up to a day, each by its own unit."""

from datetime import date
from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading_long
from app.community import tree
from app.ledger import books
from app.points import programmes
from app.reports import place_reports
from app.reports.place_reports import (
    Computed,
    Imported,
    Piece,
    Row,
    Scope,
    Told,
    words,
)
from app.web import place_lines, place_story
from app.web.acts import act
from app.web.api import standing
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.place_values import public_readings
from app.web.reader import language
from app.web.schemas.place_report import (
    ReportIn,
    ReportOut,
    ReportRowsIn,
    ReportRowsOut,
    ReportWordsIn,
    ReportWordsOut,
)
from app.web.session import actor

bp = Blueprint("place_report", __name__, description="What a place did, up to a day")


@bp.get("/nodes/<node_code>/report")
@allow(PUBLIC)
@bp.arguments(ReportIn, location="query")
@bp.response(200, ReportOut)
def show(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Show what a place did up to a day; it names nobody, and no two lines are ever added."""
    with reading_long() as session:
        scope = _scope(session, node_code, asked.get("as_of_on"))
        readings = public_readings(session, scope)
        story = place_reports.tell_story(readings, language=language())
        return {
            "node_code": scope.node.code,
            "book": books.get(session, scope.ledger_id).code,
            "as_of_on": scope.as_of_on,
            "lines": [_line(each) for each in place_reports.tell(readings)],
            "sentences": [_sentence(each) for each in story],
        }


@bp.get("/nodes/<node_code>/report/lines/<line>")
@allow(PUBLIC)
@bp.arguments(ReportRowsIn, location="query")
@bp.response(200, ReportRowsOut)
def rows(asked: dict[str, Any], node_code: str, line: str) -> ResponseReturnValue:
    """List the rows that a figure is added up from; of people it says the day and no name."""
    wanted = place_reports.LINES.get(line)
    if wanted is None:
        raise NotFound("no such line")
    with reading_long() as session:
        scope = _scope(session, node_code, asked.get("as_of_on"))
        found = place_reports.rows_of(
            session, scope, wanted, limit=asked["limit"], offset=asked["offset"]
        )
        return {
            "node_code": scope.node.code,
            "code": wanted.code,
            "name": place_lines.name_of(wanted.code),
            "unit": place_lines.unit_of(wanted.code),
            "as_of_on": scope.as_of_on,
            "value": place_reports.value(session, scope, wanted),
            "rows": [_row(each, is_public=wanted.is_public) for each in found],
        }


@bp.get("/nodes/<node_code>/report/words")
@allow(PUBLIC)
@bp.response(200, ReportWordsOut)
def show_words(node_code: str) -> ResponseReturnValue:
    """Show the sentences of a place's report as they are kept, with figures in braces."""
    with reading_long() as session:
        return {"sentences": words.read(session, tree.by_code(session, node_code))}


@bp.put("/nodes/<node_code>/report/words")
@allow(SIGNED_IN)
@bp.arguments(ReportWordsIn)
@bp.response(200, ReportWordsOut)
def write_words(asked: dict[str, Any], node_code: str) -> ResponseReturnValue:
    """Write the sentences of a place's report; none of them brings back the plain report."""

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, node_code, standing.WORKERS)
        ledger_id = programmes.of_node(session, node).ledger_id
        words.write(session, ledger_id=ledger_id, node=node, actor=actor(), **asked)
        return {"sentences": words.read(session, node)}

    return act(verb, dump=ReportWordsOut().dump, status=200)


def _scope(session: Session, node_code: str, as_of_on: date | None) -> Scope:
    node = tree.by_code(session, node_code)
    ledger_id = programmes.of_node(session, node).ledger_id
    return place_reports.scope_of(session, ledger_id=ledger_id, node=node, as_of_on=as_of_on)


def _row(row: Row, *, is_public: bool) -> dict[str, Any]:
    at = None if row.at is None else row.at.isoformat()
    return {"label": row.label if is_public else None, "at": at, "amount": row.amount}


def _sentence(told: tuple[Piece, ...]) -> dict[str, Any]:
    pieces = [_piece(each) for each in told]
    return {"text": "".join(str(each["text"]) for each in pieces), "pieces": pieces}


def _piece(each: Piece) -> dict[str, Any]:
    plain: dict[str, Any] = dict.fromkeys(("code", "node_code", "value", "source", "computed_of"))
    plain["is_imported"] = False
    if isinstance(each, str):
        return {**plain, "text": each}
    place = {"node_code": each.node.code}
    if isinstance(each, Imported):
        told = {"code": each.code, "is_imported": True, "source": each.source}
        return {**plain, **place, **told, "text": place_story.said_of(each)}
    if isinstance(each, Computed):
        of = [_piece(each.part), _piece(each.whole)]
        return {**plain, **place, "text": place_story.said_of(each), "computed_of": of}
    counted = {"code": each.line.code, "value": each.value}
    return {**plain, **place, **counted, "text": place_story.said_of(each)}


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
