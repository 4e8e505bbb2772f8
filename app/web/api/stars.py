"""Stars over the API: the table, one's own standing, review, notice, bars (D41)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.people import members
from app.points import programmes
from app.points.models import StarBar, StarRise
from app.points.stars import bars, counting, granting, rises, tables
from app.points.stars.counting import Standing
from app.points.stars.tables import Table
from app.web import paging
from app.web.acts import act
from app.web.api import standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import ReasonIn
from app.web.schemas.lists import items_of
from app.web.schemas.stars import (
    DueIn,
    DueOut,
    RiseOut,
    StandingOut,
    StarBarIn,
    StarBarOut,
    StarNoticeIn,
    StarNoticeOut,
    StarReviewIn,
    StarTableIn,
    StarTableOut,
)
from app.web.session import actor

bp = Blueprint("stars", __name__, url_prefix="/books/<book>", description="Stars")
MANAGERS = ("administrator",)


@bp.get("/star-tables")
@allow(SIGNED_IN)
@bp.response(200, items_of(StarTableOut))
def list_tables(book: str) -> dict[str, Any]:
    """List the versions of the book's star table, the latest first; the usual one is last."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        programme = programmes.of_ledger(session, ledger_id)
        found = [*tables.list_versions(session, programme.id), tables.USUAL]
        return {"items": [_table(each) for each in found]}


@bp.post("/star-tables")
@allow(SIGNED_IN)
@bp.arguments(StarTableIn)
@bp.response(201, StarTableOut)
def add_table(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Add the next version of the star table, valid from a day on."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        programme = programmes.of_ledger(session, ledger_id)
        standing.node_at(session, programme.node_id, MANAGERS)
        wanted = Table(**{**asked, "steps": tuple(asked["steps"])})
        made = tables.add_version(session, programme=programme, wanted=wanted, actor=actor())
        return _table(made) | {"valid_from_on": made.valid_from_on.isoformat()}

    return act(verb, ledger_id=ledger_id)


@bp.get("/me/stars")
@allow(SIGNED_IN)
@bp.response(200, StandingOut)
def show_mine(book: str) -> dict[str, Any]:
    """Show where I stand: granted, reached, and what is missing to the next star."""
    with reading() as session:
        found = counting.standing(session, **standing.my_key(session, standing.book_id(book)))
        return _standing(found)


@bp.get("/members/<uuid:member_id>/stars")
@allow(SIGNED_IN)
@bp.response(200, StandingOut)
def show_of_member(book: str, member_id: UUID) -> dict[str, Any]:
    """Show staff where a member stands."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        standing.member(session, ledger_id, member_id, standing.READERS)
        return _standing(counting.standing(session, ledger_id=ledger_id, member_id=member_id))


@bp.get("/stars/due")
@allow(SIGNED_IN)
@bp.arguments(DueIn, location="query")
@bp.response(200, items_of(DueOut))
def list_due(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List who may rise at or below a place, most hours first."""
    ledger_id, code = standing.book_id(book), asked.pop("node_code", None)
    with reading() as session:
        node = standing.place(session, code, standing.READERS)
        return {"items": rises.list_due(session, ledger_id=ledger_id, node=node, **asked)}


@bp.get("/stars/rises")
@allow(SIGNED_IN)
@bp.arguments(DueIn, location="query")
@bp.response(200, items_of(RiseOut))
def list_rises(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List the rises that are reviewed or put up, the latest first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), standing.READERS)
        found = rises.list_in(session, ledger_id=ledger_id, node=node, **paging.slice_in(asked))
        return {"items": [rise for rise, _member in found]}


@bp.post("/stars/reviews")
@allow(SIGNED_IN)
@bp.arguments(StarReviewIn)
@bp.response(201, items_of(RiseOut))
def review(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Review members for the stars that their hours reach; never oneself or one's household."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, standing.DECIDERS)
        found = members.get_many(session, ledger_id=ledger_id, member_ids=asked["member_ids"])
        for node_id in {each.node_id for each in found.values()}:
            standing.node_at(session, node_id, standing.DECIDERS)
        made = rises.review(session, ledger_id=ledger_id, actor=actor(), **asked)
        return {"items": [_rise(each) for each in made]}

    return act(verb, ledger_id=ledger_id)


@bp.post("/stars/notices")
@allow(SIGNED_IN)
@bp.arguments(StarNoticeIn)
@bp.response(201, StarNoticeOut)
def put_up(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Put up the reviewed rises of a place for the working days that the table says."""
    ledger_id, code = standing.book_id(book), asked.pop("node_code")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.require_at(session, tree.by_code(session, code), standing.WORKERS)
        standing.require_book(session, ledger_id, node)
        notice = granting.put_up(
            session, ledger_id=ledger_id, node_id=node.id, actor=actor(), **asked
        )
        return {"notice_id": str(notice.id), "closes_on": notice.closes_on.isoformat()}

    return act(verb, ledger_id=ledger_id)


@bp.post("/members/<uuid:member_id>/star-bars")
@allow(SIGNED_IN)
@bp.arguments(StarBarIn)
@bp.response(201, StarBarOut)
def bar(asked: dict[str, Any], book: str, member_id: UUID) -> ResponseReturnValue:
    """Bar a member who told false hours from rising, for one to three years."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.member(session, ledger_id, member_id, standing.DECIDERS)
        made = bars.bar(session, ledger_id=ledger_id, member_id=member_id, actor=actor(), **asked)
        return _bar(made)

    return act(verb, ledger_id=ledger_id)


@bp.post("/members/<uuid:member_id>/star-bars/<uuid:bar_id>/lift")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, StarBarOut)
def lift(asked: dict[str, Any], book: str, member_id: UUID, bar_id: UUID) -> ResponseReturnValue:
    """Lift a bar that another person set."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.member(session, ledger_id, member_id, standing.DECIDERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "member_id": member_id}
        return _bar(bars.lift(session, **named, bar_id=bar_id, actor=actor(), **asked))

    return act(verb, ledger_id=ledger_id, status=200)


def _table(found: Table) -> dict[str, Any]:
    return {
        "version": found.version,
        "steps": list(found.steps),
        "counts": found.counts,
        "notice_workdays": found.notice_workdays,
        "bar_days": found.bar_days,
        "valid_from_on": found.valid_from_on,
    }


def _standing(found: Standing) -> dict[str, Any]:
    names = ("granted", "reached", "minutes", "next_at", "missing_minutes", "barred_until_on")
    values = {name: getattr(found, name) for name in names}
    state = found.rise.state if found.rise else None
    return {**values, "rise_state": state, "table": _table(found.table)}


def _rise(found: StarRise) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "member_id": str(found.member_id),
        "stars": found.stars,
        "minutes_counted": found.minutes_counted,
        "state": found.state,
        "reason": found.reason,
        "notice_id": None,
    }


def _bar(found: StarBar) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "member_id": str(found.member_id),
        "until_on": found.until_on.isoformat(),
        "reason": found.reason,
        "lifted_at": found.lifted_at.isoformat() if found.lifted_at else None,
    }
