"""A list of people from a CSV file: tried first, its bad rows in a table, then taken in.

What was tried travels with the page, so that nobody chooses the file twice. Every row
must be of the desk's own places, else nothing is imported.
"""

import base64
import binascii
import io
from typing import Any, BinaryIO

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.csv_rows import open_rows
from app.base.errors import DomainError, ValidationFailed
from app.community import tree
from app.people import imports
from app.points import programmes
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem

bp = Blueprint("uploads", __name__, url_prefix="/<place>/people/import")
FILE_BYTES_MAX = 300_000
BAD_ROWS_MAX = 500


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
        content = _sent()
    except DomainError as error:
        return _show(problem_of(error))

    def verb(session: Session, _asked: dict[str, Any]) -> dict[str, Any]:
        savepoint = session.begin_nested()
        try:
            return _import(session, io.BytesIO(content))
        finally:
            savepoint.rollback()

    found, problem = forms.send(verb, show=_outcome)
    if problem:
        return _show(problem)
    return _show(tried=found, content=base64.b64encode(content).decode())


@bp.post("")
@allow(SIGNED_IN)
def take_in() -> ResponseReturnValue:
    """Take in the good rows of a file that was tried; name the bad ones."""
    desk.require(*desk.WORKERS)
    try:
        content = _tried()
    except DomainError as error:
        return _show(problem_of(error))
    found, problem = forms.send(
        lambda session, _asked: _import(session, io.BytesIO(content)), show=_outcome
    )
    return _show(problem) if problem else _show(done=found)


def _show(problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("people")
    return forms.page(
        "upload.html", problem, required=imports.REQUIRED, labels=imports.LABELS, **found
    )


def _sent() -> bytes:
    file = request.files.get("file")
    content = file.stream.read(FILE_BYTES_MAX + 1) if file else b""
    return _checked(content)


def _tried() -> bytes:
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
    except binascii.Error as error:
        raise ValidationFailed("not what was tried", field="file") from error
    return _checked(content)


def _checked(content: bytes) -> bytes:
    if not content or len(content) > FILE_BYTES_MAX:
        raise ValidationFailed("no file, or one that is too large", field="file")
    return content


def _import(session: Session, file: BinaryIO) -> dict[str, Any]:
    _require_own_places(session, file)
    file.seek(0)
    steps = list(
        imports.import_people(
            file,
            ledger_id=desk.ledger_id(),
            unit=lambda work: work(session),
            actor=actor(),
        )
    )
    bad = sorted((row for step in steps for row in step.bad), key=lambda row: row.line_no)
    return {
        "new": sum(step.new for step in steps),
        "unchanged": sum(step.unchanged for step in steps),
        "bad": bad,
    }


def _outcome(found: dict[str, Any]) -> dict[str, Any]:
    """What is kept of an import: counts and lines, not what the rows say of people."""
    bad = found["bad"]
    named = [{"line_no": row.line_no, "reason": row.reason} for row in bad[:BAD_ROWS_MAX]]
    return {**found, "bad": named, "bad_count": len(bad)}


def _require_own_places(session: Session, file: BinaryIO) -> None:
    """Refuse a file with people of other places or another book.

    Raises:
        ValidationFailed: It has; the fact `line_no` names the first such row.
    """
    desk.require_here(session, desk.WORKERS)
    rows = [
        row
        for row in open_rows(
            file, required=imports.REQUIRED, optional=imports.OPTIONAL, labels=imports.LABELS
        )
        if row.problem is None
    ]
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
