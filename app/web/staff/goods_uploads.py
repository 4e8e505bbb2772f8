"""A list of goods from xlsx or CSV into one shop: tried first, then taken in, each number once."""

import io
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.base.transactions import reading, unit_of_work
from app.mall import imports
from app.web import corrections
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu, sent_files
from app.web.staff.forms import Problem
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
    """Say what would come of a file; nothing is written but that it was tried."""
    desk.require(*desk.WORKERS)
    try:
        content = sent_files.sent()
    except DomainError as error:
        return _show(shop_id, problem_of(error))
    found, problem = forms.send(
        lambda session, _asked: corrections.taken_back(
            session, lambda: _import(session, shop_id, content)
        ),
        show=_outcome,
    )
    if problem:
        return _show(shop_id, problem)
    return _show(shop_id, tried=_named(found, content), content=sent_files.carried(content))


@bp.post("/corrections")
@allow(SIGNED_IN)
def give_back(shop_id: UUID) -> ResponseReturnValue:
    """Give the list back as xlsx with what is wrong beside each row; nothing is written."""
    desk.require(*desk.WORKERS)

    def work(session: Session) -> bytes:
        found = corrections.taken_back(session, lambda: _import(session, shop_id, content))
        return corrections.write(imports.open_goods(io.BytesIO(content)), found.bad)

    try:
        content = sent_files.tried()
        return corrections.answer(unit_of_work(work), "goods")
    except DomainError as error:
        return _show(shop_id, problem_of(error))


@bp.post("")
@allow(SIGNED_IN)
def take_in(shop_id: UUID) -> ResponseReturnValue:
    """Take in the good rows of a file that was tried; name the bad ones."""
    desk.require(*desk.WORKERS)
    try:
        content = sent_files.tried()
    except DomainError as error:
        return _show(shop_id, problem_of(error))
    found, problem = forms.send(
        lambda session, _asked: _import(session, shop_id, content), show=_outcome
    )
    if problem:
        return _show(shop_id, problem)
    return _show(shop_id, done=_named(found, content), content=sent_files.carried(content))


def _show(shop_id: UUID, problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("mall")
    with reading() as session:
        shop = scoped(session, shop_id, desk.WORKERS)
    return forms.page("upload_goods.html", problem, shop=shop, **found)


def _import(session: Session, shop_id: UUID, content: bytes) -> imports.Imported:
    scoped(session, shop_id, desk.WORKERS)
    return imports.import_goods(
        session,
        io.BytesIO(content),
        ledger_id=desk.ledger_id(),
        shop_id=shop_id,
        actor=actor(),
    )


def _outcome(found: imports.Imported) -> dict[str, Any]:
    return sent_files.outcome(found.new, found.unchanged, found.bad)


def _named(found: dict[str, Any], content: bytes) -> dict[str, Any]:
    rows = imports.open_goods(io.BytesIO(content))
    return sent_files.shown(found, rows, "number", "name")
