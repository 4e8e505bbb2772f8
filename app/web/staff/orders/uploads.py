"""A list of orders from another system: tried first, then taken in, each number once (V15, T11)."""

import io
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.base.transactions import unit_of_work
from app.service_orders import import_rows, imports
from app.web import corrections
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu, sent_files
from app.web.staff.forms import Problem

bp = Blueprint("order_uploads", __name__, url_prefix="/<place>/orders/import")


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
        show=_outcome,
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
        found = corrections.taken_back(session, lambda: _import(session, content))
        return corrections.write(import_rows.open_orders(io.BytesIO(content)), found.bad)

    try:
        content = sent_files.tried()
        return corrections.answer(unit_of_work(work), "orders")
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
    found, problem = forms.send(lambda session, _asked: _import(session, content), show=_outcome)
    if problem:
        return _show(problem)
    return _show(done=_named(found, content), content=sent_files.carried(content))


def _show(problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("orders")
    return forms.page("orders/upload.html", problem, **found)


def _import(session: Session, content: bytes) -> imports.Imported:
    node = desk.require_here(session, desk.WORKERS)
    return imports.import_orders(
        session, io.BytesIO(content), ledger_id=desk.ledger_id(), within=[node], actor=actor()
    )


def _outcome(found: imports.Imported) -> dict[str, Any]:
    """Count what is closed by the list among the new."""
    return sent_files.outcome(found.new + found.changed, found.unchanged, found.bad)


def _named(found: dict[str, Any], content: bytes) -> dict[str, Any]:
    rows = import_rows.open_orders(io.BytesIO(content))
    return sent_files.shown(found, rows, "external_id", "title")
