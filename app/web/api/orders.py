"""Orders over the API, for who asks: filed, watched, taken back, rated, opened again (T8, P12)."""

from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.service_orders import categories, filing, listings, reopening
from app.service_orders import standing as where
from app.service_orders.filing import Request
from app.service_orders.models import Order
from app.web import orders
from app.web.acts import act
from app.web.api import order_rows, standing
from app.web.api.standing import READERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.lists import items_of
from app.web.schemas.orders import (
    FileIn,
    KindOut,
    OrderFullOut,
    OrderOut,
    RatingIn,
    TemplateOut,
    WhyIn,
)
from app.web.session import actor, subject_id

bp = Blueprint(
    "orders", __name__, url_prefix="/books/<book>", description="Orders: asked for, watched, rated"
)


@bp.get("/order-categories")
@allow(SIGNED_IN)
@bp.response(200, items_of(KindOut))
def list_kinds(book: str) -> dict[str, Any]:
    """List the kinds of orders that are taken in this book, by code."""
    ledger_id = book_id(book)
    with reading() as session:
        return {"items": categories.list_of(session, ledger_id=ledger_id)}


@bp.get("/me/order-workflow")
@allow(SIGNED_IN)
@bp.response(200, TemplateOut)
def show_workflow(book: str) -> Any:
    """Show the workflow of my place: its steps under the names that it uses."""
    ledger_id = book_id(book)
    with reading() as session:
        me = standing.my_member(session, ledger_id)
        return orders.template_at(session, tree.get(session, me.node_id))


@bp.post("/me/orders")
@allow(SIGNED_IN)
@bp.arguments(FileIn)
@bp.response(201, OrderFullOut)
def file_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Ask for something at my place."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        me = standing.my_member(session, ledger_id)
        made = filing.file(
            session,
            ledger_id=ledger_id,
            node=tree.get(session, me.node_id),
            request=Request(**asked, requester_id=me.id),
            actor=actor(),
        )
        return order_rows.full(session, made)

    return act(verb, ledger_id=ledger_id)


@bp.get("/me/orders")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(OrderOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what I asked for, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        found = listings.list_of_member(session, **standing.my_key(session, ledger_id), **asked)
        return jsonify(items=order_rows.listed(session, ledger_id, found))


@bp.get("/orders/<uuid:order_id>")
@allow(SIGNED_IN)
@bp.response(200, OrderFullOut)
def show(book: str, order_id: UUID) -> ResponseReturnValue:
    """Show an order in full: to who asked, who does it, and staff of its place."""
    ledger_id = book_id(book)
    with reading() as session:
        found = where.get_order(session, ledger_id=ledger_id, order_id=order_id)
        if not (is_mine(session, found) or where.handles(session, found, actor())):
            standing.node_at(session, found.node_id, READERS)
        return jsonify(order_rows.full(session, found))


@bp.post("/me/orders/<uuid:order_id>/withdrawal")
@allow(SIGNED_IN)
@bp.arguments(WhyIn)
@bp.response(200, OrderFullOut)
def withdraw_mine(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Take back what I asked for, while nobody has taken it on."""
    return _mine(book, order_id, filing.withdraw, asked)


@bp.post("/me/orders/<uuid:order_id>/rating")
@allow(SIGNED_IN)
@bp.arguments(RatingIn)
@bp.response(200, OrderFullOut)
def rate_mine(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Rate what was done for me (评单); the volunteers' work is credited, or held if it was bad."""
    return _mine(book, order_id, orders.rate, asked)


@bp.post("/me/orders/<uuid:order_id>/reopening")
@allow(SIGNED_IN)
@bp.arguments(WhyIn)
@bp.response(200, OrderFullOut)
def reopen_mine(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Say that it was not done after all; hours given for it are taken back."""
    return _mine(book, order_id, reopening.reopen, asked)


def is_mine(session: Session, order: Order) -> bool:
    """Whether the person, or whom they act for, asked for it."""
    return where.asker_person_id(session, order) == subject_id()


def _mine(book: str, order_id: UUID, step: Any, asked: dict[str, Any]) -> ResponseReturnValue:
    """Run a step of who asked; another's order is not there."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        found = where.get_order(session, ledger_id=ledger_id, order_id=order_id)
        if not is_mine(session, found):
            raise NotFound("no such order of yours")
        done = step(session, ledger_id=ledger_id, order_id=order_id, actor=actor(), **asked)
        return order_rows.full(session, done)

    return act(verb, ledger_id=ledger_id, status=200)
