"""A place in figures at the desk: what came from elsewhere with its history, and what is counted.

The form takes a file of figures; it is tried first, its bad rows are named, then it is
taken in. Figures are never overwritten, and nothing here adds two of them up.
"""

import io
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.serials import HOUSE
from app.base.transactions import reading
from app.community import figure_imports, figures
from app.community.figure_words import said
from app.people import audit
from app.reports import place_figures
from app.web.count_words import COUNTS
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.lists_in import ListIn, Taken

bp = Blueprint("figures", __name__, url_prefix="/<place>/figures")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the place in figures, and what the places below it state."""
    menu.at("manage")
    with reading() as session:
        here = desk.here()
        picture = place_figures.draw(session, ledger_id=here.ledger_id, node=here.node)
        below = [
            each for each in figures.list_in(session, here.node) if each.node.id != here.node.id
        ]
    return forms.page("figures/show.html", picture=picture, below=below, counts=COUNTS, said=said)


@bp.get("/import")
@allow(SIGNED_IN)
def form() -> ResponseReturnValue:
    """Show the form, and what a file must hold."""
    desk.require(*desk.WORKERS)
    return _form()


@bp.post("/import/try")
@allow(SIGNED_IN)
def rehearse() -> ResponseReturnValue:
    """Say what would come of a file; nothing of it is written."""
    return FIGURES.rehearse()


@bp.post("/import/corrections")
@allow(SIGNED_IN)
def give_back() -> ResponseReturnValue:
    """Give the list back as xlsx with what is wrong beside each row; nothing is written."""
    return FIGURES.give_back()


@bp.post("/import")
@allow(SIGNED_IN)
def take_in() -> ResponseReturnValue:
    """Take in the good rows of a file that was tried; name the bad ones."""
    return FIGURES.take_in()


def _form(problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("manage")
    return forms.page("figures/upload.html", problem, **found)


def _take(session: Session, content: bytes) -> Taken:
    node = desk.require_here(session, desk.WORKERS)
    found = figure_imports.import_figures(
        session, io.BytesIO(content), within=[node], actor=actor()
    )
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action="figures_imported",
        subject_kind="node",
        node_code=desk.here().node.code,
        new_count=found.new,
    )
    return Taken(found.new, found.unchanged, found.bad)


FIGURES = ListIn(
    "figures", ("node_code", "name"), figure_imports.open_figures, _take, _form, ledger_id=HOUSE
)
