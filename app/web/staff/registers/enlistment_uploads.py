"""A list of who reported in, from xlsx or CSV: tried first, its bad rows named, then taken in."""

import io
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.base.transactions import unit_of_work
from app.community import tree
from app.community.models import Node
from app.people import enlistment_imports
from app.points import programmes
from app.web import corrections
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu, sent_files
from app.web.staff.forms import Problem

bp = Blueprint("enlistment_uploads", __name__, url_prefix="/<place>/enlistments/import")
FILE_BYTES_MAX = 1_000_000
"""A district's list has some thousand lines; as CSV half a megabyte."""


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the form, and what a file must hold."""
    desk.require(*desk.WORKERS)
    return _form()


@bp.post("/try")
@allow(SIGNED_IN)
def rehearse() -> ResponseReturnValue:
    """Say what would come of a file; nothing is entered."""
    desk.require(*desk.WORKERS)
    try:
        content = sent_files.sent(FILE_BYTES_MAX)
    except DomainError as error:
        return _form(problem_of(error))
    found, problem = forms.send(
        lambda session, _asked: corrections.taken_back(session, lambda: _import(session, content)),
        show=lambda outcome: outcome,
    )
    if problem:
        return _form(problem)
    return _form(tried=_named(found, content), content=sent_files.carried(content))


@bp.post("/corrections")
@allow(SIGNED_IN)
def give_back() -> ResponseReturnValue:
    """Give the list back as xlsx with what is wrong beside each row; nothing is entered."""
    desk.require(*desk.WORKERS)

    def work(session: Session) -> bytes:
        steps = corrections.taken_back(session, lambda: _steps(session, content))
        bad = [row for step in steps for row in step.bad]
        return corrections.write(enlistment_imports.open_enlistments(io.BytesIO(content)), bad)

    try:
        content = sent_files.tried(FILE_BYTES_MAX)
        return corrections.answer(unit_of_work(work), "enlistments")
    except DomainError as error:
        return _form(problem_of(error))


@bp.post("")
@allow(SIGNED_IN)
def take_in() -> ResponseReturnValue:
    """Take in the good rows of a list that was tried; name the bad ones."""
    desk.require(*desk.WORKERS)
    try:
        content = sent_files.tried(FILE_BYTES_MAX)
    except DomainError as error:
        return _form(problem_of(error))
    found, problem = forms.send(
        lambda session, _asked: _import(session, content), show=lambda outcome: outcome
    )
    if problem:
        return _form(problem)
    return _form(done=_named(found, content), content=sent_files.carried(content))


def _form(problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("people")
    return forms.page("registers/enlistment_upload.html", problem, **found)


def _steps(session: Session, content: bytes) -> list[enlistment_imports.Step]:
    desk.require_here(session, desk.WORKERS)
    programme = programmes.of_ledger(session, desk.ledger_id())
    steps = enlistment_imports.import_enlistments(
        io.BytesIO(content),
        ledger_id=desk.ledger_id(),
        unit=lambda work: work(session),
        book_node=tree.get(session, programme.node_id),
        takes=_is_ours,
        actor=actor(),
    )
    return list(steps)


def _is_ours(session: Session, node: Node) -> bool:
    programme = programmes.find_of_node(session, node)
    is_of_book = programme is not None and programme.ledger_id == desk.ledger_id()
    return is_of_book and tree.contains(desk.here().node, node)


def _import(session: Session, content: bytes) -> dict[str, Any]:
    steps = _steps(session, content)
    return sent_files.outcome(
        sum(step.new + step.changed for step in steps),
        sum(step.unchanged for step in steps),
        [row for step in steps for row in step.bad],
    )


def _named(found: dict[str, Any], content: bytes) -> dict[str, Any]:
    rows = enlistment_imports.open_enlistments(io.BytesIO(content))
    return sent_files.shown(found, rows, "external_id", "name")
