"""How venues are used, and who keeps them open, over the API (V1, V2)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities.shifts import rosters
from app.activities.shifts.rosters import NewShift, Shown
from app.base import clock
from app.base.transactions import reading, unit_of_work
from app.community import venues
from app.community.models import Node, Venue
from app.people import members
from app.reports import venue_use, venue_use_files
from app.reports.venue_use import Span
from app.web.acts import act
from app.web.api import standing
from app.web.issued_files import issued
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.venues import (
    RosterIn,
    ShiftHolderIn,
    ShiftOut,
    UseFileIn,
    UseIn,
    UseOut,
    WeekIn,
)
from app.web.session import actor

bp = Blueprint("venue_use", __name__, url_prefix="/books/<book>", description="Use of venues")
OUT = ShiftOut()


@bp.get("/venue-use")
@allow(SIGNED_IN)
@bp.arguments(UseIn, location="query")
@bp.response(200, UseOut)
def show(asked: dict[str, Any], book: str) -> Any:
    """Show the register of a place's venues, the shares by type, and which are idle (V1)."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = _place(session, ledger_id, asked["node_code"])
        key: dict[str, Any] = {"ledger_id": ledger_id, "node": node}
        span = Span(asked["begins_on"], asked["ends_on"])
        found = venue_use.rows(session, **key, span=span, venue_id=asked["venue_id"])
        return {
            "items": found,
            "preferences": venue_use.preferences(found),
            "idle": venue_use.idle(session, **key, on=clock.today()),
        }


@bp.post("/venue-use/files")
@allow(SIGNED_IN)
@bp.arguments(UseFileIn)
@bp.alt_response(
    200,
    schema={"type": "string", "format": "binary"},
    content_type="application/octet-stream",
    success=True,
    description="The file; its code is in X-Verification-Code",
)
def write_file(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Write the register as xlsx or CSV; the export is registered (A16, D45)."""
    ledger_id, kind = standing.book_id(book), asked["kind"]

    def work(session: Session) -> Response:
        node = _place(session, ledger_id, asked["node_code"])
        span = Span(asked["begins_on"], asked["ends_on"])
        content = venue_use_files.content(session, ledger_id=ledger_id, node=node, span=span)
        return issued(session, content, "venue_use", kind, ledger_id=ledger_id)

    return unit_of_work(work)


@bp.get("/venues/<int:venue_id>/roster")
@allow(SIGNED_IN)
@bp.arguments(WeekIn, location="query")
@bp.response(200, items_of(ShiftOut))
def show_roster(asked: dict[str, Any], book: str, venue_id: int) -> Any:
    """Show a week of a venue's roster; a shift that nobody holds is empty (V2)."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        venue = venues.get(session, venue_id)
        monday = _monday(asked["monday"] or clock.today())
        found = rosters.week(session, ledger_id=ledger_id, venue=venue, monday=monday)
        return {"items": [_shift(each) for each in found]}


@bp.post("/venues/<int:venue_id>/roster")
@allow(SIGNED_IN)
@bp.arguments(RosterIn)
@bp.response(201, items_of(ShiftOut))
def plan_roster(asked: dict[str, Any], book: str, venue_id: int) -> ResponseReturnValue:
    """Put shifts on a roster; the volunteers' are an activity that a colleague approves (D20)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        venue = _venue(session, ledger_id, venue_id)
        made = rosters.plan(
            session,
            ledger_id=ledger_id,
            venue=venue,
            title=asked["title"],
            shifts=[NewShift(**each) for each in asked["shifts"]],
            actor=actor(),
        )
        monday = _monday(clock.local_date(min(each.starts_at for each in made)))
        found = rosters.week(session, ledger_id=ledger_id, venue=venue, monday=monday)
        return {"items": [OUT.dump(_shift(each)) for each in found]}

    return act(verb, ledger_id=ledger_id)


@bp.put("/venues/<int:venue_id>/roster/<uuid:shift_id>/holder")
@allow(SIGNED_IN)
@bp.arguments(ShiftHolderIn)
@bp.response(204)
def hold_shift(
    asked: dict[str, Any], book: str, venue_id: int, shift_id: UUID
) -> ResponseReturnValue:
    """Name who of the staff holds a shift (常驻), by their number; nobody with null."""
    ledger_id, number = standing.book_id(book), asked["volunteer_no"]

    def verb(session: Session, _fact: None) -> None:
        venue = _venue(session, ledger_id, venue_id)
        key: dict[str, Any] = {"ledger_id": ledger_id}
        whose = members.by_volunteer_no(session, **key, volunteer_no=number) if number else None
        holder_id = whose.person_id if whose else None
        key |= {"shift_id": shift_id, "venue": venue, "holder_id": holder_id}
        rosters.hold(session, **key, actor=actor())

    return act(verb, ledger_id=ledger_id, status=204)


@bp.delete("/venues/<int:venue_id>/roster/<uuid:shift_id>")
@allow(SIGNED_IN)
@bp.response(204)
def remove_shift(book: str, venue_id: int, shift_id: UUID) -> ResponseReturnValue:
    """Take a shift of staff (常驻) off the roster before it begins."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> None:
        venue = _venue(session, ledger_id, venue_id)
        key: dict[str, Any] = {"ledger_id": ledger_id, "shift_id": shift_id}
        rosters.remove(session, **key, venue=venue, actor=actor())

    return act(verb, ledger_id=ledger_id, status=204)


def _venue(session: Session, ledger_id: int, venue_id: int) -> Venue:
    standing.require_holder(session, standing.WORKERS)
    venue = venues.get(session, venue_id)
    node = standing.node_at(session, venue.node_id, standing.WORKERS)
    standing.require_book(session, ledger_id, node)
    return venue


def _place(session: Session, ledger_id: int, code: str | None) -> Node:
    node = standing.place(session, code, standing.READERS)
    standing.require_book(session, ledger_id, node)
    return node


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _shift(shown: Shown) -> dict[str, Any]:
    names = ("id", "kind", "starts_at", "ends_at", "session_id")
    return {
        **{name: getattr(shown.shift, name) for name in names},
        "enrolled_count": shown.enrolled_count,
        "quota_count": shown.quota_count,
        "is_empty": shown.is_empty,
    }
