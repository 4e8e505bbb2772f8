"""Planning at the desk: what, where, when and with whom; a colleague approves it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import listings, plans
from app.activities.models import Activity
from app.activities.plan_rules import Plan
from app.activities.shifts import attending, series
from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import reading
from app.community import tree, units, venues
from app.community.models import Node
from app.people import alliances, teams
from app.points import activity_types, programmes
from app.web import plan_forms
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_plans import DAYS_MAX, ROWS, WEEKS_MAX, PlanIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _l

bp = Blueprint("planning", __name__, url_prefix="/<place>/activities")
CHOICES_MAX = 500
ROWS_SHOWN = 4
"""Rows that are offered at first; a draft with more sessions shows them all."""

TAKEN = ("team_id", "alliance_id", "title", "category_code", "address", "description")
SAID = {
    "draft": _l("草稿存好了，还没有交。"),
    "submitted": _l("交上去了，等同事批准。您自己不能批自己的计划。"),
}


@bp.get("/new")
@allow(SIGNED_IN)
def new() -> ResponseReturnValue:
    """Show the form of a new activity."""
    desk.require(*desk.DECIDERS)
    return _form(None, {"on_1": request.args.get("on", "")[:10]})


@bp.post("/new")
@allow(SIGNED_IN)
def draft() -> ResponseReturnValue:
    """Keep a plan; handed in at once if asked."""

    def verb(session: Session, asked: dict[str, Any]) -> Activity:
        node = desk.require_here(session, desk.DECIDERS)
        plan = _plan(session, node, asked)
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "actor": actor()}
        turns = plan_forms.turns_of(asked)
        if turns is None:
            return _hand_in(session, plans.draft(session, plan=plan, **key), asked["then"])
        every, count = turns
        made = series.draft(session, plan=plan, every=every, count=count, **key)
        if asked["then"] == "submit":
            series.submit(session, activity_id=made[0].id, **key)
        return made[0]

    return _step(verb, None, PlanIn)


@bp.get("/<uuid:activity_id>/plan")
@allow(SIGNED_IN)
def change(activity_id: UUID) -> ResponseReturnValue:
    """Show a draft, to change it."""
    with reading() as session:
        found = _scoped(session, activity_id)
        named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "activity_id": activity_id}
        values = plan_forms.written(found, plans.list_sessions(session, **named))
        values["team_id"] = str(found.team_id or "")
        values["alliance_id"] = str(found.alliance_id or "")
        values["venue_id"] = str(found.venue_id or "")
        values |= plan_forms.attended_as_written(
            attending.find(session, **named), attending.list_checkpoints(session, **named)
        )
        values["unit_ids"] = [str(each) for each in listings.list_unit_ids(session, **named)]
    return _form(activity_id, values)


@bp.post("/<uuid:activity_id>/plan")
@allow(SIGNED_IN)
def edit(activity_id: UUID) -> ResponseReturnValue:
    """Replace a draft's content, if nobody changed it since it was read."""

    def verb(session: Session, asked: dict[str, Any]) -> Activity:
        found = _scoped(session, activity_id)
        made = plans.edit(
            session,
            ledger_id=desk.ledger_id(),
            activity_id=activity_id,
            version=asked["version"],
            plan=_plan(session, tree.get(session, found.node_id), asked),
            actor=actor(),
        )
        return _hand_in(session, made, asked["then"])

    return _step(verb, activity_id, PlanIn)


@bp.post("/<uuid:activity_id>/submit")
@allow(SIGNED_IN)
def submit(activity_id: UUID) -> ResponseReturnValue:
    """Hand a draft in for a colleague's approval."""

    def verb(session: Session, _asked: dict[str, Any]) -> Activity:
        return _hand_in(session, _scoped(session, activity_id), "submit")

    return _step(verb, activity_id)


def _step(verb: forms.Verb, activity_id: UUID | None, schema: Any = None) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        show=lambda made: {"id": str(made.id), "state": made.state},
        said=lambda made: SAID[made["state"]],
        to=lambda made: url_for("staff.activities.show", activity_id=made["id"]),
        again=lambda problem: _form(activity_id, request.form, problem),
    )


def _hand_in(session: Session, made: Activity, then: str) -> Activity:
    if then == "submit":
        named: dict[str, Any] = {"ledger_id": made.ledger_id, "activity_id": made.id}
        return plans.submit(session, **named, actor=actor())
    return made


def _scoped(session: Session, activity_id: UUID) -> Activity:
    """Return an activity of a place where the person may plan."""
    found = plans.get(session, ledger_id=desk.ledger_id(), activity_id=activity_id)
    desk.require_at(session, found.node_id, desk.DECIDERS)
    return found


def _plan(session: Session, node: Node, asked: dict[str, Any]) -> Plan:
    """Read the form as a plan for this place, or for the place of the team that holds it.

    Raises:
        ValidationFailed: A day, a number, a team or a unit is none; fact `field`.
    """
    team_id: UUID | None = asked["team_id"]
    return Plan(
        node_id=_place_of(session, team_id).id if team_id else node.id,
        sessions=plan_forms.repeated(plan_forms.sessions_of(asked, ROWS), asked),
        venue_id=_venue(session, asked["venue_id"]),
        **plan_forms.attended(asked),
        is_paid=asked["is_paid"] == "yes",
        is_emergency=asked["is_emergency"] == "yes",
        unit_ids=_offered(session, asked["unit_ids"]),
        **{name: asked[name] for name in TAKEN},
    )


def _place_of(session: Session, team_id: UUID) -> Node:
    """Return the place of a team of this desk.

    Raises:
        ValidationFailed: It is no team in scope.
    """
    found = teams.get_many(session, ledger_id=desk.ledger_id(), team_ids=[team_id]).get(team_id)
    if found is None:
        raise ValidationFailed("no such team", field="team_id")
    try:
        return desk.require_at(session, found.node_id, desk.DECIDERS)
    except NotFound as error:
        raise ValidationFailed("no such team", field="team_id") from error


def _offered(session: Session, wanted: list[int]) -> tuple[int, ...]:
    """Return the units that were ticked.

    Raises:
        ValidationFailed: One is of another place.
    """
    offered = {each.id for each in units.list_in(session, desk.here().node)}
    if not set(wanted) <= offered:
        raise ValidationFailed("no unit of this place", field="unit_ids")
    return tuple(dict.fromkeys(wanted))


def _venue(session: Session, venue_id: int | None) -> int | None:
    """Return the venue that was chosen.

    Raises:
        ValidationFailed: It is of another place.
    """
    offered = {each.id for each in venues.list_in(session, desk.here().node)}
    if venue_id is not None and venue_id not in offered:
        raise ValidationFailed("no venue of this place", field="venue_id")
    return venue_id


def _named(found: Iterable[Any]) -> list[tuple[Any, str]]:
    return [(each.id, each.name) for each in found]


def _filled(typed: Any) -> int:
    return max((row for row in range(1, ROWS + 1) if typed.get(f"on_{row}")), default=0)


def _form(
    activity_id: UUID | None, typed: Any, problem: Problem | None = None
) -> ResponseReturnValue:
    menu.at("activities")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    chosen = typed.getlist("unit_ids") if typed is request.form else typed.get("unit_ids", [])
    with reading() as session:
        node = desk.here().node
        programme = programmes.of_ledger(session, desk.ledger_id())
        return forms.page(
            "plan.html",
            problem,
            activity_id=activity_id,
            typed=typed,
            chosen=set(chosen),
            category_options=[
                (each.code, each.name) for each in activity_types.list_offered(session, programme)
            ],
            team_options=_named(teams.list_in(session, **key, node=node, limit=CHOICES_MAX)),
            alliance_options=_named(alliances.list_in(session, **key, node=node)),
            units=units.list_in(session, node),
            venue_options=_named(venues.list_in(session, node)),
            days_max=DAYS_MAX,
            times=range(1, max(ROWS_SHOWN, _filled(typed)) + 1),
            weeks_max=WEEKS_MAX,
            today=clock.today(),
        )
