"""Orders over the API, for staff: entered, assigned, rerouted, urged, reopened, counted (T8)."""

from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.people import members
from app.people import teams as people_teams
from app.service_orders import dispatching, figures, filing, handling, in_name, listings, reopening
from app.service_orders import standing as where
from app.service_orders.figures import Cut
from app.service_orders.filing import Request
from app.service_orders.listings import Wanted
from app.service_orders.models import Order
from app.web import orders
from app.web.acts import act
from app.web.api import order_rows, standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.orders import (
    AssignIn,
    DeskFileIn,
    DeskRatingIn,
    DeskWhyIn,
    FigureSheetOut,
    FiguresIn,
    OrderFullOut,
    OrderOut,
    OrdersIn,
    RerouteIn,
    WhyIn,
)
from app.web.session import actor

bp = Blueprint("order_desk", __name__, url_prefix="/books/<book>", description="Orders at the desk")


@bp.get("/orders")
@allow(SIGNED_IN)
@bp.arguments(OrdersIn, location="query")
@bp.response(200, items_of(OrderOut))
def list_orders(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the orders of one's own place, what is open first, most urgent first."""
    ledger_id = book_id(book)
    page = {name: asked.pop(name) for name in ("limit", "offset")}
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = listings.list_in(
            session, ledger_id=ledger_id, node=node, wanted=Wanted(**asked), **page
        )
        return jsonify(items=order_rows.listed(session, ledger_id, found))


@bp.post("/orders")
@allow(SIGNED_IN)
@bp.arguments(DeskFileIn)
@bp.response(201, OrderFullOut)
def enter(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Enter what somebody asked for at the counter or by telephone."""
    ledger_id = book_id(book)
    code, number = asked.pop("node_code"), asked.pop("volunteer_no")

    def verb(session: Session, _fact: None) -> Any:
        node = standing.place(session, code, WORKERS)
        standing.require_book(session, ledger_id, node)
        made = filing.file(
            session,
            ledger_id=ledger_id,
            node=node,
            request=Request(requester_id=asker_id(session, ledger_id, number), **asked),
            actor=actor(),
        )
        return order_rows.full(session, made)

    return act(verb, ledger_id=ledger_id)


@bp.post("/orders/<uuid:order_id>/assignment")
@allow(SIGNED_IN)
@bp.arguments(AssignIn)
@bp.response(200, OrderFullOut)
def assign(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Give an order to a team or to one member (派单), by staff or by who dispatches by duty.

    Who is paid here earns nothing (K9); a duty gives only to who serves its place (O8).
    """
    ledger_id = book_id(book)

    def verb(session: Session) -> Order:
        member_id, team_id = asked["member_id"], asked["team_id"]
        hands = None
        if member_id is not None:
            hands = standing.member(session, ledger_id, member_id, WORKERS).person_id
        if team_id is not None:
            team = people_teams.get(session, ledger_id=ledger_id, team_id=team_id)
            standing.node_at(session, team.node_id, WORKERS)
        return handling.assign(
            session,
            ledger_id=ledger_id,
            order_id=order_id,
            team_id=team_id,
            handler_id=hands,
            note=asked["note"],
            actor=actor(),
        )

    def by_duty(session: Session) -> Order:
        key: dict[str, Any] = {"ledger_id": ledger_id, "order_id": order_id}
        return dispatching.assign(session, **key, **asked, actor=actor())

    return _step(ledger_id, order_id, verb, by_duty)


@bp.post("/orders/<uuid:order_id>/rerouting")
@allow(SIGNED_IN)
@bp.arguments(RerouteIn)
@bp.response(200, OrderFullOut)
def reroute(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Send an order to those whose kind of work it is (分类转办); its time runs anew."""
    return _plain(book, order_id, handling.reroute, asked)


@bp.post("/orders/<uuid:order_id>/urging")
@allow(SIGNED_IN)
@bp.arguments(WhyIn)
@bp.response(200, OrderFullOut)
def urge(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Put an order on the 督办 list before its time is over."""
    return _plain(book, order_id, handling.escalate, asked)


@bp.post("/orders/<uuid:order_id>/reopening")
@allow(SIGNED_IN)
@bp.arguments(WhyIn)
@bp.response(200, OrderFullOut)
def reopen(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Open a finished order again; hours given for it are taken back (T9)."""
    return _plain(book, order_id, reopening.reopen, asked)


@bp.post("/orders/<uuid:order_id>/withdrawal")
@allow(SIGNED_IN)
@bp.arguments(DeskWhyIn)
@bp.response(200, OrderFullOut)
def withdraw(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Take an order back in the name of who asked, or one entered by mistake (P1)."""
    return _plain(book, order_id, in_name.withdraw, asked)


@bp.post("/orders/<uuid:order_id>/rating")
@allow(SIGNED_IN)
@bp.arguments(DeskRatingIn)
@bp.response(200, OrderFullOut)
def rate(asked: dict[str, Any], book: str, order_id: UUID) -> ResponseReturnValue:
    """Write down what who asked says, without a phone; never of an order one handled (S9, P1)."""
    return _plain(book, order_id, orders.rate_for, asked)


@bp.get("/orders/figures")
@allow(SIGNED_IN)
@bp.arguments(FiguresIn, location="query")
@bp.response(200, FigureSheetOut)
def count(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """Count the orders of one's own place: 收集, 办结, 办结率, 满意度; by kind and by place."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked["node_code"], READERS)
        begins_on, ends_on = asked["begins_on"], asked["ends_on"]
        cut = Cut(
            ledger_id=ledger_id,
            node=node,
            begins_at=clock.day_bounds(begins_on)[0] if begins_on else None,
            ends_at=clock.day_bounds(ends_on)[1] if ends_on else None,
        )
        places = figures.places_at(session, node)
        kinds = figures.by_category(session, cut)
        return {
            "total": order_rows.figures(figures.total(session, cut), places),
            "hard": order_rows.figures(figures.hard(kinds), places),
            "by_category": [
                {"code": kind.code, "name": kind.name, **order_rows.figures(each, places)}
                for kind, each in kinds
            ],
            "by_place": [
                {"code": place.code, "name": place.short_name, **order_rows.figures(each, places)}
                for place, each in figures.by_place(session, cut)
            ],
        }


def asker_id(session: Session, ledger_id: int, volunteer_no: str | None) -> UUID | None:
    """Return the member that staff enter an order for; None for who is no member.

    Raises:
        NotFound: The book has no such member.
    """
    if volunteer_no is None:
        return None
    return members.by_volunteer_no(session, ledger_id=ledger_id, volunteer_no=volunteer_no).id


def in_scope(session: Session, ledger_id: int, order_id: UUID) -> Order:
    """Return an order of a place where the person works.

    Raises:
        PermissionDenied, NotFound: As `standing.require_at`.
    """
    standing.require_holder(session, WORKERS)
    found = where.get_order(session, ledger_id=ledger_id, order_id=order_id)
    standing.node_at(session, found.node_id, WORKERS)
    return found


def _dispatches(session: Session, ledger_id: int, order_id: UUID) -> bool:
    found = where.get_orders(session, ledger_id=ledger_id, order_ids=[order_id])
    return any(standing.dispatches(session, ledger_id, each.node_id) for each in found)


def _plain(book: str, order_id: UUID, step: Any, asked: dict[str, Any]) -> ResponseReturnValue:
    ledger_id = book_id(book)
    return _step(
        ledger_id,
        order_id,
        lambda session: step(
            session, ledger_id=ledger_id, order_id=order_id, actor=actor(), **asked
        ),
    )


def _step(ledger_id: int, order_id: UUID, step: Any, by_duty: Any = None) -> ResponseReturnValue:
    """Run a step of the desk on an order of a place of one's own; `by_duty` for who has one."""

    def verb(session: Session, _fact: None) -> Any:
        if by_duty is not None and _dispatches(session, ledger_id, order_id):
            return order_rows.full(session, by_duty(session))
        in_scope(session, ledger_id, order_id)
        return order_rows.full(session, step(session))

    return act(verb, ledger_id=ledger_id, status=200)
