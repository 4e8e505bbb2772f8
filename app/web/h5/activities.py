"""Activities around the member: found, read, signed up for, taken back."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import enrolment, listings, plans, responses, standing
from app.activities.listings import VISIBLE, MySlot
from app.activities.models import Activity, ActivitySession
from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import skills, teams
from app.points import programmes
from app.web.acts import submit
from app.web.h5 import home, own
from app.web.h5.forms import page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.translate import _l

bp = own.may_be_acted(Blueprint("activities", __name__))

MINE_MAX = 200
SAID = {
    "enrolled": _l("报上名了，请准时来"),
    "waiting": _l("人满了，先排候补；有人不来就轮到您"),
    "withdrawn": _l("已取消报名"),
}


@bp.get("/activities")
@allow(SIGNED_IN)
def near() -> ResponseReturnValue:
    """List the sessions to come around the member's place, with their sign-ups."""
    with reading() as session:
        me = own.here(session)
        slots = home.near(session, me)
        mine = _mine(session, me)
        wanted = _wanted(session, me, slots)
    slots.sort(key=lambda slot: slot.activity.id not in wanted)  # keeps their order otherwise
    return page("h5/activities.html", me=me, slots=slots, mine=mine, wanted=wanted)


@bp.get("/activities/<uuid:activity_id>")
@allow(SIGNED_IN)
def detail(activity_id: UUID) -> ResponseReturnValue:
    """Show an activity: where, when, who, and whether one has signed up."""
    said = SAID.get(request.args.get("said", ""))
    return _detail(activity_id, said=said)


@bp.post("/sessions/<uuid:session_id>/enrol")
@allow(SIGNED_IN)
def enrol(session_id: UUID) -> ResponseReturnValue:
    """Sign up; over the quota one waits."""
    return _sign(enrolment.enrol, session_id)


@bp.post("/sessions/<uuid:session_id>/withdraw")
@allow(SIGNED_IN)
def withdraw(session_id: UUID) -> ResponseReturnValue:
    """Take the sign-up back."""
    return _sign(enrolment.withdraw, session_id)


def visible(session: Session, me: Own, activity_id: UUID) -> Activity:
    """Return an activity that members may see.

    Raises:
        NotFound: There is none, or it is still a plan of others.
    """
    found = standing.get_activity(session, ledger_id=me.ledger_id, activity_id=activity_id)
    if found.state not in VISIBLE:
        raise NotFound("a plan that is not approved yet")
    return found


def _sign(step: Any, session_id: UUID) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        slot = listings.get_slot(session, ledger_id=me.ledger_id, session_id=session_id)
        activity = visible(session, me, slot.activity.id)

    def verb(session: Session, _fact: None) -> str:
        named = {**me.key, "session_id": session_id}
        return str(step(session, **named, actor=actor()).state)

    state, problem = submit(verb, ledger_id=me.ledger_id, show=lambda made: made)
    if problem:
        return _detail(activity.id, problem)
    target = url_for("h5.activities.detail", activity_id=activity.id, said=state)
    return redirect(target, code=303)


def _detail(
    activity_id: UUID, problem: dict[str, Any] | None = None, said: str | None = None
) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        found = visible(session, me, activity_id)
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "activity_id": activity_id}
        sessions = plans.list_sessions(session, **named)
        mine = _mine(session, me)
        came = [each.team_id for each in responses.list_live(session, **named)]
        values: dict[str, Any] = {
            "activity": found,
            "category": _category(session, me, found),
            "teams": list(teams.get_many(session, ledger_id=me.ledger_id, team_ids=came).values()),
            "steps": [(each, mine.get(each.id), _step(found, each, mine)) for each in sessions],
        }
    return page("h5/activity.html", problem, me=me, said=said, **values)


def _category(session: Session, me: Own, found: Activity) -> str:
    programme = programmes.of_ledger(session, me.ledger_id)
    return programmes.category(session, programme, found.category_code).name


def _wanted(session: Session, me: Own, slots: list[listings.Slot]) -> dict[UUID, str]:
    """Return the activities that ask for a skill of the member, who finds them first (C21)."""
    own_skills = set(skills.of_member(session, **me.key))
    if not own_skills:
        return {}
    ids = {slot.activity.id for slot in slots}
    asked = skills.called_by(session, ledger_id=me.ledger_id, kind="activity", subject_ids=ids)
    return {
        activity_id: "、".join(sorted(own_skills.intersection(words)))
        for activity_id, words in asked.items()
        if own_skills.intersection(words)
    }


def _mine(session: Session, me: Own) -> dict[UUID, MySlot]:
    found = listings.mine(session, **me.key, limit=MINE_MAX)
    return {slot.session.id: slot for slot in found}


def _step(found: Activity, slot: ActivitySession, mine: dict[UUID, MySlot]) -> str:
    """What the member can do about a session now: one word for the template."""
    now, own_slot = clock.now(), mine.get(slot.id)
    if found.state != "open" or slot.state != "planned" or slot.ends_at <= now:
        return "none"
    if own_slot and any(stay.state == "open" for stay in own_slot.stays):
        return "check_out"
    if own_slot and own_slot.stays:
        return "been"
    signed = own_slot.enrolment if own_slot else None
    if signed is None:
        return "enrol"
    if slot.opens_at <= now and signed.state == "enrolled":
        return "check_in"
    return "withdraw"
