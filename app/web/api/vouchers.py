"""Vouchers and places of a class: bought by members, honoured once by their shop (L8, M6, M7)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound
from app.base.transactions import reading
from app.mall import claim_codes, claim_owners, goods, shops, voucher_returns, vouchers, wrong_codes
from app.mall.models import Voucher
from app.web.acts import Look, act
from app.web.api import counter, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.lists import items_of
from app.web.schemas.vouchers import CodeOut, PresentedIn, VoucherIn, VoucherOut
from app.web.session import actor

bp = Blueprint("vouchers", __name__, url_prefix="/books/<book>", description="Vouchers")
OUT = VoucherOut()


@bp.post("/me/vouchers")
@allow(SIGNED_IN)
@bp.arguments(VoucherIn)
@bp.response(201, VoucherOut)
def issue(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Buy a voucher of a service, or a place of its session, with my points."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.oneself()
        key = standing.my_key(session, ledger_id)
        made = vouchers.issue(session, **key, **asked, actor=actor())
        return _out(session, made.voucher)

    return act(verb, ledger_id=ledger_id, dump=OUT.dump)


@bp.get("/me/vouchers")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(VoucherOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List my vouchers, open ones first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        key = standing.my_key(session, ledger_id)
        found = vouchers.list_of_member(session, **key, **asked)
        return {"items": [_row(one, what.name, shop.name) for one, what, shop in found]}


@bp.get("/me/vouchers/<uuid:voucher_id>/code")
@allow(SIGNED_IN)
@bp.response(200, CodeOut)
def show_code(book: str, voucher_id: UUID) -> ResponseReturnValue:
    """Show the code of my open voucher; nobody else sees it."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        standing.oneself()
        mine = standing.my_member(session, ledger_id)
        found = vouchers.get(session, ledger_id=ledger_id, voucher_id=voucher_id)
        claim_owners.require_of(session, found, mine.id)
        if found.state != "open":
            raise NotFound("no open voucher of yours")
        code = claim_codes.shown(found.code_cipher, found.id)
        return {"token": code.token, "digits": code.digits}


@bp.post("/me/vouchers/<uuid:voucher_id>/return")
@allow(SIGNED_IN)
@bp.response(200, VoucherOut)
def give_back(book: str, voucher_id: UUID) -> ResponseReturnValue:
    """Return my unused voucher, or my place in time: the points come back (M6)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        key = standing.my_key(session, ledger_id)
        back = voucher_returns.give_back(session, **key, voucher_id=voucher_id, actor=actor())
        return _out(session, back)

    return act(verb, ledger_id=ledger_id, dump=OUT.dump, status=200)


@bp.post("/shops/<uuid:shop_id>/voucher-uses")
@allow(SIGNED_IN)
@bp.arguments(PresentedIn)
@bp.response(200, VoucherOut)
def use(asked: dict[str, Any], book: str, shop_id: UUID) -> ResponseReturnValue:
    """Honour a voucher at the shop where one serves, once; posts nothing (L8, M7)."""
    ledger_id = standing.book_id(book)
    named: dict[str, Any] = {"ledger_id": ledger_id, "shop_id": shop_id}

    def look(session: Session) -> bool:
        if not counter.is_clerk(session, ledger_id, shop_id):
            raise NotFound("no shop of yours")
        wrong_codes.require_left(session, **named)
        return True

    def verb(session: Session, _fact: bool) -> dict[str, Any]:
        used = vouchers.use(session, **named, presented=asked["presented"], actor=actor())
        return _out(session, used)

    def refused(session: Session, is_clerk: bool | None, refusal: DomainError) -> None:
        if is_clerk and isinstance(refusal, NotFound):
            wrong_codes.count(session, **named)

    return act(
        verb, ledger_id=ledger_id, before=Look(look), refused=refused, dump=OUT.dump, status=200
    )


@bp.get("/shops/<uuid:shop_id>/vouchers")
@allow(SIGNED_IN)
@bp.response(200, items_of(VoucherOut))
def list_of_shop(book: str, shop_id: UUID) -> ResponseReturnValue:
    """List a shop's vouchers, the newest first, to its clerks and staff; without names."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        counter.shop_of_workers(session, ledger_id, shop_id, standing.READERS)
        found = vouchers.list_of_shop(session, ledger_id=ledger_id, shop_id=shop_id)
        return {"items": [_row(one, what.name, shop.name) for one, what, shop in found]}


def _out(session: Session, one: Voucher) -> dict[str, Any]:
    what = goods.get(session, ledger_id=one.ledger_id, goods_id=one.goods_id)
    shop = shops.get(session, ledger_id=one.ledger_id, shop_id=one.shop_id)
    return _row(one, what.name, shop.name)


def _row(one: Voucher, goods_name: str, shop_name: str) -> dict[str, Any]:
    columns = OUT.fields.keys() - {"goods_name", "shop_name"}
    row = {name: getattr(one, name) for name in columns}
    return {**row, "goods_name": goods_name, "shop_name": shop_name}
