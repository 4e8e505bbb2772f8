"""Goods of a shop: what they are and cost, deliveries, counts, write-offs and every movement."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.mall import classes, goods, stock
from app.mall.goods import GoodsTerms
from app.mall.models import Goods
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import GoodsEditIn, StockIn
from app.web.schemas.desk_partners import DeskCancelIn, DeskGoodsIn, MoveClassIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.shops import draw, scoped
from app.web.translate import _, _l

bp = Blueprint("goods", __name__, url_prefix="/<place>/shops/<uuid:shop_id>/goods")
SHOWN_MAX = 100


@bp.post("")
@allow(SIGNED_IN)
def add(shop_id: UUID) -> ResponseReturnValue:
    """Add one kind of goods with an empty shelf."""

    def verb(session: Session, asked: dict[str, Any]) -> Goods:
        scoped(session, shop_id, desk.WORKERS)
        return goods.add(
            session,
            ledger_id=desk.ledger_id(),
            shop_id=shop_id,
            terms=GoodsTerms(**asked),
            actor=actor(),
        )

    return forms.answer(
        verb,
        schema=DeskGoodsIn,
        show=lambda made: str(made.id),
        said=_("商品加好了，货架还是空的，登记进货吧。"),
        to=lambda made: url_for("staff.goods.show", shop_id=shop_id, goods_id=made),
        again=lambda problem: draw(shop_id, problem),
    )


@bp.get("/<uuid:goods_id>")
@allow(SIGNED_IN)
def show(shop_id: UUID, goods_id: UUID) -> ResponseReturnValue:
    """Show one kind of goods with its movements."""
    return _show(shop_id, goods_id)


@bp.post("/<uuid:goods_id>/edit")
@allow(SIGNED_IN)
def edit(shop_id: UUID, goods_id: UUID) -> ResponseReturnValue:
    """Change name, price, limits or sale, if nobody did since the page was read."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, shop_id, goods_id, desk.WORKERS)
        version = asked.pop("version")
        goods.edit(
            session,
            ledger_id=desk.ledger_id(),
            goods_id=goods_id,
            version=version,
            changes=asked,
            actor=actor(),
        )

    return _step(verb, shop_id, goods_id, _("已改好。"), GoodsEditIn)


@bp.post("/<uuid:goods_id>/move")
@allow(SIGNED_IN)
def move(shop_id: UUID, goods_id: UUID) -> ResponseReturnValue:
    """Move a class to another time before it begins; whoever booked is told (M6)."""
    said = _l("时间改好了，告诉了约好的 %(n)s 人。")
    return _class_step(classes.move, shop_id, goods_id, said, MoveClassIn)


@bp.post("/<uuid:goods_id>/cancel")
@allow(SIGNED_IN)
def cancel(shop_id: UUID, goods_id: UUID) -> ResponseReturnValue:
    """Cancel a class that does not take place: every place comes back with its points (M6)."""
    said = _l("课取消了，退了 %(n)s 个名额，积分都退了，也告诉了他们。")
    return _class_step(classes.cancel, shop_id, goods_id, said, DeskCancelIn)


@bp.post("/<uuid:goods_id>/intake")
@allow(SIGNED_IN)
def intake(shop_id: UUID, goods_id: UUID) -> ResponseReturnValue:
    """Put a delivery on the shelf."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, shop_id, goods_id, desk.WORKERS)
        stock.intake(session, **_moved(goods_id, asked, "counts"))

    return _step(verb, shop_id, goods_id, _("进货记好了。"), StockIn)


@bp.post("/<uuid:goods_id>/write-off")
@allow(SIGNED_IN)
def write_off(shop_id: UUID, goods_id: UUID) -> ResponseReturnValue:
    """Take spoiled or broken goods off the shelf, with the reason."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, shop_id, goods_id, desk.WORKERS)
        asked["reason"] = asked["reason"] or ""
        stock.write_off(session, **_moved(goods_id, asked, "counts"))

    return _step(verb, shop_id, goods_id, _("报损记好了。"), StockIn)


@bp.post("/<uuid:goods_id>/count")
@allow(SIGNED_IN)
def count(shop_id: UUID, goods_id: UUID) -> ResponseReturnValue:
    """Set the shelf to what was counted; a difference needs its reason."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, shop_id, goods_id, desk.WORKERS)
        stock.count(session, **_moved(goods_id, asked, "counted"))

    return _step(verb, shop_id, goods_id, _("盘点记好了。"), StockIn)


def _moved(goods_id: UUID, asked: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        "ledger_id": desk.ledger_id(),
        name: {goods_id: asked["count"]},
        "reason": asked["reason"],
        "actor": actor(),
    }


def _class_step(
    step: Callable[..., int], shop_id: UUID, goods_id: UUID, said: Any, schema: Any
) -> ResponseReturnValue:
    def verb(session: Session, asked: dict[str, Any]) -> int:
        _scoped(session, shop_id, goods_id, desk.WORKERS)
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "goods_id": goods_id}
        return step(session, **key, **asked, actor=actor())

    return _step(verb, shop_id, goods_id, lambda n: str(said) % {"n": n}, schema, show=int)


def _step(
    verb: forms.Verb, shop_id: UUID, goods_id: UUID, said: Any, schema: Any, **how: Any
) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        **how,
        said=said,
        to=url_for("staff.goods.show", shop_id=shop_id, goods_id=goods_id),
        again=lambda problem: _show(shop_id, goods_id, problem),
    )


def _scoped(session: Session, shop_id: UUID, goods_id: UUID, names: tuple[str, ...]) -> Goods:
    """Return goods of exactly this shop, in scope.

    Raises:
        NotFound: They are of another shop, or the shop is out of scope.
    """
    scoped(session, shop_id, names)
    found = goods.get(session, ledger_id=desk.ledger_id(), goods_id=goods_id)
    if found.shop_id != shop_id:
        raise NotFound("goods of another shop")
    return found


def _show(shop_id: UUID, goods_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("mall")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "goods_id": goods_id}
    with reading() as session:
        found = _scoped(session, shop_id, goods_id, desk.READERS)
        return forms.page(
            "goods.html",
            problem,
            goods=found,
            is_on=found.starts_at is not None and classes.is_on(session, found),
            can_move=found.starts_at is not None and found.starts_at > clock.now(),
            begins=_typed(found.starts_at),
            ends=_typed(found.ends_at),
            shop=scoped(session, shop_id, desk.READERS),
            movements=stock.list_movements(session, **key, limit=SHOWN_MAX),
        )


def _typed(at: datetime | None) -> str:
    """Write an instant as a browser's field for a local time wants it."""
    return f"{at.astimezone(clock.SHANGHAI):%Y-%m-%dT%H:%M}" if at else ""
