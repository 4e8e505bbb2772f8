"""A list of people from xlsx or CSV: tried first, its bad rows in a table and in a file to
correct, then taken in. Every row must be of the desk's own places, else nothing is imported.
"""

import io
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import ValidationFailed
from app.community import tree
from app.people import imports
from app.points import programmes
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.lists_in import ListIn, Taken

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
    """Say what would come of a file; nothing of it is written."""
    return PEOPLE.rehearse()


@bp.post("/corrections")
@allow(SIGNED_IN)
def give_back() -> ResponseReturnValue:
    """Give the list back as xlsx with what is wrong beside each row; nothing is written."""
    return PEOPLE.give_back()


@bp.post("")
@allow(SIGNED_IN)
def take_in() -> ResponseReturnValue:
    """Take in the good rows of a file that was tried; name the bad ones."""
    return PEOPLE.take_in()


def _show(problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("people")
    return forms.page("upload.html", problem, **found)


def _take(session: Session, content: bytes) -> Taken:
    _require_own_places(session, content)
    found = imports.import_people(
        io.BytesIO(content),
        ledger_id=desk.ledger_id(),
        unit=lambda work: work(session),
        actor=actor(),
        within=[desk.here().node],
    )
    steps = list(found)
    return Taken(
        sum(step.new for step in steps),
        sum(step.unchanged for step in steps),
        [row for step in steps for row in step.bad],
    )


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


PEOPLE = ListIn("members", ("external_id", "name"), imports.open_people, _take, _show)
