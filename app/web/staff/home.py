"""The desk's first page: what waits today, at this place and for this person."""

from collections import Counter
from collections.abc import Sequence
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
from app.mall import goods, merchants, shops
from app.mall.models import Merchant
from app.people import merges, objections
from app.people import roles as people_roles
from app.points import (
    application_listings,
    approvals,
    backfills,
    deductions,
    empty_homes,
    hardship,
    openings,
)
from app.reports import desk_figures
from app.service_orders import claim_listings, sighting_listings
from app.web.pages import number
from app.web.permissions import SIGNED_IN, STAFF_ROLES, allow
from app.web.staff import desk, forms, menu, review_table, signal_scope
from app.web.translate import _

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
            may_plan=desk.here().may(desk.DECIDERS),
        )


def _work(session: Session) -> list[dict[str, Any]]:
    """Everything that waits for a person here, gravest first."""
    node = desk.here().node
    scope: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": node, "limit": MANY}
    counts = approvals.count_waiting(session, ledger_id=desk.ledger_id(), node=node)
    mine = {key: count for key, count in counts.items() if key[0] <= desk.here().level}
    applied = application_listings.count_live(session, ledger_id=desk.ledger_id(), node=node)
    forgotten = [
        stay
        for stay, _slot in listings.to_review(session, **scope)
        if stay.state == "needs_confirmation"
    ]
    lines, papers = _("条"), _("件")
    found = [
        _item(lines, _("考勤和入账等审核"), "review.show", sum(mine.values()))
        | {"note": _reviewed(counts, mine), "act": _("去审核")},
        _item(lines, _("忘了签退"), "sessions.forgotten", forgotten)
        | {"note": _("问过领队再确认")},
        _item(
            _("场"), _("活动等批准"), "activities.waiting", listings.to_approve(session, **scope)
        ),
        _item(
            papers,
            _("认领的活等验收"),
            "claim_work.show",
            claim_listings.count_waiting(session, ledger_id=desk.ledger_id(), node=node),
        ),
        _item(lines, _("有人提出异议"), "objections.show", objections.list_open(session, **scope)),
        _item(lines, _("补录等审核"), "backfills.show", backfills.list_waiting(session, **scope)),
        _item(lines, _("积分申报等审核"), "applications.show", applied["waiting"]),
        _item(lines, _("纸本转入等审核"), "openings.show", openings.list_waiting(session, **scope)),
        _item(papers, _("合并成员等审核"), "merges.show", merges.list_waiting(session, **scope)),
        _item(
            papers,
            _("系统觉得奇怪的事"),
            "signals.show",
            signal_scope.list_open(session, desk.ledger_id(), node),
        )
        | {"note": _("只是提醒，由人来判断")},
        _item(
            lines,
            _("随手拍等着看"),
            "sightings.show",
            sighting_listings.count_waiting(session, ledger_id=desk.ledger_id(), node=node),
        ),
    ]
    if not desk.here().has_points:
        return found
    return found + _households(session, scope) + _stores(session)


def _households(session: Session, scope: dict[str, Any]) -> list[dict[str, Any]]:
    """What two people decide about the points of members and households."""
    lines = _("条")
    back = [
        each
        for each in deductions.list_taken(session, **scope)
        if each.state == "posted" and each.reversal_asked_by_id is not None
    ]
    helped = hardship.list_waiting(session, **scope)
    return [
        _item(lines, _("扣分等决定"), "deductions.show", deductions.list_in(session, **scope)),
        _item(lines, _("扣分等确认退回"), "deductions.show", back),
        _item(lines, _("公共池帮扶等决定"), "common_pool.show", helped),
        _item(
            _("户"),
            _("没有人的户，还有积分"),
            "empty_homes.show",
            empty_homes.list_in(session, **scope),
        )
        | {"note": _("定给谁")},
    ]


def _stores(session: Session) -> list[dict[str, Any]]:
    """Goods that run out and points that expire."""
    named: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    low = [
        one
        for shop in shops.list_within(session, **named, node=desk.here().node)
        if shop.state == "open"
        for one in goods.list_low(session, **named, shop_id=shop.id)
    ]
    named_low = _("、").join(f"{one.name} {one.stock_count}" for one in low[:4])
    until_on = clock.today() + SOON
    losing = desk_figures.list_expiring(session, **named, node=desk.here().node, until_on=until_on)
    total = sum(each.points for each in losing)
    ending = merchants.list_ending(session, **named, node=desk.here().node, until_on=until_on)
    return [
        _item(_("种"), _("商品快没了"), "shops.show", low)
        | {"note": named_low, "act": _("去补货")},
        _item(_("家"), _("商家协议 30 天内到期，或已经到期"), "merchants.show", ending)
        | {"note": _("到期后不能兑换：%(names)s", names=_names(ending)), "act": _("去续签")},
        _item(_("人或户"), _("积分 30 天内到期"), "people.expiring", losing)
        | {"note": _("合计 %(n)s 积分", n=number(total)), "act": _("看名单")},
    ]


def _names(ending: list[Merchant]) -> str:
    """Name the first few merchants."""
    return _("、").join(one.name for one in ending[:4])


def _item(unit: str, title: str, view: str, found: Sequence[Any] | int) -> dict[str, Any]:
    """One line of work: how many wait, and the one link to them."""
    count = found if isinstance(found, int) else len(found)
    is_cut = not isinstance(found, int) and count == MANY
    return {
        "count": count,
        "shown": f"{number(count)}+" if is_cut else number(count),
        "unit": unit,
        "title": title,
        "href": url_for(f"staff.{view}"),
        "note": "",
        "act": _("去看看"),
    }


def _reviewed(every: Counter[tuple[int, str]], mine: dict[tuple[int, str], int]) -> str:
    """Say how many can be approved together, and how many wait for somebody above."""
    plain = sum(count for (_level, holds), count in mine.items() if review_table.is_plain(holds))
    above = every.total() - sum(mine.values())
    said = [_("%(n)s 条没有异常，可一次通过", n=plain)] if plain else []
    return "·".join([*said, _("另有 %(n)s 条等上一级", n=above)] if above else said)


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
