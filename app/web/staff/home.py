"""The desk's first page: what waits today, at this place and for this person."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import funnel, listings
from app.activities.funnel import Cohort
from app.base import clock
from app.base.errors import PermissionDenied
from app.base.transactions import reading
from app.ledger import proof
from app.mall import goods, shops
from app.people import merges, objections
from app.people import roles as people_roles
from app.points import approvals, backfills, openings
from app.points.approvals import WAITING
from app.reports import desk_figures
from app.web.permissions import SIGNED_IN, STAFF_ROLES, allow
from app.web.staff import desk, forms, menu, signal_scope

bp = Blueprint("home", __name__)
MANY = 500
"""Beyond this many the page says so many and more."""
SOON = timedelta(days=30)


@bp.get("/")
@allow(SIGNED_IN)
def start() -> ResponseReturnValue:
    """Go to the highest place where the person holds an office."""
    with reading() as session:
        held = people_roles.nodes_of(session, person_id=desk.me(), roles=STAFF_ROLES)
    if not held:
        raise PermissionDenied
    return redirect(url_for("staff.home.today", place=held[0].code))


@bp.get("/<place>/")
@allow(SIGNED_IN)
def today() -> ResponseReturnValue:
    """Show what waits, what is on today, the last proof, and the month so far."""
    menu.at("today")
    with reading() as session:
        work = [each for each in _work(session) if each["count"]]
        return forms.page(
            "today.html",
            today=clock.today(),
            work=work,
            slots=_slots(session),
            latest=proof.find_latest(session, ledger_id=desk.ledger_id()),
            month=_month(session),
        )


def _work(session: Session) -> list[dict[str, Any]]:
    """Everything that waits for a person here, gravest first."""
    node = desk.here().node
    scope: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": node, "limit": MANY}
    grants = approvals.list_waiting(session, **scope)
    mine = [each for each in grants if WAITING[each.state] <= desk.here().level]
    forgotten = [
        stay
        for stay, _ in listings.to_review(session, **scope)
        if stay.state == "needs_confirmation"
    ]
    signals = signal_scope.list_open(session, desk.ledger_id(), node)
    found = [
        _item("条", "考勤和入账等审核", len(mine), "review.show", _others(grants, mine)),
        _item("条", "忘了签退", len(forgotten), "sessions.forgotten", "问过领队再确认"),
        _item("场", "活动等批准", len(listings.to_approve(session, **scope)), "activities.waiting"),
        _item("条", "有人提出异议", len(objections.list_open(session, **scope)), "objections.show"),
        _item("条", "补录等审核", len(backfills.list_waiting(session, **scope)), "backfills.show"),
        _item(
            "条", "纸本转入等审核", len(openings.list_waiting(session, **scope)), "openings.show"
        ),
        _item("件", "合并成员等审核", len(merges.list_waiting(session, **scope)), "merges.show"),
        _item("件", "系统觉得奇怪的事", len(signals), "signals.show", "只是提醒，由人来判断"),
    ]
    return found + _stores(session) if desk.here().has_points else found


def _stores(session: Session) -> list[dict[str, Any]]:
    """Goods that run out and points that expire."""
    named: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    low = [
        one
        for shop in shops.list_within(session, **named, node=desk.here().node)
        if shop.state == "open"
        for one in goods.list_low(session, **named, shop_id=shop.id)
    ]
    named_low = "、".join(f"{one.name} {one.stock_count}" for one in low[:4])
    until_on = clock.today() + SOON
    losing = desk_figures.list_expiring(session, **named, node=desk.here().node, until_on=until_on)
    total = sum(each.points for each in losing)
    return [
        _item("种", "商品快没了", len(low), "shops.show", named_low),
        _item("人", "积分 30 天内到期", len(losing), "people.expiring", f"合计 {total:,} 积分"),
    ]


def _item(unit: str, title: str, count: int, view: str, note: str = "") -> dict[str, Any]:
    shown = f"{MANY}+" if count >= MANY else f"{count:,}"
    href = url_for(f"staff.{view}")
    return {"count": count, "shown": shown, "unit": unit, "title": title, "href": href,
            "note": note}  # fmt: skip


def _others(every: list[Any], mine: list[Any]) -> str:
    above = len(every) - len(mine)
    return f"另有 {above} 条等上一级" if above else ""


def _slots(session: Session) -> list[dict[str, Any]]:
    begins_at, ends_at = clock.day_bounds(clock.today())
    found = listings.calendar(
        session,
        ledger_id=desk.ledger_id(),
        node=desk.here().node,
        begins_at=begins_at,
        ends_at=ends_at,
    )
    return [{"slot": slot, "activity": slot.activity, "session": slot.session} for slot in found]


def _month(session: Session) -> dict[str, Any]:
    today = clock.today()
    begins_on = today.replace(day=1)
    cohort = Cohort(*_bounds(begins_on, today))
    scope: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    return {
        "funnel": funnel.count(session, **scope, cohort=cohort),
        "figures": desk_figures.of_span(session, **scope, begins_on=begins_on, ends_on=today),
    }


def _bounds(begins_on: date, ends_on: date) -> tuple[Any, Any]:
    return clock.day_bounds(begins_on)[0], clock.day_bounds(ends_on)[1]
