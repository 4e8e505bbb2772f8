"""A list of goods from xlsx or CSV into one shop: tried first, then taken in, each number once."""

import io
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.mall import imports
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.lists_in import ListIn, Taken
from app.web.staff.shops import scoped

bp = Blueprint("goods_uploads", __name__, url_prefix="/<place>/shops/<uuid:shop_id>/import")


@bp.get("")
@allow(SIGNED_IN)
def show(shop_id: UUID) -> ResponseReturnValue:
    """Show the form, and what a file must hold."""
    desk.require(*desk.WORKERS)
    return _show(shop_id)


@bp.post("/try")
@allow(SIGNED_IN)
def rehearse(shop_id: UUID) -> ResponseReturnValue:
    """Say what would come of a file; nothing of it is written."""
    return _list(shop_id).rehearse()


@bp.post("/corrections")
@allow(SIGNED_IN)
def give_back(shop_id: UUID) -> ResponseReturnValue:
    """Give the list back as xlsx with what is wrong beside each row; nothing is written."""
    return _list(shop_id).give_back()


@bp.post("")
@allow(SIGNED_IN)
def take_in(shop_id: UUID) -> ResponseReturnValue:
    """Take in the good rows of a file that was tried; name the bad ones."""
    return _list(shop_id).take_in()


def _show(shop_id: UUID, problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("mall")
    with reading() as session:
        shop = scoped(session, shop_id, desk.WORKERS)
    return forms.page("upload_goods.html", problem, shop=shop, **found)


def _list(shop_id: UUID) -> ListIn:
    return ListIn(
        "goods",
        ("number", "name"),
        imports.open_goods,
        lambda session, content: _take(session, shop_id, content),
        lambda *problem, **found: _show(shop_id, *problem, **found),
    )


def _take(session: Session, shop_id: UUID, content: bytes) -> Taken:
    scoped(session, shop_id, desk.WORKERS)
    found = imports.import_goods(
        session,
        io.BytesIO(content),
        ledger_id=desk.ledger_id(),
        shop_id=shop_id,
        actor=actor(),
    )
    return Taken(found.new, found.unchanged, found.bad)
