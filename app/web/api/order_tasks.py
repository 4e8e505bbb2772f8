"""Orders over the API, for who does them: taken on, under way, given back, finished (T8, T22)."""

from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import led_teams
from app.service_orders import finishing, first_offers, handling, listings
from app.service_orders import standing as where
from app.service_orders.finishing import Work
from app.web.acts import act
from app.web.api import order_rows, standing
from app.web.api.standing import READERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.orders import (
    FinishIn,
    OrderFullOut,
    OrderOut,
    ProgressIn,
    TasksIn,
    WhyIn,
)
from app.web.session import actor

bp = Blueprint("order_tasks", __name__, url_prefix="/books/<book>", description="Orders to do")


@bp.get("/me/order-tasks")
@allow(SIGNED_IN)
@bp.arguments(TasksIn, location="query")
@bp.response(200, items_of(OrderOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what I, or a team that I lead, is to do, most urgent first; or did."""
    ledger_id, is_done = book_id(book), asked.pop("is_done")
    with reading() as session:
        whose: dict[str, Any] = {"ledger_id": ledger_id, "person_id": standing.oneself()}
        led = led_teams.led_by(session, **whose)
        found = listings.list_of_hands(session, **whose, team_ids=led, is_open=not is_done, **asked)
        return jsonify(items=order_rows.listed(session, ledger_id, found))


@bp.get("/me/order-offers")
@allow(SIGNED_IN)
@bp.response(200, items_of(OrderOut))
def list_offers(book: str) -> ResponseReturnValue:
    """List the orders near my home that ask for a skill of mine and that nobody has yet (C21)."""
    ledger_id = book_id(book)
    with reading() as session:
        me = standing.my_member(session, ledger_id)
        found = first_offers.orders_for(session, ledger_id=ledger_id, member=me)
        return jsonify(items=order_rows.listed(session, ledger_id, found))


@bp.post("/me/order-offers/<uuid:order_id>")
@allow(SIGNED_IN)
@bp.response(200, OrderFullOut)
def take_on(book: str, order_id: UUID) -> ResponseReturnValue:
    """Take an order on that is offered to my skill; it is mine then."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        standing.oneself()
        me = standing.my_member(session, ledger_id)
        done = first_offers.take_on(
            session, ledger_id=ledger_id, order_id=order_id, member=me, actor=actor()
        )
        return order_rows.full(session, done)

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/orders/<uuid:order_id>/acceptance")
@allow(SIGNED_IN)
@bp.response(200, OrderFullOut)
def accept(book: str, order_id: UUID) -> ResponseReturnValue:
    """Take on what was given to me or my team (接单)."""
    return _step(book, order_id, handling.accept, {})


@bp.post("/orders/<uuid:order_id>/progress")
@allow(SIGNED_IN)
@bp.arguments(ProgressIn)
@bp.response(200, OrderFullOut)
def go_on(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Take a step between: talked over (议事), or under way (办理)."""
    return _step(book, order_id, handling.go_on, asked)


@bp.post("/orders/<uuid:order_id>/return")
@allow(SIGNED_IN)
@bp.arguments(WhyIn)
@bp.response(200, OrderFullOut)
def send_back(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Give back what I cannot do (退单); it waits to be assigned again."""
    return _step(book, order_id, handling.send_back, asked)


@bp.post("/orders/<uuid:order_id>/finish")
@allow(SIGNED_IN)
@bp.arguments(FinishIn)
@bp.response(200, OrderFullOut)
def finish(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Say that it is done (办结), and who of the volunteers did what from when to when."""
    works = [Work(**each) for each in asked["works"]]
    return _step(book, order_id, finishing.finish, {**asked, "works": works})


def _step(book: str, order_id: UUID, step: Any, asked: dict[str, Any]) -> ResponseReturnValue:
    """Run a step of whoever does it; an order of others is not there, except for staff."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        standing.oneself()
        found = where.get_order(session, ledger_id=ledger_id, order_id=order_id)
        if not where.handles(session, found, actor()):
            require_seen(session, found.node_id)
        done = step(session, ledger_id=ledger_id, order_id=order_id, actor=actor(), **asked)
        return order_rows.full(session, done)

    return act(verb, ledger_id=ledger_id, status=200)


def require_seen(session: Session, node_id: int) -> None:
    """Let only those who may see an order hear that it was given to others.

    Raises:
        NotFound: It is of another place, or the person holds no office.
    """
    if not standing.is_at(session, node_id, READERS):
        raise NotFound("no such order of yours")
