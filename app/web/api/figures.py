"""Figures of a place over HTTP: what came from elsewhere, and apart from it what is counted here.

An import enters the good rows of a file once and names the bad ones; figures are never
overwritten.
"""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.base.transactions import reading
from app.community import figure_imports, figure_withdrawals, tree
from app.community.figure_words import Stated as AsStated
from app.community.figure_words import said
from app.community.models import FigureKind, FigureWithdrawal
from app.ledger import books
from app.points import programmes
from app.reports import place_figures
from app.reports.place_counts import Count
from app.reports.place_figures import Line, Stated
from app.web import corrections, figure_steps
from app.web.acts import act
from app.web.api import standing
from app.web.api.nodes import ADMINISTRATORS
from app.web.api.uploads import rehearsed, stream_of
from app.web.count_words import COUNTS
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas.figures import (
    AskedOut,
    FigureKindIn,
    KindOut,
    PlaceFiguresOut,
    WithdrawalDecisionIn,
    WithdrawalOut,
)
from app.web.schemas.lists import items_of
from app.web.schemas.members import ImportIn, ImportOut, ReasonIn, UploadIn
from app.web.session import actor

bp = Blueprint("figures", __name__, description="Figures of places")
BAD_ROWS_MAX = 500


@bp.get("/nodes/<node_code>/figures")
@allow(PUBLIC)
@bp.response(200, PlaceFiguresOut)
def show(node_code: str) -> ResponseReturnValue:
    """Show a place in figures; the two lists are never added up."""
    with reading() as session:
        node = tree.by_code(session, node_code)
        programme = programmes.find_of_node(session, node)
        ledger_id = programme.ledger_id if programme else None
        picture = place_figures.draw(session, ledger_id=ledger_id, node=node)
        return {
            "node_code": node.code,
            "book": books.get(session, ledger_id).code if ledger_id is not None else None,
            "stated": [_stated(each) for each in picture.stated],
            "counted": [_counted(each) for each in picture.counts],
        }


@bp.post("/nodes/figures/import")
@allow(SIGNED_IN)
@bp.arguments(UploadIn, location="files")
@bp.arguments(ImportIn, location="form")
@bp.response(200, ImportOut)
def import_figures(files: dict[str, FileStorage], asked: dict[str, bool]) -> ResponseReturnValue:
    """Enter figures: node_code, kind_code, name, value, unit, as_of_on, source; perhaps more."""
    file = stream_of(files)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        held = standing.require_holder(session, standing.WORKERS)
        stream = corrections.rewound(file)
        found = figure_steps.take_in(session, stream, within=held, actor=actor())
        return _shown(found, asked["dry_run"])

    return act(rehearsed(verb) if asked["dry_run"] else verb, status=200)


@bp.get("/nodes/<node_code>/figures/withdrawals")
@allow(SIGNED_IN)
@bp.response(200, items_of(WithdrawalOut))
def list_withdrawals(node_code: str) -> dict[str, Any]:
    """List the figures of a place and below it that are withdrawn, or that somebody asked about."""
    with reading() as session:
        node = standing.place(session, node_code, standing.READERS)
        listed = figure_withdrawals.list_in(session, node, "waiting", "withdrawn")
        return {"items": [_withdrawal(each) for each in listed]}


@bp.post("/nodes/<node_code>/figures/<int:figure_id>/withdrawal")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(201, AskedOut)
def ask_withdrawal(asked: dict[str, str], node_code: str, figure_id: int) -> ResponseReturnValue:
    """Ask that a wrong figure be taken down; another person decides."""

    def verb(session: Session, _fact: None) -> FigureWithdrawal:
        node = standing.place(session, node_code, standing.WORKERS)
        return figure_steps.ask_withdrawal(
            session, figure_id=figure_id, within=node, actor=actor(), **asked
        )

    return act(verb, dump=AskedOut().dump)


@bp.post("/nodes/<node_code>/figures/withdrawals/<uuid:withdrawal_id>/decide")
@allow(SIGNED_IN)
@bp.arguments(WithdrawalDecisionIn)
@bp.response(200, AskedOut)
def decide_withdrawal(
    asked: dict[str, str], node_code: str, withdrawal_id: UUID
) -> ResponseReturnValue:
    """Take a figure down that somebody else asked about, or leave it: `approved`, `refused`."""

    def verb(session: Session, _fact: None) -> FigureWithdrawal:
        node = standing.place(session, node_code, standing.DECIDERS)
        return figure_steps.decide_withdrawal(
            session, withdrawal_id=withdrawal_id, within=node, actor=actor(), **asked
        )

    return act(verb, dump=AskedOut().dump, status=200)


@bp.patch("/nodes/<node_code>/figures/kinds/<kind_code>")
@allow(SIGNED_IN)
@bp.arguments(FigureKindIn)
@bp.response(200, KindOut)
def rename_kind(asked: dict[str, str], node_code: str, kind_code: str) -> ResponseReturnValue:
    """Put right what a kind is called and counted in; by an administrator of a city or above."""

    def verb(session: Session, _fact: None) -> FigureKind:
        node = standing.place(session, node_code, ADMINISTRATORS)
        return figure_steps.rename_kind(session, code=kind_code, at=node, actor=actor(), **asked)

    return act(verb, dump=KindOut().dump, status=200)


def _withdrawal(listed: figure_withdrawals.Listed) -> dict[str, Any]:
    figure, kind, found = listed.figure, listed.kind, listed.withdrawal
    return {
        "id": found.id,
        "figure_id": figure.id,
        "node_code": listed.node.code,
        "kind_code": kind.code,
        "said": said(AsStated(figure.value, figure.qualifier, kind.unit)),
        "as_of_on": figure.as_of_on,
        "source": figure.source,
        "state": found.state,
        "reason": found.reason,
        "asked_at": found.asked_at,
        "decided_at": found.decided_at,
    }


def _shown(found: figure_imports.Imported, is_dry_run: bool) -> dict[str, Any]:
    bad = sorted(found.bad, key=lambda row: row.line_no)
    return {
        "is_dry_run": is_dry_run,
        "new_count": found.new,
        "changed_count": 0,
        "unchanged_count": found.unchanged,
        "bad_count": len(bad),
        "bad_rows": [
            {"line_no": row.line_no, "reason": row.reason, "text": row.text, "field": row.field}
            for row in bad[:BAD_ROWS_MAX]
        ],
    }


def _stated(each: Stated) -> dict[str, Any]:
    kind = each.history.kind
    return {
        "code": kind.code,
        "name": kind.name,
        "unit": kind.unit,
        "history": [_line(line) for line in each.lines],
        "live_said": each.live,
        "live_exact": each.exact,
    }


def _line(line: Line) -> dict[str, Any]:
    figure = line.figure
    plain = {name: getattr(figure, name) for name in ("qualifier", "span", "as_of_on", "source")}
    return {"id": figure.id, "said": line.said, "value": format(figure.value, "f"), **plain}


def _counted(count: Count) -> dict[str, Any]:
    name, unit = COUNTS[count.code]
    return {"code": count.code, "name": str(name), "unit": str(unit), "value": count.value}
