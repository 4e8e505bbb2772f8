"""Series over the API: planned, handed in, approved and answered as one (C32)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.shifts import series
from app.base.transactions import reading
from app.web.acts import act
from app.web.api import seeing, shown, standing
from app.web.api.planned import planned
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import ActivityOut
from app.web.schemas.lists import items_of
from app.web.schemas.shifts import SeriesIn, SeriesTeamIn
from app.web.session import actor

bp = Blueprint("series", __name__, url_prefix="/books/<book>", description="Series of activities")
PATH = "/activities/<uuid:activity_id>/series"


@bp.post("/activities/series")
@allow(SIGNED_IN)
@bp.arguments(SeriesIn)
@bp.response(201, items_of(ActivityOut))
def draft(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Keep a plan several times: a day, a week or a month apart, each an activity of its own."""
    ledger_id = standing.book_id(book)
    turns = {"every": asked.pop("every"), "count": asked.pop("turn_count")}

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        plan = planned(session, asked)
        made = series.draft(session, ledger_id=ledger_id, plan=plan, **turns, actor=actor())
        return {"items": shown.activities(session, made)}

    return act(verb, ledger_id=ledger_id)


@bp.get(PATH)
@allow(SIGNED_IN)
@bp.response(200, items_of(ActivityOut))
def list_parts(book: str, activity_id: UUID) -> ResponseReturnValue:
    """List the activities of the series that one belongs to; none if it stands alone."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        seeing.activity(session, ledger_id, activity_id)
        found = series.list_of(session, ledger_id=ledger_id, activity_id=activity_id)
        return jsonify(items=shown.activities(session, found))


@bp.post(f"{PATH}/submit")
@allow(SIGNED_IN)
@bp.response(200, items_of(ActivityOut))
def submit(book: str, activity_id: UUID) -> ResponseReturnValue:
    """Hand in every draft of a series."""
    return _step(series.submit, book, activity_id)


@bp.post(f"{PATH}/approve")
@allow(SIGNED_IN)
@bp.response(200, items_of(ActivityOut))
def approve(book: str, activity_id: UUID) -> ResponseReturnValue:
    """Approve every submitted activity of a series; by staff, never by its planner."""
    return _step(series.approve, book, activity_id)


@bp.post(f"{PATH}/responses")
@allow(SIGNED_IN)
@bp.arguments(SeriesTeamIn)
@bp.response(200, items_of(ActivityOut))
def respond(asked: dict[str, Any], book: str, activity_id: UUID) -> ResponseReturnValue:
    """Take every called activity of a series on, for a team one leads."""
    return _step(series.respond, book, activity_id, **asked)


def _step(
    step: Callable[..., list[Activity]], book: str, activity_id: UUID, **asked: Any
) -> ResponseReturnValue:
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        seeing.activity(session, ledger_id, activity_id)
        named = {"ledger_id": ledger_id, "activity_id": activity_id}
        done = step(session, **named, actor=actor(), **asked)
        return {"items": shown.activities(session, done)}

    return act(verb, ledger_id=ledger_id, status=200)
