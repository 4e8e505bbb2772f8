"""Campaigns (载体) over the API: made by who is in charge, tagged by staff, counted (T7, C31)."""

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.points import programmes
from app.reports import claim_tables
from app.service_orders import campaigns
from app.service_orders.models import Campaign
from app.web import fulfilling
from app.web.acts import act
from app.web.api import seeing, standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import PlaceIn, items_of
from app.web.schemas.wishes import (
    CampaignCountOut,
    CampaignIn,
    CampaignItemIn,
    CampaignOut,
)

bp = Blueprint("campaigns", __name__, url_prefix="/books/<book>/campaigns", description="Campaigns")
OUT = CampaignOut()


@bp.get("")
@allow(SIGNED_IN)
@bp.response(200, items_of(CampaignOut))
def list_campaigns(book: str) -> ResponseReturnValue:
    """List the campaigns of a book that one is a member of, or has an office in."""
    ledger_id = book_id(book)
    with reading() as session:
        if not seeing.is_of_book(session, ledger_id):
            standing.require_holder(session, READERS)
        found = campaigns.list_of(session, ledger_id=ledger_id)
        return jsonify(items=[OUT.dump(each) for each in found])


@bp.post("")
@allow(SIGNED_IN)
@bp.arguments(CampaignIn)
@bp.response(201, CampaignOut)
def make(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Begin a campaign of the whole book."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Campaign:
        programme = programmes.of_ledger(session, ledger_id)
        standing.node_at(session, programme.node_id, WORKERS)
        return campaigns.make(session, ledger_id=ledger_id, **asked)

    return act(verb, ledger_id=ledger_id, dump=OUT.dump)


@bp.get("/<campaign_code>/counts")
@allow(SIGNED_IN)
@bp.arguments(PlaceIn, location="query")
@bp.response(200, CampaignCountOut)
def count(asked: dict[str, Any], book: str, campaign_code: str) -> ResponseReturnValue:
    """Count a campaign's wishes, posts and activities at a place in my charge (T7)."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), READERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "code": campaign_code}
        found = campaigns.get(session, **named)
        counted = claim_tables.counted(session, **named, node=node)
    row = {
        "code": found.code,
        "name": found.name,
        "node_code": node.code,
        "wish_count": counted["wish"],
        "fulfilled_count": counted["fulfilled"],
        "post_count": counted["post"],
        "activity_count": counted["activity"],
    }
    return jsonify(CampaignCountOut().dump(row))


@bp.post("/<campaign_code>/items")
@allow(SIGNED_IN)
@bp.arguments(CampaignItemIn)
@bp.response(204)
def tag(asked: dict[str, Any], book: str, campaign_code: str) -> ResponseReturnValue:
    """Count a wish, a post or an activity under a campaign; again changes nothing."""
    return _mark(campaigns.tag, asked, book, campaign_code)


@bp.post("/<campaign_code>/items/removal")
@allow(SIGNED_IN)
@bp.arguments(CampaignItemIn)
@bp.response(204)
def untag(asked: dict[str, Any], book: str, campaign_code: str) -> ResponseReturnValue:
    """Count a thing under a campaign no longer."""
    return _mark(campaigns.untag, asked, book, campaign_code)


def _mark(mark: Any, asked: dict[str, Any], book: str, campaign_code: str) -> ResponseReturnValue:
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> None:
        standing.require_holder(session, WORKERS)
        place = fulfilling.place_of(session, ledger_id=ledger_id, **asked)
        standing.node_at(session, place, WORKERS)
        mark(session, ledger_id=ledger_id, code=campaign_code, **asked)

    return act(verb, ledger_id=ledger_id, status=204)
