"""The steps of an activity over the API: submit … archive, and the teams that respond."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import closing, plans, responses
from app.activities.models import Activity
from app.base.transactions import reading
from app.people import teams
from app.web import fulfilling
from app.web.acts import act
from app.web.api import seeing, shown, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import (
    ActivityOut,
    BeneficiariesIn,
    ReasonIn,
    ResponseOut,
    TeamIn,
)
from app.web.schemas.lists import items_of
from app.web.session import actor

bp = Blueprint(
    "activity_steps",
    __name__,
    url_prefix="/books/<book>/activities/<uuid:activity_id>",
    description="Activities",
)


@bp.post("/submit")
@allow(SIGNED_IN)
@bp.response(200, ActivityOut)
def submit(book: str, activity_id: UUID) -> ResponseReturnValue:
    """Hand a draft to staff for approval (待批)."""
    return _step(plans.submit, book, activity_id)


@bp.post("/approve")
@allow(SIGNED_IN)
@bp.response(200, ActivityOut)
def approve(book: str, activity_id: UUID) -> ResponseReturnValue:
    """Approve a plan and call for teams (发起); by staff, never by its planner."""
    return _step(plans.approve, book, activity_id)


@bp.post("/refuse")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, ActivityOut)
def refuse(asked: dict[str, Any], book: str, activity_id: UUID) -> ResponseReturnValue:
    """Refuse a plan (未批准), with the reason."""
    return _step(plans.refuse, book, activity_id, **asked)


@bp.post("/cancel")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, ActivityOut)
def cancel(asked: dict[str, Any], book: str, activity_id: UUID) -> ResponseReturnValue:
    """Call an activity off, with the reason; who signed up is told."""
    return _step(fulfilling.cancel_activity, book, activity_id, **asked)


@bp.post("/close")
@allow(SIGNED_IN)
@bp.arguments(BeneficiariesIn)
@bp.response(200, ActivityOut)
def close(asked: dict[str, Any], book: str, activity_id: UUID) -> ResponseReturnValue:
    """End an activity that was held (已结束), with the number of people it served."""
    return _step(fulfilling.close_activity, book, activity_id, **asked)


@bp.post("/beneficiaries")
@allow(SIGNED_IN)
@bp.arguments(BeneficiariesIn)
@bp.response(200, ActivityOut)
def set_beneficiaries(asked: dict[str, Any], book: str, activity_id: UUID) -> ResponseReturnValue:
    """Put the number of people served right after closing; it changes no hours."""
    return _step(closing.set_beneficiaries, book, activity_id, **asked)


@bp.post("/archive")
@allow(SIGNED_IN)
@bp.response(200, ActivityOut)
def archive(book: str, activity_id: UUID) -> ResponseReturnValue:
    """File an activity away (归档) once nothing of it waits."""
    return _step(closing.archive, book, activity_id)


@bp.get("/responses")
@allow(SIGNED_IN)
@bp.response(200, items_of(ResponseOut))
def list_responses(book: str, activity_id: UUID) -> ResponseReturnValue:
    """List the teams that took the activity on, first one first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        seeing.activity(session, ledger_id, activity_id)
        found = responses.list_live(session, ledger_id=ledger_id, activity_id=activity_id)
        team_of = teams.get_many(
            session, ledger_id=ledger_id, team_ids=[each.team_id for each in found]
        )
    rows = [
        {
            "team_id": each.team_id,
            "team_name": team_of[each.team_id].name,
            "responded_at": each.responded_at,
        }
        for each in found
    ]
    return {"items": rows}


@bp.post("/responses")
@allow(SIGNED_IN)
@bp.arguments(TeamIn)
@bp.response(200, ActivityOut)
def respond(asked: dict[str, Any], book: str, activity_id: UUID) -> ResponseReturnValue:
    """Take an activity on for a team one leads; the first response opens it (响应)."""
    return _step(responses.respond, book, activity_id, **asked)


@bp.post("/responses/withdraw")
@allow(SIGNED_IN)
@bp.arguments(TeamIn)
@bp.response(200, ActivityOut)
def withdraw(asked: dict[str, Any], book: str, activity_id: UUID) -> ResponseReturnValue:
    """Take a team's response back."""
    return _step(responses.withdraw, book, activity_id, **asked)


def _step(
    step: Callable[..., Activity], book: str, activity_id: UUID, **asked: Any
) -> ResponseReturnValue:
    """Do one step of an activity that the person may see, and show it as it is then."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        seeing.activity(session, ledger_id, activity_id)
        named = {"ledger_id": ledger_id, "activity_id": activity_id}
        return shown.activity(session, step(session, **named, actor=actor(), **asked))

    return act(verb, ledger_id=ledger_id, status=200)
