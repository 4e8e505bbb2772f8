"""A list of people from xlsx or CSV: tried first, its bad rows in a table and in a file to
correct, then taken in. Every row must be of the desk's own places, else nothing is imported.
"""

import io
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError, ValidationFailed
from app.base.transactions import unit_of_work
from app.community import tree
from app.people import imports
from app.points import programmes
from app.web import corrections
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu, sent_files
from app.web.staff.forms import Problem

bp = Blueprint("uploads", __name__, url_prefix="/<place>/people/import")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the form, and what a file must hold."""
    desk.require(*desk.WORKERS)
    return _show()


@bp.post("/try")
@allow(SIGNED_IN)
def rehearse() -> ResponseReturnValue:
    """Say what would come of a file; nothing is written but that it was tried."""
    desk.require(*desk.WORKERS)
    try:
        content = sent_files.sent()
    except DomainError as error:
        return _show(problem_of(error))
    found, problem = forms.send(
        lambda session, _asked: corrections.taken_back(session, lambda: _import(session, content)),
        show=lambda outcome: outcome,
    )
    if problem:
        return _show(problem)
    return _show(tried=_named(found, content), content=sent_files.carried(content))


@bp.post("/corrections")
@allow(SIGNED_IN)
def give_back() -> ResponseReturnValue:
    """Give the list back as xlsx with what is wrong beside each row; nothing is written."""
    desk.require(*desk.WORKERS)

    def work(session: Session) -> bytes:
        steps = corrections.taken_back(session, lambda: _steps(session, content))
        bad = [row for step in steps for row in step.bad]
        return corrections.write(imports.open_people(io.BytesIO(content)), bad)

    try:
        content = sent_files.tried()
        return corrections.answer(unit_of_work(work), "members")
    except DomainError as error:
        return _show(problem_of(error))


@bp.post("")
@allow(SIGNED_IN)
def take_in() -> ResponseReturnValue:
    """Take in the good rows of a file that was tried; name the bad ones."""
    desk.require(*desk.WORKERS)
    try:
        content = sent_files.tried()
    except DomainError as error:
        return _show(problem_of(error))
    found, problem = forms.send(
        lambda session, _asked: _import(session, content), show=lambda outcome: outcome
    )
    if problem:
        return _show(problem)
    return _show(done=_named(found, content), content=sent_files.carried(content))


def _show(problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("people")
    return forms.page("upload.html", problem, **found)


def _import(session: Session, content: bytes) -> dict[str, Any]:
    steps = _steps(session, content)
    return sent_files.outcome(
        sum(step.new for step in steps),
        sum(step.unchanged for step in steps),
        [row for step in steps for row in step.bad],
    )


def _steps(session: Session, content: bytes) -> list[imports.Step]:
    _require_own_places(session, content)
    steps = imports.import_people(
        io.BytesIO(content),
        ledger_id=desk.ledger_id(),
        unit=lambda work: work(session),
        actor=actor(),
        within=[desk.here().node],
    )
    return list(steps)


def _named(found: dict[str, Any], content: bytes) -> dict[str, Any]:
    rows = imports.open_people(io.BytesIO(content))
    return sent_files.shown(found, rows, "external_id", "name")


def _require_own_places(session: Session, content: bytes) -> None:
    """Refuse a file with people of other places or another book.

    Raises:
        ValidationFailed: It has; the fact `line_no` names the first such row.
    """
    desk.require_here(session, desk.WORKERS)
    rows = [row for row in imports.open_people(io.BytesIO(content)) if row.problem is None]
    nodes = tree.by_codes(session, {row.values["node_code"] for row in rows})
    own = {
        code
        for code, node in nodes.items()
        if tree.contains(desk.here().node, node)
        and (found := programmes.find_of_node(session, node))
        and found.ledger_id == desk.ledger_id()
    }
    foreign = [
        row.line_no
        for row in rows
        if row.values["node_code"] in nodes and row.values["node_code"] not in own
    ]
    if foreign:
        raise ValidationFailed("rows of other places", field="node_code", line_no=foreign[0])
