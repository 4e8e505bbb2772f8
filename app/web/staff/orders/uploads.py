"""A list of orders from another system: tried first, then taken in, each number once (V15, T11)."""

import io
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.service_orders import import_rows, imports
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.lists_in import ListIn, Taken

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
    """Say what would come of a file; nothing of it is written."""
    return ORDERS.rehearse()


@bp.post("/corrections")
@allow(SIGNED_IN)
def give_back() -> ResponseReturnValue:
    """Give the list back as xlsx with what is wrong beside each row; nothing is written."""
    return ORDERS.give_back()


@bp.post("")
@allow(SIGNED_IN)
def take_in() -> ResponseReturnValue:
    """Take in the good rows of a file that was tried; name the bad ones."""
    return ORDERS.take_in()


def _show(problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("orders")
    return forms.page("orders/upload.html", problem, **found)


def _take(session: Session, content: bytes) -> Taken:
    """Take in the orders; what is closed by the list counts among the new."""
    node = desk.require_here(session, desk.WORKERS)
    found = imports.import_orders(
        session, io.BytesIO(content), ledger_id=desk.ledger_id(), within=[node], actor=actor()
    )
    return Taken(found.new + found.changed, found.unchanged, found.bad)


ORDERS = ListIn("orders", ("external_id", "title"), import_rows.open_orders, _take, _show)
