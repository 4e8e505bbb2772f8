"""Planning an activity on the phone: one to three sessions; what was typed is kept."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import plans
from app.activities.models import Activity, ActivitySession
from app.activities.plan_rules import Plan
from app.base import clock
from app.base.errors import ValidationFailed
from app.base.transactions import reading
from app.points import programmes
from app.web import plan_forms
from app.web.acts import submit
from app.web.h5 import leading
from app.web.h5.forms import page as show_page
from app.web.h5.leading import Leader
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor

bp = Blueprint("planning", __name__)

SESSIONS_MAX = 3
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
        made = plans.draft(session, ledger_id=who.me.ledger_id, plan=plan, actor=actor())
        return _hand_in(session, made)

    return _answer(who, None, verb)


@bp.get("/lead/activities/<uuid:activity_id>/plan")
@allow(SIGNED_IN)
def change(activity_id: UUID) -> ResponseReturnValue:
    """Show a draft, to change it."""
    with reading() as session:
        who = leading.leader(session)
        found = leading.led(session, who, activity_id)
        sessions = plans.list_sessions(session, ledger_id=who.me.ledger_id, activity_id=activity_id)
    return _form(found.id, _written(found, sessions))


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


def _form(
    activity_id: UUID | None, typed: Any, problem: dict[str, Any] | None = None
) -> ResponseReturnValue:
    with reading() as session:
        who = leading.leader(session)
        programme = programmes.of_ledger(session, who.me.ledger_id)
        categories = programmes.list_categories(session, programme)
    choices = [(str(team.id), team.name) for team in who.teams]
    if who.is_staff:
        choices.append((OWN_PLACE, f"{who.me.node.short_name}（社区自己办）"))
    return show_page(
        "h5/plan.html",
        problem,
        me=who.me,
        activity_id=activity_id,
        typed=typed,
        teams=choices,
        categories=[(each.code, each.name) for each in categories],
        today=clock.today(),
        rows=range(1, SESSIONS_MAX + 1),
    )


def _plan(session: Session, who: Leader) -> Plan:
    """Read the form as a plan.

    Raises:
        ValidationFailed: A date, a time, a number or the team cannot be read; fact `field`.
    """
    form = request.form
    team = next((each for each in who.teams if str(each.id) == form.get("team_id")), None)
    if team is None and not (who.is_staff and form.get("team_id") == OWN_PLACE):
        raise ValidationFailed("no team of yours", field="team_id")
    return Plan(
        node_id=team.node_id if team else who.me.node.id,
        team_id=team.id if team else None,
        title=form.get("title", ""),
        category_code=form.get("category_code", ""),
        address=form.get("address", ""),
        description=form.get("description", ""),
        sessions=plan_forms.sessions_of(form, SESSIONS_MAX),
        is_paid=form.get("is_paid") == "yes",
        is_emergency=form.get("is_emergency") == "yes",
    )


def _written(found: Activity, sessions: list[ActivitySession]) -> dict[str, Any]:
    """Return a draft as the form's fields."""
    values = plan_forms.written(found, sessions[:SESSIONS_MAX])
    return {**values, "team_id": str(found.team_id or OWN_PLACE)}
