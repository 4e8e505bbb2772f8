"""Having goods set aside: how many, what is held, until when (D34)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import settings, tree
from app.mall import goods, reservations, shops
from app.mall.reservations import Wish
from app.points import wallets
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor

bp = own.for_oneself(Blueprint("partner_reserving", __name__))
OFFERED_MAX = 5


@bp.get("/partners/reserve/<uuid:goods_id>")
@allow(SIGNED_IN)
def page(goods_id: UUID) -> ResponseReturnValue:
    """Ask how many, and say what is held until they are collected."""
    return _page(goods_id)


@bp.post("/partners/reserve/<uuid:goods_id>")
@allow(SIGNED_IN)
def reserve(goods_id: UUID) -> ResponseReturnValue:
    """Have them set aside, and go on to the code."""
    with reading() as session:
        me = _me(session)
    count = request.form.get("quantity_count", 1, type=int)
    price = request.form.get("price_points", -1, type=int)

    def verb(session: Session, _fact: None) -> str:
        wish = Wish(me.member.id, goods_id, count, price * count)
        made = reservations.reserve(session, ledger_id=me.ledger_id, wish=wish, actor=actor())
        return str(made.reservation.id)

    made_id, problem = submit(verb, ledger_id=me.ledger_id, show=lambda made: made)
    if problem:
        return _page(goods_id, problem)
    target = url_for("h5.partner_mine.reservation", reservation_id=made_id, new=1)
    return redirect(target, code=303)


def _page(goods_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = _me(session)
        found = goods.get(session, ledger_id=me.ledger_id, goods_id=goods_id)
        if found.kind != "goods":
            raise NotFound("no goods to set aside")
        shop = shops.get(session, ledger_id=me.ledger_id, shop_id=found.shop_id)
        days = settings.read(session, tree.get(session, shop.node_id), reservations.DAYS)
        spendable = wallets.holding(session, **me.key).spendable_points
    left = found.stock_count - found.reserved_count
    return show_page(
        "h5/partners/reserve.html",
        problem,
        me=me,
        goods=found,
        shop=shop,
        days=days[reservations.DAYS],
        spendable=spendable,
        counts=[(n, n) for n in range(1, min(left, OFFERED_MAX) + 1)],
        chosen=request.form.get("quantity_count", "1"),
    )


def _me(session: Session) -> Own:
    me = own.here(session)
    if not me.has_points:
        raise NotFound("hours only here")
    return me
