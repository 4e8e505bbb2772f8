"""Activities over the API: found, read, planned; a plan is edited by its version."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import listings, plans, responses
from app.activities.listings import VISIBLE
from app.activities.models import Activity
from app.activities.shifts import attending
from app.activities.standing import Standing
from app.base import clock
from app.base.transactions import reading
from app.community import tree
from app.community.models import Node
from app.web.acts import act
from app.web.api import seeing, shown, standing, versions
from app.web.api.planned import planned
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.activities import (
    ActivityListIn,
    ActivityOut,
    EnrolmentOut,
    NearIn,
    PlanIn,
    SlotOut,
    SpanIn,
    WholeActivityOut,
)
from app.web.schemas.attendance import AttendanceOut, MySlotOut
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.session import actor

bp = Blueprint("activities", __name__, url_prefix="/books/<book>", description="Activities")


@bp.get("/activities")
@allow(SIGNED_IN)
@bp.arguments(ActivityListIn, location="query")
@bp.response(200, items_of(ActivityOut))
def list_all(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the activities of a place, latest planned first; plans only for its staff."""
    state, code = asked.pop("state", None), asked.pop("node_code", None)
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = _place(session, ledger_id, code)
        if state is not None and state not in VISIBLE:
            standing.require_at(session, node, standing.READERS)
        states = VISIBLE if state is None else (state,)
        found = listings.list_activities(
            session, ledger_id=ledger_id, node=node, states=states, **asked
        )
        return jsonify(items=shown.activities(session, found))


@bp.get("/activities/near")
@allow(SIGNED_IN)
@bp.arguments(NearIn, location="query")
@bp.response(200, items_of(SlotOut))
def near(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List sessions to come, here, below, and of the places above."""
    code = asked.pop("node_code", None)
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = _place(session, ledger_id, code)
        found = listings.near_me(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=shown.slots(session, found))


@bp.get("/activities/calendar")
@allow(SIGNED_IN)
@bp.arguments(SpanIn, location="query")
@bp.response(200, items_of(SlotOut))
def calendar(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the sessions of some days, in order."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        found = listings.calendar(
            session,
            ledger_id=ledger_id,
            node=_place(session, ledger_id, asked.get("node_code")),
            begins_at=clock.local_instant(asked["begins_on"]),
            ends_at=clock.local_instant(asked["ends_on"] + timedelta(days=1)),
        )
        return jsonify(items=shown.slots(session, found))


@bp.get("/activities/to-approve")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(ActivityOut))
def to_approve(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the plans that wait for staff, in order of submission."""
    code = asked.pop("node_code", None)
    ledger_id = standing.book_id(book)
    with reading() as session:
        node = standing.place(session, code, standing.READERS)
        found = listings.to_approve(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=shown.activities(session, found))


@bp.get("/activities/<uuid:activity_id>")
@allow(SIGNED_IN)
@bp.response(200, WholeActivityOut)
def get(book: str, activity_id: UUID) -> ResponseReturnValue:
    """Show an activity with its sessions; its ETag is the version to edit."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        found, who = seeing.activity(session, ledger_id, activity_id)
        return versions.tagged(jsonify(_whole(session, found, who)), found.version)


@bp.post("/activities")
@allow(SIGNED_IN)
@bp.arguments(PlanIn)
@bp.response(201, ActivityOut)
def draft(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Keep a new plan, for nobody but its planners and staff to see (草稿)."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        plan = planned(session, asked)
        made = plans.draft(session, ledger_id=ledger_id, plan=plan, actor=actor())
        return shown.activity(session, made)

    return _tagged(act(verb, ledger_id=ledger_id))


@bp.put("/activities/<uuid:activity_id>")
@allow(SIGNED_IN)
@bp.arguments(PlanIn)
@bp.response(200, ActivityOut)
def edit(asked: dict[str, Any], book: str, activity_id: UUID) -> ResponseReturnValue:
    """Replace a draft's content; If-Match names the version that was read."""
    ledger_id, version = standing.book_id(book), versions.required()

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        seeing.activity(session, ledger_id, activity_id)
        made = plans.edit(
            session,
            ledger_id=ledger_id,
            activity_id=activity_id,
            version=version,
            plan=planned(session, asked),
            actor=actor(),
        )
        return shown.activity(session, made)

    return _tagged(act(verb, ledger_id=ledger_id, status=200, needs_key=False))


@bp.get("/me/activities")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(MySlotOut))
def mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the sessions I signed up for or was at, latest first, with my stays."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        me = standing.my_member(session, ledger_id)
        found = listings.mine(session, ledger_id=ledger_id, member_id=me.id, **asked)
        rows = shown.slots(session, found)
    for one, each in zip(rows, found, strict=True):
        one["enrolment"] = EnrolmentOut().dump(each.enrolment) if each.enrolment else None
        one["stays"] = AttendanceOut(many=True).dump(each.stays)
    return jsonify(items=rows)


def _place(session: Session, ledger_id: int, code: str | None) -> Node:
    """Return the place named, else one's own community; else the highest in one's charge."""
    if code is not None:
        if not seeing.is_of_book(session, ledger_id):
            standing.require_holder(session, standing.READERS)
        return tree.by_code(session, code)
    if seeing.is_of_book(session, ledger_id):
        return tree.get(session, standing.my_member(session, ledger_id).node_id)
    return standing.place(session, None, standing.READERS)


def _whole(session: Session, found: Activity, who: Standing) -> dict[str, Any]:
    named: dict[str, Any] = {"ledger_id": found.ledger_id, "activity_id": found.id}
    teams = responses.list_live(session, **named)
    return {
        **shown.activity(session, found),
        "sessions": shown.sessions(plans.list_sessions(session, **named)),
        "unit_ids": listings.list_unit_ids(session, **named),
        "team_ids": [str(each.team_id) for each in teams],
        "may_lead": who.may_lead,
        "is_staff": who.is_staff,
        **_attended(session, named),
    }


def _attended(session: Session, named: dict[str, Any]) -> dict[str, Any]:
    """How one attends: by the screen's code unless the plan says otherwise."""
    rule = attending.find(session, **named)
    return {
        "way": rule.way if rule else "screen",
        "checkpoints": [each.name for each in attending.list_checkpoints(session, **named)],
        "checkpoint_min_count": rule.checkpoint_min_count if rule else None,
        "needs_log": bool(rule and rule.needs_log),
    }


def _tagged(response: Response) -> Response:
    """Put the version on a good answer as its ETag, also on a repeated one."""
    if response.status_code < 300:
        versions.tagged(response, response.get_json()["version"])
    return response
