"""What staff do with wishes over the API: enter, link to an activity, return, count (C16, C22)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import plans
from app.base.transactions import reading
from app.community import tree
from app.service_orders import wish_listings, wishes
from app.service_orders.models import Wish
from app.service_orders.wishes import Words
from app.web import fulfilling
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.api.wishes import listed
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import PlaceIn, items_of
from app.web.schemas.wishes import (
    ReturnIn,
    StarsIn,
    WishCountOut,
    WishesIn,
    WishForIn,
    WishLinkIn,
    WishOut,
)
from app.web.session import actor

bp = Blueprint(
    "wish_work", __name__, url_prefix="/books/<book>/wishes", description="Wishes, at the desk"
)


@bp.get("/in-place")
@allow(SIGNED_IN)
@bp.arguments(WishesIn, location="query")
@bp.response(200, items_of(WishOut))
def list_in(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the wishes of a place in my charge, latest first; of a state, of a campaign."""
    ledger_id, state = book_id(book), asked.pop("state")
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = wish_listings.search(
            session, ledger_id=ledger_id, node=node, states=(state,) if state else (), **asked
        )
        return jsonify(items=listed(session, found, None, is_staff=True))


@bp.get("/counts")
@allow(SIGNED_IN)
@bp.arguments(PlaceIn, location="query")
@bp.response(200, items_of(WishCountOut))
def count(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Count the wishes of a place in my charge, and how many came true (C22)."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), READERS)
        found = wish_listings.counts_by_node(session, ledger_id=ledger_id, node=node)
        nodes = tree.get_many(session, found)
        rows = [
            {
                "node_code": nodes[node_id].code,
                "name": nodes[node_id].short_name,
                "entered_count": sum(counted.values()),
                "open_count": counted["open"],
                "claimed_count": counted["claimed"],
                "fulfilled_count": sum(counted[state] for state in wish_listings.FULFILLED),
                "returned_count": counted["returned"],
            }
            for node_id, counted in found.items()
        ]
    return jsonify(items=sorted(rows, key=lambda row: str(row["node_code"])))


@bp.post("")
@allow(SIGNED_IN)
@bp.arguments(WishForIn)
@bp.response(201, WishOut)
def enter(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Write a wish down for a member, who may have no phone."""
    ledger_id, member_id = book_id(book), asked.pop("member_id")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        wisher = standing.member(session, ledger_id, member_id, WORKERS)
        made = wishes.make(
            session, ledger_id=ledger_id, wisher=wisher, words=Words(**asked), actor=actor()
        )
        return listed(session, [made], None, is_staff=True)[0]

    return act(verb, ledger_id=ledger_id)


@bp.post("/<uuid:wish_id>/return")
@allow(SIGNED_IN)
@bp.arguments(ReturnIn)
@bp.response(200, WishOut)
def send_back(asked: dict[str, Any], book: str, wish_id: UUID) -> ResponseReturnValue:
    """Return a wish that cannot be taken on (退回), with the reason."""

    def verb(session: Session, ledger_id: int) -> Wish:
        return wishes.send_back(session, ledger_id=ledger_id, wish_id=wish_id, **asked)

    return _step(book, wish_id, verb)


@bp.post("/<uuid:wish_id>/rating")
@allow(SIGNED_IN)
@bp.arguments(StarsIn)
@bp.response(200, WishOut)
def rate(asked: dict[str, Any], book: str, wish_id: UUID) -> ResponseReturnValue:
    """Write down what a wisher without a phone says; never who fulfilled it."""

    def verb(session: Session, ledger_id: int) -> Wish:
        named: dict[str, Any] = {"ledger_id": ledger_id, "wish_id": wish_id}
        return fulfilling.rate_wish(session, **named, **asked, actor=actor())

    return _step(book, wish_id, verb)


@bp.post("/<uuid:wish_id>/activity-fulfilment")
@allow(SIGNED_IN)
@bp.response(200, WishOut)
def fulfil(book: str, wish_id: UUID) -> ResponseReturnValue:
    """Say that the activity that took a wish on made it come true; for what its close left.

    When an activity is closed by the wisher, or by one of their household, their wish waits
    for a colleague, who is neither.
    """

    def verb(session: Session, ledger_id: int) -> Wish:
        return fulfilling.fulfil_wish(session, ledger_id=ledger_id, wish_id=wish_id, actor=actor())

    return _step(book, wish_id, verb)


@bp.post("/links")
@allow(SIGNED_IN)
@bp.arguments(WishLinkIn)
@bp.response(200, items_of(WishOut))
def link(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Name the activity that is to fulfil wishes; when it closes they come true (C16)."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, WORKERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "activity_id": asked["activity_id"]}
        standing.node_at(session, plans.get(session, **named).node_id, WORKERS)
        for wish_id in asked["wish_ids"]:
            wish = wishes.get(session, ledger_id=ledger_id, wish_id=wish_id)
            standing.node_at(session, wish.node_id, WORKERS)
        linked = fulfilling.link_wishes(session, **named, wish_ids=asked["wish_ids"], actor=actor())
        return {"items": listed(session, linked, None, is_staff=True)}

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/links/removal")
@allow(SIGNED_IN)
@bp.arguments(WishLinkIn)
@bp.response(200, items_of(WishOut))
def unlink(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Free wishes from the activity that does not fulfil them; another may take them on.

    By staff of the activity's place, or of the wishes' own; answers those that it had.
    """
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, WORKERS)
        freed = fulfilling.free_wishes(
            session,
            ledger_id=ledger_id,
            **asked,
            require_at=lambda node_id: standing.node_at(session, node_id, WORKERS),
        )
        return {"items": listed(session, freed, None, is_staff=True)}

    return act(verb, ledger_id=ledger_id, status=200)


def _step(book: str, wish_id: UUID, verb: Callable[[Session, int], Wish]) -> ResponseReturnValue:
    """Run a step of staff of the wish's place."""
    ledger_id = book_id(book)

    def run(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, WORKERS)
        found = wishes.get(session, ledger_id=ledger_id, wish_id=wish_id)
        standing.node_at(session, found.node_id, WORKERS)
        return listed(session, [verb(session, ledger_id)], None, is_staff=True)[0]

    return act(run, ledger_id=ledger_id, status=200)
