"""Offers of merchants around me, and using one at the merchant's own code (M1, L9)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.community import tree
from app.community.models import Node
from app.mall import merchants, offer_uses, offers
from app.mall.models import Merchant, Offer
from app.people import groups
from app.points import programmes
from app.risk import limits
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor

bp = own.for_oneself(Blueprint("partner_offers", __name__))


@dataclass(frozen=True, slots=True)
class Seen:
    """An offer as a member sees it: `why_not` is a refusal's code, empty if it is for them."""

    offer: Offer
    merchant: Merchant
    place: Node
    left_count: int
    why_not: str


@bp.get("/partners/offers")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List the offers of today, the nearest merchants first; greyed what is not for me."""
    with reading() as session:
        me = own.here(session)
        top = tree.get(session, programmes.of_ledger(session, me.ledger_id).node_id)
        pairs = offers.list_within(session, ledger_id=me.ledger_id, node=top, open_only=True)
        found = sorted(_seen(session, me, pairs), key=lambda one: _distance(me, one.place))
    return show_page("h5/partners/offers.html", me=me, found=found)


@bp.get("/partners/at/<uuid:merchant_id>")
@allow(SIGNED_IN)
def merchant(merchant_id: UUID) -> ResponseReturnValue:
    """Show a merchant's offers to who scanned its code."""
    return _merchant(merchant_id)


@bp.post("/partners/at/<uuid:merchant_id>/use")
@allow(SIGNED_IN)
def use(merchant_id: UUID) -> ResponseReturnValue:
    """Use one of its offers, and show that to the people at the merchant's."""
    with reading() as session:
        me = own.here(session)
    try:
        offer_id = UUID(request.form.get("offer_id", ""))
    except ValueError:
        return _merchant(merchant_id)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        made = offer_uses.use(
            session,
            **me.key,
            offer_id=offer_id,
            merchant_id=merchant_id,
            door="own",
            actor=actor(),
        )
        offer = offers.get(session, ledger_id=me.ledger_id, offer_id=offer_id)
        return {"title": offer.title, "terms": offer.terms, "ordinal": made.ordinal}

    done, problem = submit(verb, ledger_id=me.ledger_id, show=lambda made: made)
    if problem:
        return _merchant(merchant_id, problem)
    return show_page("h5/partners/used.html", me=me, used=done)


def _merchant(merchant_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "merchant_id": merchant_id}
        found = merchants.get(session, **named)
        open_offers = offers.list_of_merchant(session, **named, open_only=True)
        seen = _seen(session, me, [(one, found) for one in open_offers])
    is_listed = found.state == "listed" and not merchants.agreement_over(found.agreed_until_on)
    return show_page(
        "h5/partners/merchant.html",
        problem,
        me=me,
        merchant=found,
        is_listed=is_listed,
        found=seen if is_listed else [],
    )


def _seen(session: Session, me: Own, pairs: list[tuple[Offer, Merchant]]) -> list[Seen]:
    mine = groups.of_many(session, ledger_id=me.ledger_id, member_ids=[me.member.id])
    period = limits.monthly(clock.today())
    used = offer_uses.used_counts(session, **me.key, period=period)
    places = tree.get_many(session, {each.node_id for _, each in pairs})
    found = []
    for offer, behind in pairs:
        refusal = offers.refusal_for(offer, mine[me.member.id])
        left = max(0, offer.person_period_max - used.get(offer.id, 0))
        why_not = refusal.code if refusal else ("" if left else "limit_exceeded")
        found.append(Seen(offer, behind, places[behind.node_id], left, why_not))
    return found


def _distance(me: Own, place: Node) -> int:
    """How many steps of the tree the two places do not share; the nearest first."""
    mine, theirs = me.node.path.split("/"), place.path.split("/")
    shared = sum(1 for one, other in zip(mine, theirs, strict=False) if one == other)
    return max(len(mine), len(theirs)) - shared
