"""What I bought or have set aside: my vouchers, places and reservations, each with its code."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.mall import (
    claim_codes,
    claim_owners,
    goods,
    reservation_lists,
    reservations,
    shops,
    voucher_returns,
    vouchers,
)
from app.mall.models import Reservation, Voucher
from app.web import paging, qr
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.translate import _

bp = own.for_oneself(Blueprint("partner_mine", __name__))
GROUP = 4
PAGE_SIZE = 20


@bp.get("/partners/mine")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List my vouchers and what is set aside for me; what I can still use stands first."""
    with reading() as session:
        me = own.here(session)
        slice_of = paging.slice_of(PAGE_SIZE)
        bought = vouchers.list_of_member(session, **me.key, **slice_of)
        kept = reservation_lists.list_of_member(session, **me.key, **slice_of)
    return show_page(
        "h5/partners/mine.html",
        me=me,
        vouchers=bought[:PAGE_SIZE],
        reservations=kept[:PAGE_SIZE],
        pages=paging.beside(bought, kept, limit=PAGE_SIZE, endpoint="h5.partner_mine.page"),
    )


@bp.get("/partners/vouchers/<uuid:voucher_id>")
@allow(SIGNED_IN)
def voucher(voucher_id: UUID) -> ResponseReturnValue:
    """Show a voucher: its code while it is open, else what became of it."""
    return _voucher(voucher_id)


@bp.post("/partners/vouchers/<uuid:voucher_id>/return")
@allow(SIGNED_IN)
def give_back(voucher_id: UUID) -> ResponseReturnValue:
    """Return an unused voucher, or a place in time."""
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        voucher_returns.give_back(session, **me.key, voucher_id=voucher_id, actor=actor())

    _done, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _voucher(voucher_id, problem)
    return redirect(url_for("h5.partner_mine.voucher", voucher_id=voucher_id), code=303)


@bp.get("/partners/reservations/<uuid:reservation_id>")
@allow(SIGNED_IN)
def reservation(reservation_id: UUID) -> ResponseReturnValue:
    """Show what is set aside, with the code by which it is collected."""
    return _reservation(reservation_id)


@bp.post("/partners/reservations/<uuid:reservation_id>/cancel")
@allow(SIGNED_IN)
def cancel(reservation_id: UUID) -> ResponseReturnValue:
    """Give a reservation up."""
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        reservations.cancel(session, **me.key, reservation_id=reservation_id, actor=actor())

    _done, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _reservation(reservation_id, problem)
    target = url_for("h5.partner_mine.reservation", reservation_id=reservation_id)
    return redirect(target, code=303)


def _voucher(voucher_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        found = vouchers.get(session, ledger_id=me.ledger_id, voucher_id=voucher_id)
        what, shop = _named(session, me, found)
        may_return = voucher_returns.may_return(session, found)
    is_usable = found.state == "open" and found.valid_until_on >= clock.today()
    return show_page(
        "h5/partners/voucher.html",
        problem,
        me=me,
        voucher=found,
        goods=what,
        shop=shop,
        code=_code(found, _("我的券")) if is_usable else None,
        may_return=may_return,
        is_new="new" in request.args,
    )


def _reservation(
    reservation_id: UUID, problem: dict[str, Any] | None = None
) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        named: dict[str, Any] = {"ledger_id": me.ledger_id}
        found = reservations.get(session, **named, reservation_id=reservation_id)
        what, shop = _named(session, me, found)
    return show_page(
        "h5/partners/reservation.html",
        problem,
        me=me,
        reservation=found,
        goods=what,
        shop=shop,
        code=_code(found, _("取货码")) if found.state == "held" else None,
        is_new="new" in request.args,
    )


def _named(session: Session, me: Own, found: Voucher | Reservation) -> tuple[str, str]:
    """Return what it is of and where, to its own member."""
    claim_owners.require_of(session, found, me.member.id)
    named: dict[str, Any] = {"ledger_id": me.ledger_id}
    what = goods.get(session, **named, goods_id=found.goods_id).name
    return what, shops.get(session, **named, shop_id=found.shop_id).name


def _code(found: Voucher | Reservation, label: str) -> dict[str, str]:
    code = claim_codes.shown(found.code_cipher, found.id)
    digits = " ".join(code.digits[at : at + GROUP] for at in range(0, len(code.digits), GROUP))
    return {"svg": qr.svg(code.token, label=label), "digits": digits}
