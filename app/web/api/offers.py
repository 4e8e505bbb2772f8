"""Offers over the API: what neighbours are ready to do, and at what price in points."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import grids, tree
from app.people import members
from app.people.models import Member
from app.service_orders import offers
from app.service_orders.models import Offer
from app.service_orders.offers import Proposal
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.exchanges import OfferIn, OfferOut
from app.web.schemas.lists import items_of

bp = Blueprint("offers", __name__, url_prefix="/books/<book>", description="Neighbours' offers")
OUT = OfferOut()


@bp.get("/offers")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(OfferOut))
def list_offers(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what the neighbours of my community offer, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        me = standing.my_member(session, ledger_id)
        node = grids.neighbourhood(session, tree.get(session, me.node_id))
        found = offers.list_in(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=_listed(session, found, me))


@bp.post("/me/offers")
@allow(SIGNED_IN)
@bp.arguments(OfferIn)
@bp.response(201, OfferOut)
def make_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Offer something to my neighbours."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        me = standing.my_member(session, ledger_id)
        made = offers.make(session, ledger_id=ledger_id, member=me, proposal=Proposal(**asked))
        return _listed(session, [made], me)[0]

    return act(verb, ledger_id=ledger_id)


@bp.post("/me/offers/<uuid:offer_id>/end")
@allow(SIGNED_IN)
@bp.response(200, OfferOut)
def end_mine(book: str, offer_id: UUID) -> ResponseReturnValue:
    """Take my offer down; what was asked by it goes on."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        me = standing.my_member(session, ledger_id)
        ended = offers.end(session, ledger_id=ledger_id, offer_id=offer_id, member=me)
        return _listed(session, [ended], me)[0]

    return act(verb, ledger_id=ledger_id, status=200)


def _listed(session: Session, found: Sequence[Offer], me: Member) -> list[dict[str, Any]]:
    ids = {each.member_id for each in found}
    named = members.get_many(session, ledger_id=me.ledger_id, member_ids=ids)
    return [
        OUT.dump(
            {
                **{name: getattr(each, name, None) for name in OUT.fields},
                "name_masked": named[each.member_id].name_masked,
                "is_mine": each.member_id == me.id,
            }
        )
        for each in found
    ]
