"""A list of who reported in, from xlsx or CSV: tried first, its bad rows named, then taken in."""

import io
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.people import enlistment_imports
from app.points import programmes
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.lists_in import ListIn, Taken

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
    """Say what would come of a file; nothing of it is written."""
    return ENLISTMENTS.rehearse()


@bp.post("/corrections")
@allow(SIGNED_IN)
def give_back() -> ResponseReturnValue:
    """Give the list back as xlsx with what is wrong beside each row; nothing is written."""
    return ENLISTMENTS.give_back()


@bp.post("")
@allow(SIGNED_IN)
def take_in() -> ResponseReturnValue:
    """Take in the good rows of a file that was tried; name the bad ones."""
    return ENLISTMENTS.take_in()


def _form(problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("people")
    return forms.page("registers/enlistment_upload.html", problem, **found)


def _take(session: Session, content: bytes) -> Taken:
    desk.require_here(session, desk.WORKERS)
    programme = programmes.of_ledger(session, desk.ledger_id())
    found = enlistment_imports.import_enlistments(
        io.BytesIO(content),
        ledger_id=desk.ledger_id(),
        unit=lambda work: work(session),
        book_node=tree.get(session, programme.node_id),
        takes=_is_ours,
        actor=actor(),
    )
    steps = list(found)
    return Taken(
        sum(step.new + step.changed for step in steps),
        sum(step.unchanged for step in steps),
        [row for step in steps for row in step.bad],
    )


def _is_ours(session: Session, node: Node) -> bool:
    programme = programmes.find_of_node(session, node)
    is_of_book = programme is not None and programme.ledger_id == desk.ledger_id()
    return is_of_book and tree.contains(desk.here().node, node)


ENLISTMENTS = ListIn(
    "enlistments",
    ("external_id", "name"),
    enlistment_imports.open_enlistments,
    _take,
    _form,
    bytes_max=FILE_BYTES_MAX,
)
