"""How one line of the passbook came about: who, when, by which rate; and the way to object."""

from datetime import date, datetime
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.base.db import NEVER
from app.base.errors import NotFound
from app.base.transactions import reading
from app.reports import explanations
from app.reports.explanations import ExplainedLine, Source
from app.web.h5 import lines, own
from app.web.h5.forms import page as show_page
from app.web.h5.words import WORDS
from app.web.pages import clock_time, day, hours, moment, number, until
from app.web.permissions import SIGNED_IN, allow
from app.web.translate import _

bp = own.may_be_acted(Blueprint("explaining", __name__))

HOUR_MINUTES = 60
Fact = tuple[str, str]


@bp.get("/passbook/lines/<uuid:journal_id>")
@allow(SIGNED_IN)
def page(journal_id: UUID) -> ResponseReturnValue:
    """Explain one line: what it was, who was there, how it was reckoned."""
    unit = "minutes" if request.args.get("unit") == "minutes" else "points"
    with reading() as session:
        me = own.here(session)
        line = lines.find(session, me, unit, journal_id)
        found = explanations.explain(session, unit=unit, **me.key)
    parts = [each for each in found.lines if each.line.journal_id == journal_id]
    if line is None or not parts:
        raise NotFound("no such line of yours")
    return show_page("h5/line.html", me=me, unit=unit, line=line, given=_facts(parts, unit))


def _facts(parts: list[ExplainedLine], unit: str) -> list[Fact]:
    """Return what stands behind a line, label by label."""
    source = parts[0].source
    told = [(_("记账"), moment(parts[0].line.posted_at))]
    if source["kind"] == "reversal":
        told += [(_("撤回原因"), source["reason"] or _("没有写"))]
        source = source["of"]
    told += _of_sale(source) if source["kind"] == "redemption" else _of_grant(source, unit)
    if unit == "points":
        told += [
            (_("用到") if each.line.delta > 0 else _("先用掉的"), _lot(each))
            for each in parts
            if each.line.ref.vintage_on != NEVER
        ]
    return [(label, value) for label, value in told if value]


def _of_grant(source: Source, unit: str) -> list[Fact]:
    if source["kind"] not in ("grant", "opening"):
        return []
    told = [(_("服务日期"), day(date.fromisoformat(source["served_on"])))]
    stay = source.get("attendance")
    if stay:
        told += [
            (_("签到"), _door(stay["checked_in_at"], stay["in_door"])),
            (_("签退"), _door(stay["checked_out_at"], stay["out_door"])),
            (_("活动时间"), f"{_time(stay['starts_at'])}–{_time(stay['ends_at'])}"),
            (_("谁确认的"), stay["confirmed_by"] or ""),
        ]
    told += [(_("凭证"), source.get("document_no") or source.get("evidence") or "")]
    told += [
        (_("谁审核的"), each["name_masked"] or "")
        for each in source["decided_by"]
        if each["verdict"] == "approved"
    ]
    told += [(_("时长"), _("%(n)s 小时", n=hours(source["minutes"])))]
    return [*told, (_("怎么算的"), _how(source, unit))]


def _of_sale(source: Source) -> list[Fact]:
    goods = [
        _(
            "%(name)s %(n)s 件，每件 %(points)s 积分",
            name=one["goods"],
            n=one["count"],
            points=number(one["price_points"]),
        )
        for one in source["lines"]
    ]
    return [
        (_("哪家店"), source["shop"]),
        (_("换了什么"), _("；").join(goods)),
        (_("单号"), source["number"]),
        (_("店员"), source["clerk"] or ""),
    ]


def _how(source: Source, unit: str) -> str:
    rate = source.get("rate")
    if unit == "minutes":
        kind = {"credited": "hours_credited", "honorary": "hours_honorary"}
        known = kind.get(source["provenance"], "hours_historical")
        return str(WORDS["provenance"][known])
    if not rate:
        return "" if source["kind"] == "opening" else _("不计积分")
    hourly, rest = divmod(HOUR_MINUTES * rate["points"], rate["per_quantity"])
    is_minutes = bool(source["minutes"]) and rate["quantity"] == source["minutes"]
    if is_minutes and not rest and not rate["carry_before"] and not rate["carry_after"]:
        served = hours(rate["quantity"])
        return _("%(n)s 小时 × 每小时 %(points)s 积分", n=served, points=number(hourly))
    return str(rate["formula"])


def _lot(each: ExplainedLine) -> str:
    last = until(each.line.ref.vintage_on)
    return _("%(n)s 积分，%(day)s", n=number(abs(each.line.delta)), day=last)


def _door(instant: str | None, door: str | None) -> str:
    if not instant:
        return _("没有签退")
    return f"{_time(instant)} {WORDS['door'].get(door or '', '')}".strip()


def _time(instant: str) -> str:
    return clock_time(datetime.fromisoformat(instant))
