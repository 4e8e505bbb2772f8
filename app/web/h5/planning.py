"""Planning an activity on the phone: sessions, partners, whom to call; what was typed is kept."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import listings, plans
from app.activities.models import Activity, ActivitySession
from app.activities.plan_rules import SESSION_COUNT_MAX, Plan
from app.activities.shifts import attending, series
from app.base import clock
from app.base.errors import ValidationFailed
from app.base.transactions import reading
from app.community import units, venues
from app.people import alliances
from app.points import activity_types, programmes
from app.web import plan_forms
from app.web.acts import submit
from app.web.h5 import leading
from app.web.h5.forms import page as show_page
from app.web.h5.leading import Leader
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.translate import _

bp = Blueprint("planning", __name__)

SESSIONS_MAX = 3
"""Rows on an empty form; a draft with more shows them all."""
OWN_PLACE = "-"
"""Staff plan for their place, without a team."""


@bp.get("/lead/plan")
@allow(SIGNED_IN)
def new() -> ResponseReturnValue:
    """Ask what, where, when."""
    return _form(None, {})


@bp.post("/lead/plan")
@allow(SIGNED_IN)
def draft() -> ResponseReturnValue:
    """Keep the plan as a draft; handed in at once if asked."""
    with reading() as session:
        who = leading.leader(session)

    def verb(session: Session, _fact: None) -> str:
        plan = _plan(session, who)
        key: dict[str, Any] = {"ledger_id": who.me.ledger_id, "actor": actor()}
        turns = plan_forms.turns_of(request.form)
        if turns:
            every, count = turns
            made = series.draft(session, plan=plan, every=every, count=count, **key)
            return _hand_in_all(session, made[0])
        return _hand_in(session, plans.draft(session, plan=plan, **key))

    return _answer(who, None, verb)


@bp.get("/lead/activities/<uuid:activity_id>/plan")
@allow(SIGNED_IN)
def change(activity_id: UUID) -> ResponseReturnValue:
    """Show a draft, to change it."""
    with reading() as session:
        who = leading.leader(session)
        found = leading.led(session, who, activity_id)
        named: dict[str, Any] = {"ledger_id": who.me.ledger_id, "activity_id": activity_id}
        sessions = plans.list_sessions(session, **named)
        unit_ids = listings.list_unit_ids(session, **named)
        way = plan_forms.attended_as_written(
            attending.find(session, **named), attending.list_checkpoints(session, **named)
        )
    return _form(found.id, _written(found, sessions, unit_ids) | way)


@bp.post("/lead/activities/<uuid:activity_id>/plan")
@allow(SIGNED_IN)
def edit(activity_id: UUID) -> ResponseReturnValue:
    """Replace a draft's content, if nobody changed it since it was read."""
    with reading() as session:
        who = leading.leader(session)
        leading.led(session, who, activity_id)
    version = request.form.get("version", default=0, type=int)

    def verb(session: Session, _fact: None) -> str:
        made = plans.edit(
            session,
            ledger_id=who.me.ledger_id,
            activity_id=activity_id,
            version=version,
            plan=_plan(session, who),
            actor=actor(),
        )
        return _hand_in(session, made)

    return _answer(who, activity_id, verb)


def _answer(who: Leader, activity_id: UUID | None, verb: Any) -> ResponseReturnValue:
    made_id, problem = submit(verb, ledger_id=who.me.ledger_id, show=lambda made: made)
    if problem:
        return _form(activity_id, request.form, problem)
    said = "submitted" if request.form.get("then") == "submit" else "draft"
    target = url_for("h5.leading.activity", activity_id=made_id, said=said)
    return redirect(target, code=303)


def _hand_in(session: Session, made: Activity) -> str:
    if request.form.get("then") == "submit":
        named: dict[str, Any] = {"ledger_id": made.ledger_id, "activity_id": made.id}
        plans.submit(session, **named, actor=actor())
    return str(made.id)


def _hand_in_all(session: Session, first: Activity) -> str:
    if request.form.get("then") == "submit":
        named: dict[str, Any] = {"ledger_id": first.ledger_id, "activity_id": first.id}
        series.submit(session, **named, actor=actor())
    return str(first.id)


def _form(
    activity_id: UUID | None, typed: Any, problem: dict[str, Any] | None = None
) -> ResponseReturnValue:
    with reading() as session:
        who = leading.leader(session)
        offer = _offer(session, who)
    ticked = typed.getlist("unit_ids") if hasattr(typed, "getlist") else typed.get("unit_ids", [])
    filled = [int(name[3:]) for name in typed if name.startswith("on_") and name[3:].isdigit()]
    return show_page(
        "h5/plan.html",
        problem,
        me=who.me,
        activity_id=activity_id,
        typed=typed,
        ticked=set(ticked),
        today=clock.today(),
        weeks=range(2, plan_forms.WEEKS_MAX + 1),
        days=range(2, plan_forms.DAYS_MAX + 1),
        rows=range(1, max(SESSIONS_MAX, *filled, 0) + 1),
        **offer,
    )


def _offer(session: Session, who: Leader) -> dict[str, Any]:
    """Return what the form offers: teams, kinds, alliances, venues and units of the place."""
    me = who.me
    programme = programmes.of_ledger(session, me.ledger_id)
    choices = [(str(team.id), team.name) for team in who.teams]
    if who.is_staff:
        choices.append((OWN_PLACE, _("%(place)s（社区自己办）", place=me.node.short_name)))
    called = alliances.list_in(session, ledger_id=me.ledger_id, node=me.node)
    return {
        "teams": choices,
        "categories": [
            (each.code, each.name) for each in activity_types.list_offered(session, programme)
        ],
        "alliances": [(str(each.id), each.name) for each in called],
        "venues": [(str(each.id), each.name) for each in venues.list_in(session, me.node)],
        "units": [(str(each.id), each.name) for each in units.list_in(session, me.node)],
    }


def _plan(session: Session, who: Leader) -> Plan:
    """Read the form as a plan.

    Raises:
        ValidationFailed: A date, a time, a number or the team cannot be read; fact `field`.
    """
    form = request.form
    team = next((each for each in who.teams if str(each.id) == form.get("team_id")), None)
    if team is None and not (who.is_staff and form.get("team_id") == OWN_PLACE):
        raise ValidationFailed("no team of yours", field="team_id")
    offer = _offer(session, who)
    sessions = plan_forms.sessions_of(form, SESSION_COUNT_MAX)
    return Plan(
        node_id=team.node_id if team else who.me.node.id,
        team_id=team.id if team else None,
        title=form.get("title", ""),
        category_code=form.get("category_code", ""),
        address=form.get("address", ""),
        description=form.get("description", ""),
        sessions=plan_forms.repeated(sessions, form),
        alliance_id=_chosen(offer, "alliances", "alliance_id", UUID),
        venue_id=_chosen(offer, "venues", "venue_id", int),
        unit_ids=[int(each) for each, _name in offer["units"] if each in form.getlist("unit_ids")],
        is_paid=form.get("is_paid") == "yes",
        is_emergency=form.get("is_emergency") == "yes",
        **plan_forms.attended(form),
    )


def _chosen(offer: dict[str, Any], among: str, field: str, kind: Callable[[str], Any]) -> Any:
    """Return what was chosen of the offer; None if nothing was.

    Raises:
        ValidationFailed: It is not on offer; fact `field`.
    """
    text = request.form.get(field, "")
    if text and text not in {code for code, _name in offer[among]}:
        raise ValidationFailed("not on offer", field=field)
    return kind(text) if text else None


def _written(
    found: Activity, sessions: list[ActivitySession], unit_ids: list[int]
) -> dict[str, Any]:
    """Return a draft as the form's fields."""
    return {
        **plan_forms.written(found, sessions),
        "team_id": str(found.team_id or OWN_PLACE),
        "alliance_id": str(found.alliance_id or ""),
        "venue_id": str(found.venue_id or ""),
        "unit_ids": [str(each) for each in unit_ids],
    }
