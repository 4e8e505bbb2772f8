"""Programmes over the API: what counts and for how much; and what a member has of it."""

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.db import NEVER
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.community.models import Node
from app.ledger import balances, books
from app.people import members
from app.points import grants, programmes, rates, wallets
from app.points.models import Programme
from app.web.acts import act
from app.web.api import grant_rows, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.lists import items_of
from app.web.schemas.points import (
    CategoryIn,
    CategoryOut,
    DemandsIn,
    GrantOut,
    HoldingOut,
    IndicatorIn,
    IndicatorOut,
    MeasureIn,
    ProgrammeOut,
    RateIn,
    RateOut,
)
from app.web.session import actor

bp = Blueprint("points", __name__, description="Programmes and points")

MANAGERS = ("administrator",)
PROVENANCES = ("credited", "honorary", "historical")


@bp.get("/nodes/<code>/programme")
@allow(SIGNED_IN)
@bp.response(200, ProgrammeOut)
def of_node(code: str) -> ResponseReturnValue:
    """Show the programme that a place has, or inherits under its ancestor's name."""
    with reading() as session:
        node = tree.by_code(session, code)
        programme = programmes.of_node(session, node)
        return _shown(session, programme, node)


@bp.get("/books/<book>/categories")
@allow(SIGNED_IN)
@bp.response(200, items_of(CategoryOut))
def list_categories(book: str) -> ResponseReturnValue:
    """List the activity types of the book's programme, by name."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        programme = programmes.of_ledger(session, ledger_id)
        return {"items": programmes.list_categories(session, programme)}


@bp.post("/books/<book>/categories")
@allow(SIGNED_IN)
@bp.arguments(CategoryIn)
@bp.response(201, CategoryOut)
def add_category(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Add an activity type; by the programme's administrator."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        programme = _managed(session, ledger_id)
        return programmes.add_category(session, programme=programme, actor=actor(), **asked)

    return act(verb, ledger_id=ledger_id, dump=CategoryOut().dump)


@bp.get("/books/<book>/indicators")
@allow(SIGNED_IN)
@bp.response(200, items_of(IndicatorOut))
def list_indicators(book: str) -> ResponseReturnValue:
    """List what the book's programme counts, by code."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        programme = programmes.of_ledger(session, ledger_id)
        return {"items": programmes.list_indicators(session, programme)}


@bp.post("/books/<book>/indicators")
@allow(SIGNED_IN)
@bp.arguments(IndicatorIn)
@bp.response(201, IndicatorOut)
def add_indicator(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Add something else that is counted; by the programme's administrator."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        programme = _managed(session, ledger_id)
        return programmes.add_indicator(session, programme=programme, actor=actor(), **asked)

    return act(verb, ledger_id=ledger_id, dump=IndicatorOut().dump)


@bp.patch("/books/<book>/indicators/<code>")
@allow(SIGNED_IN)
@bp.arguments(MeasureIn)
@bp.response(200, IndicatorOut)
def measure(asked: dict[str, Any], book: str, code: str) -> ResponseReturnValue:
    """Count an indicator by minutes, 次 or 件, before it has its first rate (P7)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        programme = _managed(session, ledger_id)
        return programmes.measure_by(
            session, programme=programme, indicator_code=code, actor=actor(), **asked
        )

    return act(verb, ledger_id=ledger_id, dump=IndicatorOut().dump, status=200)


@bp.put("/books/<book>/indicators/<code>/demands")
@allow(SIGNED_IN)
@bp.arguments(DemandsIn)
@bp.response(200, IndicatorOut)
def set_demands(asked: dict[str, Any], book: str, code: str) -> ResponseReturnValue:
    """Say who approves what counts towards an indicator, and which evidence it needs (P7)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        programme = _managed(session, ledger_id)
        return programmes.demand(
            session, programme=programme, indicator_code=code, actor=actor(), **asked
        )

    return act(verb, ledger_id=ledger_id, dump=IndicatorOut().dump, status=200)


@bp.get("/books/<book>/indicators/<code>/rates")
@allow(SIGNED_IN)
@bp.response(200, items_of(RateOut))
def list_rates(book: str, code: str) -> ResponseReturnValue:
    """List the versions of a rate, oldest first; an hours-only programme has none to show."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        programme = programmes.of_ledger(session, ledger_id)
        if not programme.has_points:
            raise NotFound("this programme keeps hours only")
        programmes.indicator(session, programme, code)
        return {"items": rates.list_versions(session, programme.id, code)}


@bp.post("/books/<book>/indicators/<code>/rates")
@allow(SIGNED_IN)
@bp.arguments(RateIn)
@bp.response(201, RateOut)
def add_rate(asked: dict[str, Any], book: str, code: str) -> ResponseReturnValue:
    """Add the next version of a rate, from a day on; what was posted keeps its own (D27)."""
    ledger_id = standing.book_id(book)
    valid_from_on = asked.pop("valid_from_on")

    def verb(session: Session, _fact: None) -> Any:
        return rates.add_version(
            session,
            programme=_managed(session, ledger_id),
            indicator_code=code,
            terms=rates.Terms(**asked),
            valid_from_on=valid_from_on,
            actor=actor(),
        )

    return act(verb, ledger_id=ledger_id, dump=RateOut().dump)


@bp.get("/books/<book>/me/holding")
@allow(SIGNED_IN)
@bp.response(200, HoldingOut)
def my_holding(book: str) -> ResponseReturnValue:
    """Show my hours, the points I may spend with their expiry, and what is 待追回."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        me = members.follow_merge(session, standing.my_member(session, ledger_id))
        programme = programmes.of_ledger(session, ledger_id)
        held = balances.of_owner(session, ledger_id=ledger_id, owner_id=me.id)
        shown: dict[str, Any] = {"has_points": programme.has_points}
        for name in PROVENANCES:
            kind = f"hours_{name}"
            shown[f"{name}_minutes"] = sum(one.posted for one in held if one.ref.kind == kind)
        if programme.has_points:
            has = wallets.holding(session, ledger_id=ledger_id, member_id=me.id)
            shown |= _points(has)
        return shown


@bp.get("/books/<book>/me/grants")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(GrantOut))
def my_grants(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what was granted to me, or waits, latest day first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        found = grants.list_of_member(session, **standing.my_key(session, ledger_id), **asked)
        return jsonify(items=grant_rows.listed(session, ledger_id, found))


def _shown(session: Session, programme: Programme, node: Node) -> dict[str, Any]:
    home = tree.get(session, programme.node_id)
    return {
        "book": books.get(session, programme.ledger_id).code,
        "name": programme.name,
        "node_code": home.code,
        "node_name": home.short_name,
        "is_inherited": home.id != node.id,
        "has_points": programme.has_points,
        "valid_from_on": programme.valid_from_on,
        **({"expiry_policy": programme.expiry_policy} if programme.has_points else {}),
    }


def _managed(session: Session, ledger_id: int) -> Programme:
    """Return the book's programme, for its administrator."""
    programme = programmes.of_ledger(session, ledger_id)
    standing.node_at(session, programme.node_id, MANAGERS)
    return programme


def _points(held: wallets.Holding) -> dict[str, Any]:
    lots = [
        {"expires_on": None if vintage_on == NEVER else vintage_on, "points": points}
        for vintage_on, points in held.lots
    ]
    return {
        "spendable_points": held.spendable_points,
        "receivable_points": held.receivable_points,
        "lots": lots,
    }
