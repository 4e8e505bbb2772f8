"""Offers of merchants: published by staff, used by members, counted by month (M1, L9)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.mall import merchants, offer_uses, offers, shops
from app.mall.models import Merchant, Offer, OfferUse
from app.mall.offers import OfferTerms
from app.people import codes, groups
from app.people.codes import SpentCode
from app.points import programmes
from app.risk import limits
from app.web.acts import act
from app.web.api import counter, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import PlaceIn, items_of
from app.web.schemas.vouchers import (
    GroupIn,
    GroupsOut,
    MonthOut,
    OfferOut,
    OfferTermsIn,
    OfferUseIn,
    OfferUseOut,
    OwnUseIn,
)
from app.web.session import actor, person

bp = Blueprint(
    "merchant_offers", __name__, url_prefix="/books/<book>", description="Offers of merchants"
)
OUT = OfferOut()


@bp.post("/merchants/<uuid:merchant_id>/offers")
@allow(SIGNED_IN)
@bp.arguments(OfferTermsIn)
@bp.response(201, OfferOut)
def publish(asked: dict[str, Any], book: str, merchant_id: UUID) -> ResponseReturnValue:
    """Publish an offer of a merchant that has signed."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        merchant = _merchant(session, ledger_id, merchant_id)
        named: dict[str, Any] = {"ledger_id": ledger_id, "merchant_id": merchant_id}
        made = offers.publish(session, **named, terms=OfferTerms(**asked), actor=actor())
        return _out(made, merchant)

    return act(verb, ledger_id=ledger_id, dump=OUT.dump)


@bp.post("/merchant-offers/<uuid:offer_id>/end")
@allow(SIGNED_IN)
@bp.response(200, OfferOut)
def end(book: str, offer_id: UUID) -> ResponseReturnValue:
    """End an offer; its uses stay readable."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, standing.WORKERS)
        key: dict[str, Any] = {"ledger_id": ledger_id, "offer_id": offer_id}
        merchant = _merchant(session, ledger_id, offers.get(session, **key).merchant_id)
        return _out(offers.end(session, **key, actor=actor()), merchant)

    return act(verb, ledger_id=ledger_id, dump=OUT.dump, status=200)


@bp.get("/merchant-offers")
@allow(SIGNED_IN)
@bp.response(200, items_of(OfferOut))
def list_offers(book: str) -> ResponseReturnValue:
    """List the offers that may be used today, with why one is not for me."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        mine = standing.my_member(session, ledger_id)
        top = tree.get(session, programmes.of_ledger(session, ledger_id).node_id)
        found = offers.list_within(session, ledger_id=ledger_id, node=top, open_only=True)
        own = groups.of_many(session, ledger_id=ledger_id, member_ids=[mine.id])[mine.id]
        period = limits.monthly(clock.today())
        used = offer_uses.used_counts(
            session, ledger_id=ledger_id, member_id=mine.id, period=period
        )
    rows = []
    for offer, merchant in found:
        refusal = offers.refusal_for(offer, own)
        row = _out(offer, merchant)
        row |= {"used_count": used.get(offer.id, 0), "refusal": refusal.code if refusal else None}
        rows.append(row)
    return {"items": rows}


@bp.post("/merchant-offers/<uuid:offer_id>/uses")
@allow(SIGNED_IN)
@bp.arguments(OfferUseIn)
@bp.response(201, OfferUseOut)
def use(asked: dict[str, Any], book: str, offer_id: UUID) -> ResponseReturnValue:
    """Record a use at a shop of the merchant, by the member's one-time code (used up by it)."""
    ledger_id = standing.book_id(book)

    def before(session: Session) -> SpentCode:
        offer = offers.get(session, ledger_id=ledger_id, offer_id=offer_id)
        shop = shops.get(session, ledger_id=ledger_id, shop_id=asked["shop_id"])
        is_here = counter.is_clerk(session, ledger_id, shop.id)
        if not is_here or shop.merchant_id != offer.merchant_id:
            raise NotFound("no offer of a shop of yours")
        return codes.consume(
            session,
            ledger_id=ledger_id,
            presented=asked["presented"],
            purpose="redeem",
            used_by_id=person().person_id,
        )

    def verb(session: Session, spent: SpentCode) -> OfferUse:
        named: dict[str, Any] = {"ledger_id": ledger_id, "offer_id": offer_id}
        made = offer_uses.use(
            session, **named, member_id=spent.member_id, door="code", actor=actor()
        )
        offer = offers.get(session, **named)
        codes.note_result(session, spent, {"state": "offer", "title": offer.title})
        return made

    return act(verb, ledger_id=ledger_id, before=before, dump=OfferUseOut().dump)


@bp.post("/me/offer-uses")
@allow(SIGNED_IN)
@bp.arguments(OwnUseIn)
@bp.response(201, OfferUseOut)
def use_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Use an offer by oneself, having scanned the merchant's code."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> OfferUse:
        standing.oneself()
        mine = standing.my_member(session, ledger_id)
        return offer_uses.use(
            session,
            ledger_id=ledger_id,
            offer_id=asked["offer_id"],
            member_id=mine.id,
            door="own",
            actor=actor(),
        )

    return act(verb, ledger_id=ledger_id, dump=OfferUseOut().dump)


@bp.get("/offer-months")
@allow(SIGNED_IN)
@bp.arguments(PlaceIn, location="query")
@bp.response(200, items_of(MonthOut))
def count_months(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Count the uses of a place's merchants by month, to its staff (M1)."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), standing.READERS)
        found = offer_uses.by_month(session, ledger_id=ledger_id, node=node)
    return {"items": [{"period": name, "times_count": count} for name, count in found.items()]}


@bp.post("/members/<uuid:member_id>/groups")
@allow(SIGNED_IN)
@bp.arguments(GroupIn)
@bp.response(200, GroupsOut)
def set_group(asked: dict[str, Any], book: str, member_id: UUID) -> ResponseReturnValue:
    """Say that a member belongs to a group (新就业群体 …), or no more."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.member(session, ledger_id, member_id, standing.WORKERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "group": asked["group"]}
        if asked["is_in"]:
            groups.put(session, **named, member_ids=[member_id], actor=actor())
        else:
            groups.take_out(session, **named, member_id=member_id, actor=actor())
        found = groups.of_many(session, ledger_id=ledger_id, member_ids=[member_id])
        return {"groups": sorted(found[member_id])}

    return act(verb, ledger_id=ledger_id, status=200)


def _merchant(session: Session, ledger_id: int, merchant_id: UUID) -> Merchant:
    """Return a merchant of a place in the person's charge."""
    standing.require_holder(session, standing.WORKERS)
    merchant = merchants.get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    standing.node_at(session, merchant.node_id, standing.WORKERS)
    return merchant


def _out(offer: Offer, merchant: Merchant) -> dict[str, Any]:
    columns = OUT.fields.keys() - {"merchant_name", "used_count", "refusal"}
    row = {name: getattr(offer, name) for name in columns}
    return {**row, "merchant_name": merchant.name}
