"""Market stalls of a shop: opened for a day with goods of its shelf, loaded, counted back (M4)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.mall import goods, stalls
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Stall
from app.web import markets
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.stalls import CloseStallIn, LoadIn, StallDayIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.shops import scoped
from app.web.translate import _

bp = Blueprint("stalls", __name__, url_prefix="/<place>/shops/<uuid:shop_id>/stalls")
TAKEN, COUNTED, REASON = "taken-", "counted-", "reason-"
"""Prefixes of fields; the goods' id follows. An empty field: none, or not counted."""


@bp.get("")
@allow(SIGNED_IN)
def show(shop_id: UUID) -> ResponseReturnValue:
    """Show the shop's stalls, and the form for a new one."""
    return _list(shop_id)


@bp.post("")
@allow(SIGNED_IN)
def open_stall(shop_id: UUID) -> ResponseReturnValue:
    """Open a stall for a day, with the goods it takes along."""

    def verb(session: Session, _asked: dict[str, Any]) -> Stall:
        scoped(session, shop_id, desk.WORKERS)
        sent = {name: request.form.get(name, "") for name in ("place", "held_on")}
        more = {name: request.form.get(name, "").strip() for name in ("host", "activity_id")}
        when = StallDayIn().load(sent | {name: text for name, text in more.items() if text})
        return stalls.open_stall(
            session,
            ledger_id=desk.ledger_id(),
            shop_id=shop_id,
            market=markets.read(session, desk.ledger_id(), when),
            counts=_taken(),
            actor=actor(),
        )

    return forms.answer(
        verb,
        show=lambda made: str(made.id),
        said=_("集市摊开好了，货已从货架上拿出。店员当天在收银页面开台。"),
        to=lambda made: url_for("staff.stalls.stall", shop_id=shop_id, stall_id=made),
        again=lambda problem: _list(shop_id, problem),
    )


@bp.get("/<uuid:stall_id>")
@allow(SIGNED_IN)
def stall(shop_id: UUID, stall_id: UUID) -> ResponseReturnValue:
    """Show what a stall took along, sold, has left or brought back."""
    return _one(shop_id, stall_id)


@bp.post("/<uuid:stall_id>/load")
@allow(SIGNED_IN)
def load(shop_id: UUID, stall_id: UUID) -> ResponseReturnValue:
    """Take more goods along."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _scoped(session, shop_id, stall_id, desk.WORKERS)
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "stall_id": stall_id}
        stalls.take(session, **key, counts=_taken(), actor=actor())

    return _step(verb, shop_id, stall_id, _("又拿了货，已从货架上减掉。"))


@bp.post("/<uuid:stall_id>/close")
@allow(SIGNED_IN)
def close(shop_id: UUID, stall_id: UUID) -> ResponseReturnValue:
    """Bring everything back to the shelf, counted."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _scoped(session, shop_id, stall_id, desk.WORKERS)
        items = CloseStallIn().load({"counted": _filled(COUNTED)})["counted"]
        stalls.close_stall(
            session,
            ledger_id=desk.ledger_id(),
            stall_id=stall_id,
            counted={item["goods_id"]: item["count"] for item in items},
            reasons={item["goods_id"]: item["reason"] for item in items if item["reason"]},
            actor=actor(),
        )

    return _step(verb, shop_id, stall_id, _("收摊了，货回到店里。"))


def _taken() -> dict[UUID, int]:
    """Return the pieces to take along; a 0 is none."""
    some = [
        {"goods_id": item["goods_id"], "count": item["count"]}
        for item in _filled(TAKEN)
        if item["count"].strip("0")
    ]
    items = LoadIn().load({"items": some})["items"]
    return {item["goods_id"]: item["count"] for item in items}


def _filled(prefix: str) -> list[dict[str, Any]]:
    filled = {name: value.strip() for name, value in request.form.items() if value.strip()}
    return [
        {
            "goods_id": name.removeprefix(prefix),
            "count": value,
            "reason": filled.get(REASON + name.removeprefix(prefix)),
        }
        for name, value in filled.items()
        if name.startswith(prefix)
    ]


def _scoped(session: Session, shop_id: UUID, stall_id: UUID, names: tuple[str, ...]) -> Stall:
    """Return a stall of a shop in scope.

    Raises:
        NotFound: It is of another shop.
    """
    scoped(session, shop_id, names)
    found = stalls.get(session, ledger_id=desk.ledger_id(), stall_id=stall_id)
    if found.shop_id != shop_id:
        raise NotFound("a stall of another shop")
    return found


def _step(verb: forms.Verb, shop_id: UUID, stall_id: UUID, said: str) -> ResponseReturnValue:
    return forms.answer(
        verb,
        said=said,
        to=url_for("staff.stalls.stall", shop_id=shop_id, stall_id=stall_id),
        again=lambda problem: _one(shop_id, stall_id, problem),
    )


def _list(shop_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("mall")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "shop_id": shop_id}
    with reading() as session:
        shop = scoped(session, shop_id, desk.READERS)
        found = stalls.list_of_shop(session, **key)
        hosts = {each.node_id for each in found if each.node_id is not None}
        return forms.page(
            "stalls.html",
            problem,
            shop=shop,
            stalls=found,
            places=tree.get_many(session, hosts | {shop.node_id}),
            markets=markets.coming(session, desk.ledger_id()),
            shelf=_shelf(session, shop_id),
            today=clock.today(),
        )


def _one(shop_id: UUID, stall_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("mall")
    with reading() as session:
        found = _scoped(session, shop_id, stall_id, desk.READERS)
        shop = scoped(session, shop_id, desk.READERS)
        return forms.page(
            "stall.html",
            problem,
            shop=shop,
            stall=found,
            host=tree.get(session, found.node_id or shop.node_id),
            market=markets.title_of(session, found),
            goods=stalls.goods_of(session, ledger_id=desk.ledger_id(), stall_id=stall_id),
            shelf=_shelf(session, shop_id),
            given=request.form,
        )


def _shelf(session: Session, shop_id: UUID) -> list[Any]:
    """What lies on the shop's shelf and can be taken along."""
    found = goods.list_of_shop(session, ledger_id=desk.ledger_id(), shop_id=shop_id)
    return [
        one for one in found if one.kind in COUNTED_KINDS and one.stock_count > one.reserved_count
    ]
