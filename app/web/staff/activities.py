"""Activities of a place: what is planned, what waits for approval, how one came along."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import enrolment, funnel, listings, plans, responses
from app.activities.funnel import Cohort
from app.activities.models import Activity
from app.activities.shifts import attending, series
from app.activities.standing import STAFF_ROLES as DECIDING
from app.base import clock
from app.base.transactions import reading
from app.community import tree, units
from app.people import skills, teams
from app.points import programmes
from app.web import fulfilling
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.activities import BeneficiariesIn
from app.web.schemas.desk import ReasonIn
from app.web.schemas.desk_lists import CalendarIn
from app.web.session import actor
from app.web.staff import calendar_days, desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("activities", __name__, url_prefix="/<place>/activities")
SHOWN_STATES = ("submitted", *listings.VISIBLE)
"""Staff see a plan from the day it was handed in; others only once it is approved."""


@bp.get("")
@allow(SIGNED_IN)
def calendar() -> ResponseReturnValue:
    """Show the sessions of a span of days, and the funnel of their activities."""
    menu.at("activities")
    asked, problem = forms.asked(CalendarIn)
    shown = calendar_days.span(asked)
    span: dict[str, Any] = {
        "begins_at": clock.day_bounds(shown.begins_on)[0],
        "ends_at": clock.day_bounds(shown.ends_on)[1],
    }
    scope: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    with reading() as session:
        every = listings.calendar(session, **scope, **span, states=SHOWN_STATES)
        slots = [slot for slot in every if _is_asked(slot, asked)]
        programme = programmes.of_ledger(session, desk.ledger_id())
        return forms.page(
            "activities.html",
            problem,
            slots=slots,
            shown=shown,
            asked=asked,
            weeks=calendar_days.weeks(shown, slots) if shown.view == "month" else [],
            teams=_team_names(session, {slot.activity.team_id for slot in every}),
            category_options=[
                (each.code, each.name) for each in programmes.list_categories(session, programme)
            ],
            funnel=funnel.count(session, **scope, cohort=Cohort(**span)),
            today=clock.today(),
            month_name=calendar_days.month_name,
            week_names=calendar_days.week_names(),
            waiting=listings.to_approve(session, **scope),
            may_plan=desk.here().may(desk.DECIDERS),
        )


def _is_asked(slot: Any, asked: dict[str, Any]) -> bool:
    found = slot.activity
    return (
        asked.get("team_id") in (None, found.team_id)
        and asked.get("category_code") in (None, found.category_code)
        and asked.get("state") in (None, found.state)
    )


@bp.get("/plans")
@allow(SIGNED_IN)
def waiting() -> ResponseReturnValue:
    """Show the plans that wait for approval."""
    menu.at("activities")
    with reading() as session:
        scope: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
        found = listings.to_approve(session, **scope, limit=200)
        drafts = listings.list_activities(session, **scope, states=("draft",), limit=200)
        return forms.page(
            "plans.html",
            found=found,
            teams=_team_names(session, {each.team_id for each in found}),
            drafts=[each for each in drafts if each.planned_by_id == desk.me()],
        )


@bp.get("/<uuid:activity_id>")
@allow(SIGNED_IN)
def show(activity_id: UUID) -> ResponseReturnValue:
    """Show an activity with its sessions, its teams and who came."""
    return draw(activity_id)


@bp.post("/<uuid:activity_id>/approve")
@allow(SIGNED_IN)
def approve(activity_id: UUID) -> ResponseReturnValue:
    """Approve a plan; teams may respond from now on."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _scoped(session, activity_id)
        plans.approve(session, ledger_id=desk.ledger_id(), activity_id=activity_id, actor=actor())

    return _step(verb, activity_id, _("已批准，队伍可以响应了。"))


@bp.post("/<uuid:activity_id>/refuse")
@allow(SIGNED_IN)
def refuse(activity_id: UUID) -> ResponseReturnValue:
    """Refuse a plan, with the reason."""
    return _ended(plans.refuse, activity_id, _("没有批准，原因已告诉计划人。"))


@bp.post("/<uuid:activity_id>/cancel")
@allow(SIGNED_IN)
def cancel(activity_id: UUID) -> ResponseReturnValue:
    """Call an activity off, with the reason; everybody who signed up is told."""
    return _ended(fulfilling.cancel_activity, activity_id, _("已取消，报名的人都收到了通知。"))


@bp.post("/<uuid:activity_id>/close")
@allow(SIGNED_IN)
def close(activity_id: UUID) -> ResponseReturnValue:
    """End an activity that was held, with the number of people it served."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, activity_id)
        fulfilling.close_activity(
            session, ledger_id=desk.ledger_id(), activity_id=activity_id, actor=actor(), **asked
        )

    return _step(verb, activity_id, _("活动已结束。"), BeneficiariesIn)


def _ended(end: Any, activity_id: UUID, said: str) -> ResponseReturnValue:
    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, activity_id)
        end(session, ledger_id=desk.ledger_id(), activity_id=activity_id, actor=actor(), **asked)

    return _step(verb, activity_id, said, ReasonIn)


def _step(
    verb: forms.Verb, activity_id: UUID, said: str, schema: Any = None
) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.activities.show", activity_id=activity_id),
        again=lambda problem: draw(activity_id, problem),
    )


def _scoped(session: Session, activity_id: UUID) -> Activity:
    """Return an activity of a place where the person may decide on activities."""
    found = plans.get(session, ledger_id=desk.ledger_id(), activity_id=activity_id)
    desk.require_at(session, found.node_id, DECIDING)
    return found


def draw(activity_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    """Draw an activity's page, after a refusal with its problem."""
    menu.at("activities")
    named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "activity_id": activity_id}
    with reading() as session:
        found = plans.get(session, **named)
        node = desk.require_at(session, found.node_id, desk.READERS)
        live = responses.list_live(session, **named)
        category = programmes.category(
            session, programmes.of_ledger(session, desk.ledger_id()), found.category_code
        )
        slots = [_counted(session, slot) for slot in plans.list_sessions(session, **named)]
        return forms.page(
            "activity.html",
            problem,
            activity=found,
            node=node,
            category=category,
            place=tree.breadcrumb(session, node),
            teams=_team_names(session, {found.team_id, *(each.team_id for each in live)}),
            live=live,
            organisers=_unit_names(session, listings.list_unit_ids(session, **named)),
            slots=slots,
            now=clock.now(),
            part_count=len(series.list_of(session, **named)),
            attending=attending.find(session, **named),
            checkpoints=attending.list_checkpoints(session, **named),
            may_decide=desk.here().may(DECIDING),
            asked_for=_skills_asked(session, found),
            presets=skills.PRESETS,
            is_planner=found.planned_by_id == desk.me(),
        )


def _skills_asked(session: Session, activity: Activity) -> list[str]:
    asked = skills.called_by(
        session, ledger_id=activity.ledger_id, kind="activity", subject_ids=[activity.id]
    )
    return asked.get(activity.id, [])


def _counted(session: Session, slot: Any) -> dict[str, Any]:
    """Count who signed up for a session, who came, and whose time counts already."""
    named: dict[str, Any] = {"ledger_id": slot.ledger_id, "session_id": slot.id}
    stays = listings.stays_of_session(session, **named)
    signed = enrolment.list_of_session(session, **named)
    came = {each.member_id for each in stays if each.state not in ("refused", "reversed")}
    return {
        "session": slot,
        "enrolled_count": sum(each.state in ("enrolled", "absent") for each in signed),
        "came_count": len(came),
        "minutes": sum(each.credited_minutes or 0 for each in stays if each.state == "confirmed"),
        "waiting_count": sum(each.state in ("closed", "needs_confirmation") for each in stays),
    }


def _team_names(session: Session, team_ids: set[UUID | None]) -> dict[UUID, str]:
    wanted = [team_id for team_id in team_ids if team_id is not None]
    found = teams.get_many(session, ledger_id=desk.ledger_id(), team_ids=wanted)
    return {team_id: team.name for team_id, team in found.items()}


def _unit_names(session: Session, unit_ids: list[int]) -> list[str]:
    return sorted(each.name for each in units.get_many(session, unit_ids).values())
