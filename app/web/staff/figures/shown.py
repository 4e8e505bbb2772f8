"""A place in figures at the desk: what came from elsewhere with its history, and what is counted.

The form takes a file of figures; it is tried first, its bad rows are named, then it is
taken in. Figures are never overwritten, and nothing here adds two of them up.
"""

import io
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.base.serials import HOUSE
from app.base.transactions import reading, unit_of_work
from app.community import figure_imports, figures
from app.community.figure_words import said
from app.people import audit
from app.reports import place_figures
from app.web import corrections
from app.web.count_words import COUNTS
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu, sent_files
from app.web.staff.forms import Problem

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
    """Say what would come of a file; nothing is entered."""
    desk.require(*desk.WORKERS)
    try:
        content = sent_files.sent()
    except DomainError as error:
        return _form(problem_of(error))
    found, problem = forms.send(
        lambda session, _asked: corrections.taken_back(session, lambda: _import(session, content)),
        ledger_id=HOUSE,
        show=lambda outcome: outcome,
    )
    if problem:
        return _form(problem)
    return _form(tried=_named(found, content), content=sent_files.carried(content))


@bp.post("/import/corrections")
@allow(SIGNED_IN)
def give_back() -> ResponseReturnValue:
    """Give the file back as xlsx with what is wrong beside each row; nothing is entered."""
    desk.require(*desk.WORKERS)

    def work(session: Session) -> bytes:
        found = corrections.taken_back(session, lambda: _imported(session, content))
        return corrections.write(figure_imports.open_figures(io.BytesIO(content)), found.bad)

    try:
        content = sent_files.tried()
        return corrections.answer(unit_of_work(work), "figures")
    except DomainError as error:
        return _form(problem_of(error))


@bp.post("/import")
@allow(SIGNED_IN)
def take_in() -> ResponseReturnValue:
    """Enter the good rows of a file that was tried; name the bad ones."""
    desk.require(*desk.WORKERS)
    try:
        content = sent_files.tried()
    except DomainError as error:
        return _form(problem_of(error))
    found, problem = forms.send(
        lambda session, _asked: _import(session, content),
        ledger_id=HOUSE,
        show=lambda outcome: outcome,
    )
    if problem:
        return _form(problem)
    return _form(done=_named(found, content), content=sent_files.carried(content))


def _form(problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("manage")
    return forms.page("figures/upload.html", problem, **found)


def _imported(session: Session, content: bytes) -> figure_imports.Imported:
    node = desk.require_here(session, desk.WORKERS)
    return figure_imports.import_figures(session, io.BytesIO(content), within=[node], actor=actor())


def _import(session: Session, content: bytes) -> dict[str, Any]:
    found = _imported(session, content)
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action="figures_imported",
        subject_kind="node",
        node_code=desk.here().node.code,
        new_count=found.new,
    )
    return sent_files.outcome(found.new, found.unchanged, found.bad)


def _named(found: dict[str, Any], content: bytes) -> dict[str, Any]:
    rows = figure_imports.open_figures(io.BytesIO(content))
    return sent_files.shown(found, rows, "node_code", "name")
