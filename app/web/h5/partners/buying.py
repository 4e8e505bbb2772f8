"""Services and classes for points: bought as a voucher, a place of a class as one (L8, M6)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import settings, tree
from app.mall import goods, shops, vouchers
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Goods, Shop
from app.points import programmes, wallets
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor

bp = own.for_oneself(Blueprint("partner_services", __name__))


@dataclass(frozen=True, slots=True)
class Service:
    """A service at a shop; `left_count` is None where nothing is counted."""

    goods: Goods
    shop: Shop
    left_count: int | None


@bp.get("/partners/services")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List what services and classes the programme's shops have now."""
    with reading() as session:
        me = _me(session)
        found = list_of(session, me)
        spendable = wallets.holding(session, **me.key).spendable_points
    return show_page("h5/partners/services.html", me=me, found=found, spendable=spendable)


@bp.get("/partners/services/<uuid:goods_id>")
@allow(SIGNED_IN)
def one(goods_id: UUID) -> ResponseReturnValue:
    """Show one service before it is bought: what it costs, until when it goes back."""
    return _one(goods_id)


@bp.post("/partners/services/<uuid:goods_id>")
@allow(SIGNED_IN)
def buy(goods_id: UUID) -> ResponseReturnValue:
    """Buy it, and go on to the voucher."""
    with reading() as session:
        me = _me(session)
    shown = request.form.get("expected_points", type=int)

    def verb(session: Session, _fact: None) -> str:
        made = vouchers.issue(
            session,
            **me.key,
            goods_id=goods_id,
            expected_points=-1 if shown is None else shown,
            actor=actor(),
        )
        return str(made.voucher.id)

    voucher_id, problem = submit(verb, ledger_id=me.ledger_id, show=lambda made: made)
    if problem:
        return _one(goods_id, problem)
    return redirect(url_for("h5.partner_mine.voucher", voucher_id=voucher_id, new=1), code=303)


def list_of(session: Session, me: Own) -> list[Service]:
    """List the services on sale in the open shops of the programme, classes by their time."""
    top = tree.get(session, programmes.of_ledger(session, me.ledger_id).node_id)
    found = []
    for shop in shops.list_within(session, ledger_id=me.ledger_id, node=top):
        if shop.state == "open":
            named: dict[str, Any] = {"ledger_id": me.ledger_id, "shop_id": shop.id}
            listed = goods.list_of_shop(session, **named, on_sale_only=True)
            found += [_service(each, shop) for each in listed if _is_sold(each)]
    last = clock.now().max.replace(tzinfo=clock.now().tzinfo)
    return sorted(found, key=lambda each: (each.goods.starts_at or last, each.goods.name))


def _is_sold(each: Goods) -> bool:
    return each.kind in vouchers.KINDS and (each.starts_at is None or each.starts_at > clock.now())


def _service(each: Goods, shop: Shop) -> Service:
    is_counted = each.kind in COUNTED_KINDS
    return Service(each, shop, each.stock_count - each.reserved_count if is_counted else None)


def _one(goods_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = _me(session)
        found = goods.get(session, ledger_id=me.ledger_id, goods_id=goods_id)
        if found.kind not in vouchers.KINDS:
            raise NotFound("no service")
        shop = shops.get(session, ledger_id=me.ledger_id, shop_id=found.shop_id)
        days = settings.read(session, tree.get(session, shop.node_id), vouchers.DAYS)
        spendable = wallets.holding(session, **me.key).spendable_points
    return show_page(
        "h5/partners/service.html",
        problem,
        me=me,
        service=_service(found, shop),
        days=days[vouchers.DAYS],
        spendable=spendable,
    )


def _me(session: Session) -> Own:
    me = own.here(session)
    if not me.has_points:
        raise NotFound("hours only here")
    return me
