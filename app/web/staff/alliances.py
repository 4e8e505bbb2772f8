"""Alliances (近邻志愿同盟): teams of one community that see one pool of activities."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities.funnel import Cohort
from app.base import clock
from app.base.transactions import reading
from app.community import tree
from app.people import alliances, teams
from app.people.models import Alliance
from app.reports import alliance_funnels
from app.reports.alliance_funnels import AllianceFunnel
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import AllianceIn, NameIn, TeamIdIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("alliances", __name__, url_prefix="/<place>/alliances")


@bp.get("/new")
@allow(SIGNED_IN)
def new() -> ResponseReturnValue:
    """Show the form of a new alliance."""
    desk.require(*desk.WORKERS)
    return _new()


@bp.post("")
@allow(SIGNED_IN)
def create() -> ResponseReturnValue:
    """Found an alliance at this place."""

    def verb(session: Session, asked: dict[str, Any]) -> Alliance:
        node = desk.require_here(session, desk.WORKERS)
        return alliances.create(
            session, ledger_id=desk.ledger_id(), node_id=node.id, actor=actor(), **asked
        )

    return forms.answer(
        verb,
        schema=NameIn,
        show=lambda made: str(made.id),
        said=_("同盟建好了，把队伍加进来。"),
        to=lambda made: url_for("staff.alliances.show", alliance_id=made),
        again=_new,
    )


@bp.get("/<uuid:alliance_id>")
@allow(SIGNED_IN)
def show(alliance_id: UUID) -> ResponseReturnValue:
    """Show an alliance with its teams and their history."""
    return _show(alliance_id)


@bp.post("/<uuid:alliance_id>/join")
@allow(SIGNED_IN)
def join(alliance_id: UUID) -> ResponseReturnValue:
    """Let a team join, by its agreement."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, alliance_id, desk.WORKERS)
        alliances.join(
            session, **_named(alliance_id), agreed_by_id=desk.me(), actor=actor(), **asked
        )

    return _step(verb, alliance_id, _("已加入同盟。"), TeamIdIn)


@bp.post("/<uuid:alliance_id>/leave")
@allow(SIGNED_IN)
def leave(alliance_id: UUID) -> ResponseReturnValue:
    """End a team's stay; its history remains."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, alliance_id, desk.WORKERS)
        alliances.leave(session, **_named(alliance_id), actor=actor(), **asked)

    return _step(verb, alliance_id, _("已退出同盟，以前的记录还在。"), TeamIdIn)


def _step(verb: forms.Verb, alliance_id: UUID, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.alliances.show", alliance_id=alliance_id),
        again=lambda problem: _show(alliance_id, problem),
    )


def _named(alliance_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "alliance_id": alliance_id}


def _scoped(session: Session, alliance_id: UUID, names: tuple[str, ...]) -> Alliance:
    found = alliances.get(session, **_named(alliance_id))
    desk.require_at(session, found.node_id, names)
    return found


def _new(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("teams")
    return forms.page("alliance_new.html", problem)


def _show(alliance_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("teams")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    asked, wrong = forms.asked(AllianceIn)
    today = clock.today()
    begins_on = asked.get("begins_on", today.replace(month=1, day=1))
    ends_on = asked.get("ends_on", today)
    with reading() as session:
        found = _scoped(session, alliance_id, desk.READERS)
        node = tree.get(session, found.node_id)
        joined = alliances.list_teams(session, **_named(alliance_id))
        sought = teams.Sought(asked["text"], not_ids=tuple(each.id for each in joined))
        slice_ = {name: asked[name] for name in ("limit", "offset")}
        outside = teams.list_in(session, **key, node=node, sought=sought, **slice_)
        places = tree.get_many(session, {each.node_id for each in outside})
        stays = alliances.history(session, **_named(alliance_id))
        names = teams.get_many(session, **key, team_ids=[each.team_id for each in stays])
        cohort = Cohort(clock.day_bounds(begins_on)[0], clock.day_bounds(ends_on)[1])
        funnel = alliance_funnels.count(session, **_named(alliance_id), node=node, cohort=cohort)
    return forms.page(
        "alliance.html",
        problem or wrong,
        alliance=found,
        joined=joined,
        outside=outside,
        places=places,
        text=asked["text"],
        **slice_,
        stays=stays,
        names=names,
        begins_on=begins_on,
        ends_on=ends_on,
        funnel=funnel,
        steps=_steps(funnel),
        waited=_waited(funnel.median_response_seconds),
    )


def _steps(found: AllianceFunnel) -> list[dict[str, Any]]:
    """Return the steps with their units, each with its share in thousandths of its own unit's most.

    Activities and sign-ups are never measured by one another.
    """
    calls = (
        (_("发起"), found.called_count),
        (_("有队响应"), found.responded_count),
        (_("办成了"), found.held_count),
    )
    visits = (
        (_("报名"), found.enrolled_count),
        (_("到场"), found.visit_count),
        (_("没来"), found.absent_count),
    )
    return [
        {"text": text, "count": count, "unit": unit, "share": count * 1000 // (most or 1)}
        for unit, counts in ((_("场"), calls), (_("人次"), visits))
        for most in (max(count for _text, count in counts),)
        for text, count in counts
    ]


def _waited(seconds: int | None) -> str:
    """Say how long half of the calls waited at most for their first answer."""
    if seconds is None:
        return ""
    minutes = seconds // 60
    if minutes < 120:
        return _("%(n)s 分钟", n=minutes)
    return _("%(n)s 小时", n=minutes // 60)
