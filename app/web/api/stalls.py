"""Stalls of a market day: opened and loaded by staff, sold at by clerks, counted back (M4)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.mall import stalls, tills
from app.mall.models import Stall, Till
from app.web import markets
from app.web.acts import act
from app.web.api import counter, counting, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.mall import CountedOut, TillOut
from app.web.schemas.stalls import CloseStallIn, LoadIn, StallGoodsOut, StallIn, StallOut
from app.web.session import actor

bp = Blueprint("stalls", __name__, url_prefix="/books/<book>", description="Market stalls")


@bp.post("/shops/<uuid:shop_id>/stalls")
@allow(SIGNED_IN)
@bp.arguments(StallIn)
@bp.response(201, StallOut)
def open_stall(asked: dict[str, Any], book: str, shop_id: UUID) -> ResponseReturnValue:
    """Open a shop's stall for a day, with the goods it takes from the shelf."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Stall:
        counter.shop_of_staff(session, ledger_id, shop_id)
        return stalls.open_stall(
            session,
            ledger_id=ledger_id,
            shop_id=shop_id,
            market=markets.read(session, ledger_id, asked),
            counts=counting.pieces(asked["items"]),
            actor=actor(),
        )

    return act(verb, ledger_id=ledger_id, dump=StallOut().dump)


@bp.get("/shops/<uuid:shop_id>/stalls")
@allow(SIGNED_IN)
@bp.response(200, items_of(StallOut))
def list_stalls(book: str, shop_id: UUID) -> ResponseReturnValue:
    """List a shop's stalls, the latest day first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        counter.shop_of_workers(session, ledger_id, shop_id, standing.READERS)
        return {"items": stalls.list_of_shop(session, ledger_id=ledger_id, shop_id=shop_id)}


@bp.get("/stalls/<uuid:stall_id>")
@allow(SIGNED_IN)
@bp.response(200, StallGoodsOut)
def show(book: str, stall_id: UUID) -> ResponseReturnValue:
    """Show a stall: what it took along, sold and has left."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        stall = counter.stall_of_workers(session, ledger_id, stall_id, standing.READERS)
        brought = stalls.goods_of(session, ledger_id=ledger_id, stall_id=stall_id)
        shown = {name: getattr(stall, name) for name in StallOut().fields}
        return {**shown, "goods": brought}


@bp.post("/stalls/<uuid:stall_id>/loads")
@allow(SIGNED_IN)
@bp.arguments(LoadIn)
@bp.response(201, StallOut)
def take(asked: dict[str, Any], book: str, stall_id: UUID) -> ResponseReturnValue:
    """Take more goods from the shelf to an open stall."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Stall:
        _of_staff(session, ledger_id, stall_id)
        counts = counting.pieces(asked["items"])
        named: dict[str, Any] = {"ledger_id": ledger_id, "stall_id": stall_id}
        return stalls.take(session, **named, counts=counts, actor=actor())

    return act(verb, ledger_id=ledger_id, dump=StallOut().dump)


@bp.post("/stalls/<uuid:stall_id>/tills")
@allow(SIGNED_IN)
@bp.response(201, TillOut)
def open_till(book: str, stall_id: UUID) -> ResponseReturnValue:
    """Open a till of one's own at a stall, on its day."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Till:
        shop_id = counter.stall_of_workers(session, ledger_id, stall_id).shop_id
        named: dict[str, Any] = {"ledger_id": ledger_id, "shop_id": shop_id}
        return tills.open_till(session, **named, actor=actor(), stall_id=stall_id)

    return act(verb, ledger_id=ledger_id, dump=TillOut().dump)


@bp.post("/stalls/<uuid:stall_id>/close")
@allow(SIGNED_IN)
@bp.arguments(CloseStallIn)
@bp.response(200, items_of(CountedOut))
def close(asked: dict[str, Any], book: str, stall_id: UUID) -> ResponseReturnValue:
    """Bring everything back to the shop, counted; a difference needs its reason (A14)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        counter.stall_of_workers(session, ledger_id, stall_id)
        lines = stalls.close_stall(
            session,
            ledger_id=ledger_id,
            stall_id=stall_id,
            counted=counting.pieces(asked["counted"], "counted"),
            reasons=counting.reasons(asked["counted"]),
            actor=actor(),
        )
        return {"items": lines}

    return act(verb, ledger_id=ledger_id, dump=items_of(CountedOut)().dump, status=200)


def _of_staff(session: Session, ledger_id: int, stall_id: UUID) -> None:
    standing.require_holder(session, standing.WORKERS)
    stall = stalls.get(session, ledger_id=ledger_id, stall_id=stall_id)
    counter.shop_of_staff(session, ledger_id, stall.shop_id)
