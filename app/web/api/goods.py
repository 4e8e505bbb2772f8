"""Goods of a shop and their stock: listed for members, changed by staff, counted by clerks."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.mall import goods, stock
from app.mall.goods import GoodsTerms
from app.mall.models import Goods
from app.web.acts import act
from app.web.api import counter, counting, standing, versions
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.lists import items_of
from app.web.schemas.mall import (
    CountedOut,
    CountsIn,
    GoodsEditIn,
    GoodsFilterIn,
    GoodsIn,
    GoodsOut,
    MovementOut,
    StockIn,
)
from app.web.session import actor

bp = Blueprint("goods", __name__, url_prefix="/books/<book>", description="Goods and stock")


@bp.get("/shops/<uuid:shop_id>/goods")
@allow(SIGNED_IN)
@bp.arguments(GoodsFilterIn, location="query")
@bp.response(200, items_of(GoodsOut))
def list_goods(asked: dict[str, Any], book: str, shop_id: UUID) -> ResponseReturnValue:
    """List a shop's goods by number, or what it should order."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        counter.shop_of_visitors(session, ledger_id, shop_id)
        named: dict[str, Any] = {"ledger_id": ledger_id, "shop_id": shop_id}
        if asked["low_only"]:
            return {"items": goods.list_low(session, **named)}
        on_sale_only = asked["on_sale_only"]
        return {"items": goods.list_of_shop(session, **named, on_sale_only=on_sale_only)}


@bp.post("/shops/<uuid:shop_id>/goods")
@allow(SIGNED_IN)
@bp.arguments(GoodsIn)
@bp.response(201, GoodsOut)
def add(asked: dict[str, Any], book: str, shop_id: UUID) -> ResponseReturnValue:
    """Add one kind of goods to a shop, with an empty shelf, on sale."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Goods:
        counter.shop_of_staff(session, ledger_id, shop_id)
        terms = GoodsTerms(**asked)
        return goods.add(session, ledger_id=ledger_id, shop_id=shop_id, terms=terms, actor=actor())

    return versions.tagged(act(verb, ledger_id=ledger_id, dump=GoodsOut().dump), 1)


@bp.get("/goods/<uuid:goods_id>")
@allow(SIGNED_IN)
@bp.response(200, GoodsOut)
def show(book: str, goods_id: UUID) -> Any:
    """Show goods; the answer's ETag is what a change must bring as `If-Match`."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        one = goods.get(session, ledger_id=ledger_id, goods_id=goods_id)
        counter.shop_of_visitors(session, ledger_id, one.shop_id)
    return one, 200, {"ETag": f'"{one.version}"'}


@bp.patch("/goods/<uuid:goods_id>")
@allow(SIGNED_IN)
@bp.arguments(GoodsEditIn)
@bp.response(200, GoodsOut)
def edit(asked: dict[str, Any], book: str, goods_id: UUID) -> ResponseReturnValue:
    """Change name, price, limits or sale of goods, if nobody did since `If-Match`."""
    ledger_id = standing.book_id(book)
    version = versions.required()

    def verb(session: Session, _fact: None) -> Goods:
        _shop_of(session, ledger_id, goods_id)
        return goods.edit(
            session,
            ledger_id=ledger_id,
            goods_id=goods_id,
            version=version,
            changes=asked,
            actor=actor(),
        )

    answer = act(verb, ledger_id=ledger_id, dump=GoodsOut().dump, status=200)
    return versions.tagged(answer, version + 1)


@bp.get("/goods/<uuid:goods_id>/movements")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(MovementOut))
def list_movements(asked: dict[str, Any], book: str, goods_id: UUID) -> ResponseReturnValue:
    """List what moved on a shelf, the newest first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        one = goods.get(session, ledger_id=ledger_id, goods_id=goods_id)
        counter.shop_of_workers(session, ledger_id, one.shop_id, standing.READERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "goods_id": goods_id}
        return {"items": stock.list_movements(session, **named, **asked)}


@bp.post("/shops/<uuid:shop_id>/stock/intakes")
@allow(SIGNED_IN)
@bp.arguments(StockIn)
@bp.response(201, items_of(GoodsOut))
def intake(asked: dict[str, Any], book: str, shop_id: UUID) -> ResponseReturnValue:
    """Put a delivery on the shelf."""
    return _move(stock.intake, asked, standing.book_id(book), shop_id)


@bp.post("/shops/<uuid:shop_id>/stock/write-offs")
@allow(SIGNED_IN)
@bp.arguments(StockIn)
@bp.response(201, items_of(GoodsOut))
def write_off(asked: dict[str, Any], book: str, shop_id: UUID) -> ResponseReturnValue:
    """Take what is spoiled or broken off the shelf, with the reason."""
    asked["reason"] = asked["reason"] or ""
    return _move(stock.write_off, asked, standing.book_id(book), shop_id)


@bp.post("/shops/<uuid:shop_id>/stock/counts")
@allow(SIGNED_IN)
@bp.arguments(CountsIn)
@bp.response(201, items_of(CountedOut))
def count(asked: dict[str, Any], book: str, shop_id: UUID) -> ResponseReturnValue:
    """Set the shelf to what was counted; a difference needs its reason (D38, A14)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        counter.shop_of_workers(session, ledger_id, shop_id)
        counted = _pieces(session, ledger_id, shop_id, asked)
        lines = stock.count(
            session,
            ledger_id=ledger_id,
            counted=counted,
            reason=asked["reason"],
            reasons=counting.reasons(asked["items"]),
            actor=actor(),
        )
        return {"items": lines}

    return act(verb, ledger_id=ledger_id, dump=items_of(CountedOut)().dump)


def _move(move: Any, asked: dict[str, Any], ledger_id: int, shop_id: UUID) -> ResponseReturnValue:
    def verb(session: Session, _fact: None) -> Any:
        counter.shop_of_workers(session, ledger_id, shop_id)
        counts = _pieces(session, ledger_id, shop_id, asked)
        move(session, ledger_id=ledger_id, counts=counts, reason=asked["reason"], actor=actor())
        moved = goods.by_ids(session, ledger_id=ledger_id, goods_ids=list(counts))
        return {"items": sorted(moved.values(), key=lambda one: one.number)}

    return act(verb, ledger_id=ledger_id, dump=items_of(GoodsOut)().dump)


def _pieces(
    session: Session, ledger_id: int, shop_id: UUID, asked: dict[str, Any]
) -> dict[UUID, int]:
    """Pieces by goods, each named once and all of this shop."""
    counts = counting.pieces(asked["items"])
    counting.require_of_shop(session, ledger_id, shop_id, counts)
    return counts


def _shop_of(session: Session, ledger_id: int, goods_id: UUID) -> None:
    """Refuse unless the goods are of a shop in one's charge."""
    standing.require_holder(session, standing.WORKERS)
    one = goods.get(session, ledger_id=ledger_id, goods_id=goods_id)
    counter.shop_of_staff(session, ledger_id, one.shop_id)
