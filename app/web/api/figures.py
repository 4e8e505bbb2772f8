"""Figures of a place over HTTP: what came from elsewhere, and apart from it what is counted here.

An import enters the good rows of a file once and names the bad ones; figures are never
overwritten.
"""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.base.transactions import reading
from app.community import figure_imports, tree
from app.ledger import books
from app.people import audit
from app.points import programmes
from app.reports import place_figures
from app.reports.place_counts import Count
from app.reports.place_figures import Line, Stated
from app.web import corrections
from app.web.acts import act
from app.web.api import standing
from app.web.api.uploads import stream_of
from app.web.count_words import COUNTS
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas.figures import PlaceFiguresOut
from app.web.schemas.members import ImportIn, ImportOut, UploadIn
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
        found = figure_imports.import_figures(
            session, corrections.rewound(file), within=held, actor=actor()
        )
        if found.new and not asked["dry_run"]:
            _note(session, found.new)
        return _shown(found, asked["dry_run"])

    def rehearsed(session: Session, fact: None) -> dict[str, Any]:
        return corrections.taken_back(session, lambda: verb(session, fact))

    return act(rehearsed if asked["dry_run"] else verb, status=200)


def _note(session: Session, new_count: int) -> None:
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action="figures_imported",
        subject_kind="node",
        new_count=new_count,
    )


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
    return {"said": line.said, "value": format(figure.value, "f"), **plain}


def _counted(count: Count) -> dict[str, Any]:
    name, unit = COUNTS[count.code]
    return {"code": count.code, "name": str(name), "unit": str(unit), "value": count.value}
