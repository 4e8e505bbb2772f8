"""Orders over the API, for reviewers by duty (评议员): what no member can rate, rated (S9)."""

from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.service_orders import reviewing
from app.service_orders import standing as where
from app.web import orders
from app.web.acts import act
from app.web.api import order_rows, standing
from app.web.api.standing import book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.lists import items_of
from app.web.schemas.orders import OrderOut, RatingIn
from app.web.session import actor

bp = Blueprint(
    "order_reviews", __name__, url_prefix="/books/<book>", description="Orders for reviewers"
)


@bp.get("/me/order-reviews")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(OrderOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what waits for my rating at the places of my duty; nothing without such a duty."""
    ledger_id = book_id(book)
    with reading() as session:
        standing.oneself()
        me = standing.my_member(session, ledger_id)
        found = reviewing.to_rate(session, ledger_id=ledger_id, member=me, **asked)
        return jsonify(items=order_rows.listed(session, ledger_id, found))


@bp.post("/me/order-reviews/<uuid:order_id>")
@allow(SIGNED_IN)
@bp.arguments(RatingIn)
@bp.response(200, OrderOut)
def rate(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Rate an order of somebody who is no member; never one that I handled."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        standing.oneself()
        me = standing.my_member(session, ledger_id)
        found = where.get_order(session, ledger_id=ledger_id, order_id=order_id)
        reviewing.require_reviewer(session, ledger_id=ledger_id, order=found, member=me)
        done = orders.rate(session, ledger_id=ledger_id, order_id=order_id, actor=actor(), **asked)
        return order_rows.listed(session, ledger_id, [done])[0]

    return act(verb, ledger_id=ledger_id, status=200)
