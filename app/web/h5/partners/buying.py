"""Services and classes for points: bought as a voucher, a place of a class as one (L8, M6)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import settings, tree
from app.mall import goods, service_lists, shops, vouchers
from app.points import programmes, wallets
from app.web import paging
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor

bp = own.for_oneself(Blueprint("partner_services", __name__))


PAGE_SIZE = 30


@bp.get("/partners/services")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List what services and classes the programme's shops have now, the nearest first."""
    with reading() as session:
        me = _me(session)
        top = tree.get(session, programmes.of_ledger(session, me.ledger_id).node_id)
        above = tree.ancestors(session, me.node)
        around = [each for each in above if tree.contains(top, each)]
        slice_of = paging.slice_of(PAGE_SIZE)
        listed, pages = paging.cut(
            service_lists.near(session, ledger_id=me.ledger_id, around=around, **slice_of),
            limit=PAGE_SIZE,
            endpoint="h5.partner_services.page",
        )
        found = service_lists.for_member(session, **me.key, found=listed)
        spendable = wallets.holding(session, **me.key).spendable_points
    return show_page(
        "h5/partners/services.html", me=me, found=found, spendable=spendable, pages=pages
    )


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


def _one(goods_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = _me(session)
        found = goods.get(session, ledger_id=me.ledger_id, goods_id=goods_id)
        if found.kind not in vouchers.KINDS:
            raise NotFound("no service")
        shop = shops.get(session, ledger_id=me.ledger_id, shop_id=found.shop_id)
        days = settings.read(session, tree.get(session, shop.node_id), vouchers.DAYS)
        (service,) = service_lists.for_member(session, **me.key, found=[(found, shop)])
        spendable = wallets.holding(session, **me.key).spendable_points
    return show_page(
        "h5/partners/service.html",
        problem,
        me=me,
        service=service,
        days=days[vouchers.DAYS],
        spendable=spendable,
    )


def _me(session: Session) -> Own:
    me = own.here(session)
    if not me.has_points:
        raise NotFound("hours only here")
    return me
