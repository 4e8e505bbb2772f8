"""Merchants, their shops and the clerks who serve there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.mall import clerks, merchants, shops
from app.mall.models import Merchant, Shop
from app.people import roles
from app.web.acts import act
from app.web.api import counter, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import PlaceIn, items_of
from app.web.schemas.mall import (
    ClerkIn,
    ClerkOut,
    MerchantFilterIn,
    MerchantIn,
    MerchantOut,
    ShopIn,
    ShopOut,
)
from app.web.schemas.partners import SignIn
from app.web.session import actor

bp = Blueprint("mall", __name__, url_prefix="/books/<book>", description="Merchants and shops")

MERCHANT_STEPS: dict[str, tuple[Callable[..., Merchant], tuple[str, ...]]] = {
    "approve": (merchants.approve, standing.DECIDERS),
    "list": (merchants.enlist, standing.WORKERS),
    "suspend": (merchants.suspend, standing.WORKERS),
    "resume": (merchants.resume, standing.WORKERS),
    "close": (merchants.close, standing.WORKERS),
}
"""The steps of a merchant and who may take them; approving is another person's (A6)."""

SHOP_STEPS: dict[str, Callable[..., Shop]] = {
    "suspend": shops.suspend,
    "reopen": shops.reopen,
    "close": shops.close,
}


@bp.post("/merchants")
@allow(SIGNED_IN)
@bp.arguments(MerchantIn)
@bp.response(201, MerchantOut)
def apply(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """File a merchant's application under a place."""
    ledger_id, code = standing.book_id(book), asked.pop("node_code")

    def verb(session: Session, _fact: None) -> Merchant:
        node = standing.place(session, code, standing.WORKERS)
        return merchants.apply(
            session, ledger_id=ledger_id, node_id=node.id, actor=actor(), **asked
        )

    return act(verb, ledger_id=ledger_id, dump=MerchantOut().dump)


@bp.get("/merchants")
@allow(SIGNED_IN)
@bp.arguments(MerchantFilterIn, location="query")
@bp.response(200, items_of(MerchantOut))
def list_merchants(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the merchants of a place and of everything below it; of one class if asked (T16)."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), standing.READERS)
        named: dict[str, Any] = {"node": node, "partner_class": asked.get("partner_class")}
        return {"items": merchants.list_within(session, ledger_id=ledger_id, **named)}


@bp.post("/merchants/<uuid:merchant_id>/sign")
@allow(SIGNED_IN)
@bp.arguments(SignIn)
@bp.response(200, MerchantOut)
def sign_merchant(asked: dict[str, Any], book: str, merchant_id: UUID) -> ResponseReturnValue:
    """Note the agreement that an approved merchant signed, or its renewal (M3)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Merchant:
        standing.require_holder(session, standing.WORKERS)
        key: dict[str, Any] = {"ledger_id": ledger_id, "merchant_id": merchant_id}
        merchant = merchants.get(session, **key)
        standing.node_at(session, merchant.node_id, standing.WORKERS)
        return merchants.sign(session, **key, **asked, actor=actor())

    return act(verb, ledger_id=ledger_id, dump=MerchantOut().dump, status=200)


@bp.post("/merchants/<uuid:merchant_id>/<any(approve, list, suspend, resume, close):step>")
@allow(SIGNED_IN)
@bp.response(200, MerchantOut)
def step_merchant(book: str, merchant_id: UUID, step: str) -> ResponseReturnValue:
    """Take a merchant one step on."""
    ledger_id = standing.book_id(book)
    move, names = MERCHANT_STEPS[step]

    def verb(session: Session, _fact: None) -> Merchant:
        standing.require_holder(session, names)
        merchant = merchants.get(session, ledger_id=ledger_id, merchant_id=merchant_id)
        standing.node_at(session, merchant.node_id, names)
        return move(session, ledger_id=ledger_id, merchant_id=merchant_id, actor=actor())

    return act(verb, ledger_id=ledger_id, dump=MerchantOut().dump, status=200)


@bp.post("/shops")
@allow(SIGNED_IN)
@bp.arguments(ShopIn)
@bp.response(201, ShopOut)
def open_shop(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Open a shop of an approved merchant under a place."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Shop:
        node = standing.place(session, asked["node_code"], standing.WORKERS)
        merchant_id = asked["merchant_id"]
        merchant = merchants.get(session, ledger_id=ledger_id, merchant_id=merchant_id)
        standing.node_at(session, merchant.node_id, standing.WORKERS)
        return shops.open_shop(
            session,
            ledger_id=ledger_id,
            merchant_id=merchant_id,
            node_id=node.id,
            name=asked["name"],
            kind=asked["kind"],
            actor=actor(),
        )

    return act(verb, ledger_id=ledger_id, dump=ShopOut().dump)


@bp.get("/shops")
@allow(SIGNED_IN)
@bp.arguments(PlaceIn, location="query")
@bp.response(200, items_of(ShopOut))
def list_shops(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the shops of a place and of everything below it, to members and staff."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = counter.place_of_visitors(session, ledger_id, asked.get("node_code"))
        return {"items": shops.list_within(session, ledger_id=ledger_id, node=node)}


@bp.post("/shops/<uuid:shop_id>/<any(suspend, reopen, close):step>")
@allow(SIGNED_IN)
@bp.response(200, ShopOut)
def step_shop(book: str, shop_id: UUID, step: str) -> ResponseReturnValue:
    """Suspend, reopen or close a shop."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Shop:
        counter.shop_of_staff(session, ledger_id, shop_id)
        return SHOP_STEPS[step](session, ledger_id=ledger_id, shop_id=shop_id, actor=actor())

    return act(verb, ledger_id=ledger_id, dump=ShopOut().dump, status=200)


@bp.post("/shops/<uuid:shop_id>/clerks")
@allow(SIGNED_IN)
@bp.arguments(ClerkIn)
@bp.response(201, ClerkOut)
def assign_clerk(asked: dict[str, Any], book: str, shop_id: UUID) -> ResponseReturnValue:
    """Let a person serve at a shop; never oneself. Their sessions become a clerk's (D48)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        shop = counter.shop_of_staff(session, ledger_id, shop_id)
        who: dict[str, Any] = {"person_id": asked["person_id"], "actor": actor()}
        roles.grant(session, node_id=shop.node_id, role="clerk", **who)
        days = {"from_on": asked["from_on"], "until_on": asked["until_on"]}
        return clerks.assign(session, ledger_id=ledger_id, shop_id=shop_id, **who, **days)

    return act(verb, ledger_id=ledger_id, dump=ClerkOut().dump)


@bp.get("/shops/<uuid:shop_id>/clerks")
@allow(SIGNED_IN)
@bp.response(200, items_of(ClerkOut))
def list_clerks(book: str, shop_id: UUID) -> ResponseReturnValue:
    """List every assignment of a shop, to its staff."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        counter.shop_of_staff(session, ledger_id, shop_id, standing.READERS)
        return {"items": clerks.list_of(session, ledger_id=ledger_id, shop_id=shop_id)}


@bp.post("/shops/<uuid:shop_id>/clerks/<uuid:person_id>/end")
@allow(SIGNED_IN)
@bp.response(200, items_of(ClerkOut))
def end_clerk(book: str, shop_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """End a clerk's time at a shop at once."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        counter.shop_of_staff(session, ledger_id, shop_id)
        named: dict[str, Any] = {"ledger_id": ledger_id, "shop_id": shop_id}
        clerks.end(session, **named, person_id=person_id, actor=actor())
        return {"items": clerks.list_of(session, **named)}

    return act(verb, ledger_id=ledger_id, dump=items_of(ClerkOut)().dump, status=200)
