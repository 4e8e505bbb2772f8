"""The leader's start: the activities of my teams, calls to answer, and one activity's desk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import listings, plans, responses, standing
from app.activities.models import ACTIVITY_STATES, Activity, Response
from app.activities.shifts import attending, series
from app.activities.states import LIVE
from app.base import clock
from app.base.errors import NotFound, PermissionDenied
from app.base.transactions import reading
from app.community import tree
from app.people import led_teams, roles, teams
from app.people.models import Team
from app.web import fulfilling, poster
from app.web.acts import submit
from app.web.errors import problem_body
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor, person
from app.web.translate import _l

bp = Blueprint("leading", __name__)

SHOWN = 300
NOW_STATES = (*LIVE, "refused")
SAID = {
    "draft": _l("存好了，还没有交"),
    "submitted": _l("交上去了，等社区批"),
    "responded": _l("响应了，可以报名了"),
    "withdrawn": _l("收回了响应"),
    "cancelled": _l("已取消，报名的人都通知了"),
    "closed": _l("已结束"),
}


@dataclass(frozen=True, slots=True)
class Leader:
    """Who leads: the membership, the teams led, and whether they are staff here."""

    me: Own
    teams: list[Team]
    is_staff: bool

    @property
    def team_ids(self) -> set[UUID]:
        """The teams led."""
        return {team.id for team in self.teams}


def leader(session: Session) -> Leader:
    """Return the person as a leader.

    Raises:
        PermissionDenied: They lead no team and are no staff of their place.
    """
    me = own.here(session)
    led = led_teams.list_led(session, ledger_id=me.ledger_id, person_id=me.member.person_id)
    is_staff = standing.is_staff_at(session, node_id=me.node.id, actor=actor())
    if not (led or is_staff):
        raise PermissionDenied("leads no team")
    return Leader(me, led, is_staff)


def led(session: Session, who: Leader, activity_id: UUID) -> Activity:
    """Return an activity that the person leads, plans, or may answer.

    Raises:
        NotFound: There is none of theirs.
    """
    found = standing.get_activity(session, ledger_id=who.me.ledger_id, activity_id=activity_id)
    mine = standing.of(session, activity=found, actor=actor()).may_lead
    if not (mine or found.planned_by_id == person().person_id or found.state == "called"):
        raise NotFound("no activity of yours")
    return found


@bp.get("/lead")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List what my teams plan, hold and held, and the calls they may answer."""
    with reading() as session:
        who = leader(session)
        top = _widest(session, who)
        found = listings.list_activities(
            session,
            ledger_id=who.me.ledger_id,
            node=top,
            states=ACTIVITY_STATES,
            limit=SHOWN,
        )
        answered = _answered(session, who, found)
        mine = [each for each in found if _is_mine(who, each) or each.id in answered]
        calls = [each for each in found if each.state == "called" and each.id not in answered]
    current = [each for each in mine if each.state in NOW_STATES and each not in calls]
    past = [each for each in mine if each.state not in NOW_STATES]
    return show_page(
        "h5/lead.html", me=who.me, current=current, past=past[:20], calls=calls, who=who
    )


@bp.get("/lead/activities/<uuid:activity_id>")
@allow(SIGNED_IN)
def activity(activity_id: UUID) -> ResponseReturnValue:
    """Show one activity with everything a leader does with it."""
    return show(activity_id, said=SAID.get(request.args.get("said", "")))


@bp.get("/lead/activities/<uuid:activity_id>/poster")
@allow(SIGNED_IN)
def print_poster(activity_id: UUID) -> ResponseReturnValue:
    """Draw the poster, to be printed."""
    with reading() as session:
        who = leader(session)
        return poster.response(session, led(session, who, activity_id))


@bp.post("/lead/activities/<uuid:activity_id>/submit")
@allow(SIGNED_IN)
def hand_in(activity_id: UUID) -> ResponseReturnValue:
    """Hand a draft to staff for approval."""
    return _step(plans.submit, activity_id, "submitted")


@bp.post("/lead/activities/<uuid:activity_id>/respond")
@allow(SIGNED_IN)
def respond(activity_id: UUID) -> ResponseReturnValue:
    """Take the activity on for a team I lead."""
    return _for_team(responses.respond, activity_id, "responded")


@bp.post("/lead/activities/<uuid:activity_id>/respond/withdraw")
@allow(SIGNED_IN)
def take_back(activity_id: UUID) -> ResponseReturnValue:
    """Take the team's response back."""
    return _for_team(responses.withdraw, activity_id, "withdrawn")


@bp.post("/lead/activities/<uuid:activity_id>/cancel")
@allow(SIGNED_IN)
def cancel(activity_id: UUID) -> ResponseReturnValue:
    """Call the activity off, with the reason; who signed up is told."""
    reason = request.form.get("reason", "")
    return _step(fulfilling.cancel_activity, activity_id, "cancelled", reason=reason)


@bp.post("/lead/activities/<uuid:activity_id>/close")
@allow(SIGNED_IN)
def close(activity_id: UUID) -> ResponseReturnValue:
    """End an activity that was held, with the number of people served."""
    count = request.form.get("beneficiary_count", "").strip()
    if not (count.isascii() and count.isdigit() and len(count) < 8):
        facts = {"field": "beneficiary_count"}
        return show(activity_id, problem_body("validation_failed", 422, facts=facts))
    return _step(fulfilling.close_activity, activity_id, "closed", beneficiary_count=int(count))


def show(
    activity_id: UUID, problem: dict[str, Any] | None = None, said: str | None = None
) -> ResponseReturnValue:
    """Show a leader's activity, perhaps with a refusal."""
    with reading() as session:
        who = leader(session)
        found = led(session, who, activity_id)
        named: dict[str, Any] = {"ledger_id": who.me.ledger_id, "activity_id": activity_id}
        live = responses.list_live(session, **named)
        names = teams.get_many(
            session, ledger_id=who.me.ledger_id, team_ids=[each.team_id for each in live]
        )
        values: dict[str, Any] = {
            "sessions": plans.list_sessions(session, **named),
            "answered": [names[each.team_id] for each in live],
            "place": tree.get(session, found.node_id),
            "way": attending.way_of(session, **named),
            "part_count": len(series.list_of(session, **named)),
            "may_lead": standing.of(session, activity=found, actor=actor()).may_lead,
        }
    taken = {team.id for team in values["answered"]}
    is_over = all(each.ends_at <= clock.now() for each in values["sessions"])
    return show_page(
        "h5/lead_activity.html",
        problem,
        me=who.me,
        activity=found,
        free_teams=[team for team in who.teams if team.id not in taken],
        own_answers=[team for team in who.teams if team.id in taken],
        is_over=is_over,
        typed=request.form,
        said=said,
        **values,
    )


def _for_team(step: Callable[..., Activity], activity_id: UUID, said: str) -> ResponseReturnValue:
    try:
        team_id = UUID(request.form.get("team_id", ""))
    except ValueError:
        facts = {"field": "team_id"}
        return show(activity_id, problem_body("validation_failed", 422, facts=facts))
    return _step(step, activity_id, said, team_id=team_id)


def _step(
    step: Callable[..., Activity], activity_id: UUID, said: str, **asked: Any
) -> ResponseReturnValue:
    with reading() as session:
        who = leader(session)
        led(session, who, activity_id)

    def verb(session: Session, _fact: None) -> None:
        named: dict[str, Any] = {"ledger_id": who.me.ledger_id, "activity_id": activity_id}
        step(session, **named, actor=actor(), **asked)

    _, problem = submit(verb, ledger_id=who.me.ledger_id)
    if problem:
        return show(activity_id, problem)
    target = url_for("h5.leading.activity", activity_id=activity_id, said=said)
    return redirect(target, code=303)


def _widest(session: Session, who: Leader) -> Any:
    """Return the highest place among the member's own, their teams' and their offices'."""
    ids = {who.me.node.id, *(team.node_id for team in who.teams)}
    nodes = list(tree.get_many(session, ids).values())
    if who.is_staff:
        offices = roles.nodes_of(session, person_id=person().person_id, roles=standing.STAFF_ROLES)
        nodes += [each for each in offices if tree.contains(each, who.me.node)]
    return min(nodes, key=lambda node: node.depth)


def _answered(session: Session, who: Leader, found: Sequence[Activity]) -> set[UUID]:
    """Return which of the activities a team of mine has taken on, in one statement."""
    query = sa.select(Response.activity_id).where(
        Response.ledger_id == who.me.ledger_id,
        Response.team_id.in_(who.team_ids),
        Response.activity_id.in_([each.id for each in found]),
        Response.withdrawn_at.is_(None),
    )
    return set(session.scalars(query))


def _is_mine(who: Leader, found: Activity) -> bool:
    return found.team_id in who.team_ids or found.planned_by_id == person().person_id
