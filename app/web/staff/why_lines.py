"""How the lines of an explanation read: what it was, what proves it, how it was reckoned."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask import url_for

from app.activities.listings import MySlot
from app.activities.models import Attendance
from app.base import clock
from app.base.db import NEVER
from app.points.models import Backfill, Grant, Opening
from app.reports.explanations import ExplainedLine, Source
from app.web.pages import clock_time, day, hours, number
from app.web.staff.words import word
from app.web.translate import _, _l

HOUR_MINUTES = 60
PARTS = {
    "grant": _l("服务挣得"),
    "opening": _l("纸本转入"),
    "redemption": _l("兑换用掉"),
    "exchange": _l("邻里互助"),
    "expiry": _l("到期清零"),
    "merge": _l("合并转来转走"),
    "reversal": _l("冲正和退回"),
    "unknown": _l("说不清来源"),
}


EXCHANGE_STEPS = {
    "escrow": _l("先托着，等办完"),
    "release": _l("办完了，给帮忙的人"),
    "refund": _l("没有办，退回"),
}


def parts(lines: Iterable[ExplainedLine]) -> list[tuple[str, int]]:
    """Return the sums of a balance by what they came from, nought left out."""
    sums: dict[str, int] = {}
    for each in lines:
        kind = each.source["kind"]
        sums[kind] = sums.get(kind, 0) + each.line.delta
    return [(text, sums[kind]) for kind, text in PARTS.items() if sums.get(kind)]


def read(each: ExplainedLine, unit: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Return one line as the page shows it."""
    source, line = each.source, each.line
    what, proof = _what(source, names)
    if line.ref.kind == "receivable":
        proof += _("·这一笔抵待追回")
    return {
        "on": clock.local_date(line.occurred_at),
        "posted_at": line.posted_at,
        "what": what,
        "proof": proof,
        "how": _how(source, unit),
        "delta": line.delta,
        "balance": line.balance,
        "until": _until(line.ref.vintage_on) if unit == "points" else "",
        "href": _href(source.get("of") or source),
    }


def _href(source: Source) -> str | None:
    """Return the page of what a line came from: the grant with its presence, or the sale."""
    if source.get("grant_id"):
        return url_for("staff.manual.grant", grant_id=source["grant_id"])
    if source.get("redemption_id"):
        return url_for("staff.redemptions.show", redemption_id=source["redemption_id"])
    return None


def of_grant(grant: Grant) -> str:
    """Say of a grant that it waits."""
    what = f"{day(grant.served_on)} {word('source', grant.source_kind)}"
    return _(
        "%(what)s %(hours)s 小时，%(state)s，审核前算 0。",
        what=what,
        hours=hours(grant.minutes),
        state=word("grant", grant.state),
    )


def of_stay(stay: Attendance, slot: MySlot) -> str:
    """Say of a presence that it waits."""
    what = f"{day(slot.session.starts_at)} {slot.activity.title}"
    return _("%(what)s，%(state)s，确认前算 0。", what=what, state=word("stay", stay.state))


def of_backfill(each: Backfill) -> str:
    """Say of a back-fill that it waits."""
    return _(
        "%(day)s 补录 %(hours)s 小时，等审核，审核前算 0。",
        day=day(each.served_on),
        hours=hours(each.minutes),
    )


def of_opening(each: Opening) -> str:
    """Say of a paper line that it waits."""
    return _(
        "凭证 %(no)s 转入 %(hours)s 小时、%(points)s 积分，等审核。",
        no=each.document_no,
        hours=hours(each.minutes),
        points=number(each.points),
    )


def _what(source: Source, names: Mapping[str, str]) -> tuple[str, str]:
    """Return what a line was, and what proves it."""
    kind = source["kind"]
    if kind == "reversal":
        what, proof = _what(source["of"], names)
        said = f"{_because(source['reason'])}·{proof}" if source["reason"] else proof
        return _("冲正：%(what)s", what=what), said
    if kind in ("grant", "opening"):
        return _of_grant(source, names)
    if kind == "redemption":
        return _of_sale(source)
    if kind == "exchange":
        return _("邻里互助：%(what)s", what=source["title"]), _of_exchange(source)
    if kind == "expiry":
        until = day(date.fromisoformat(source["expired_on"]))
        return _("到期清零"), _("用到 %(day)s，没有用完", day=until)
    if kind == "merge":
        return _("合并账户"), _because(source["reason"])
    said = _("账本里记为 %(kind)s，请报告管理员", kind=source["journal_kind"])
    return _("没有找到来源"), said


def _because(reason: str) -> str:
    return _("原因：%(reason)s", reason=reason)


def _of_exchange(source: Source) -> str:
    step = str(EXCHANGE_STEPS.get(source["step"], ""))
    return _("编号 %(no)s·%(step)s", no=source["number"], step=step)


def _of_sale(source: Source) -> tuple[str, str]:
    goods = _("、").join(
        _("%(goods)s %(n)s 件", goods=one["goods"], n=one["count"]) for one in source["lines"]
    )
    return (
        _("换 %(goods)s·%(shop)s", goods=goods, shop=source["shop"]),
        _("单号 %(no)s·店员 %(clerk)s", no=source["number"], clerk=source["clerk"] or "—"),
    )


def _of_grant(source: Source, names: Mapping[str, str]) -> tuple[str, str]:
    if source["source_kind"] == "opening":
        return _("纸本转入，凭证 %(no)s", no=source["document_no"]), _people(source)
    category = names.get(source["category_code"] or "", "")
    stay = source.get("attendance")
    if stay is None:
        said = "·".join(part for part in (source["reason"], source["evidence"]) if part)
        what = f"{word('source', source['source_kind'])} {category}".strip()
        return what, "·".join(part for part in (said, _people(source)) if part)
    return f"{stay['title']}·{category}", "·".join(_presence(stay, source))


def _presence(stay: Source, source: Source) -> list[str]:
    """Times and doors of a presence, who confirmed it, and who decided."""
    said = [
        _(
            "%(door)s %(came)s 到 %(went)s（%(out)s）",
            door=word("door", stay["in_door"]),
            came=_time(stay["checked_in_at"]),
            went=_time(stay["checked_out_at"]),
            out=word("door", stay["out_door"]),
        ),
        _("活动 %(span)s", span=f"{_time(stay['starts_at'])}–{_time(stay['ends_at'])}"),
    ]
    if stay["confirmed_by"]:
        said.append(_("%(who)s 确认", who=stay["confirmed_by"]))
    if stay["second_confirmed_by"]:
        said.append(_("%(who)s 也确认", who=stay["second_confirmed_by"]))
    return [*said, *_verdicts(source)]


def _people(source: Source) -> str:
    made = _("%(who)s 录入", who=source["made_by"]) if source["made_by"] else ""
    return "·".join(part for part in (made, *_verdicts(source)) if part)


def _verdicts(source: Source) -> list[str]:
    return [
        _("%(who)s 审核通过", who=each["name_masked"])
        if each["verdict"] == "approved"
        else _("%(who)s 没有通过", who=each["name_masked"])
        for each in source["decided_by"]
    ]


def _how(source: Source, unit: str) -> str:
    """Return how the amount was reckoned."""
    kind = source["kind"]
    if kind == "reversal":
        return _("原数退回")
    if kind == "redemption":
        return _("、").join(
            _("%(n)s 件 × %(price)s", n=one["count"], price=one["price_points"])
            for one in source["lines"]
        )
    if kind == "opening":
        return _("照凭证")
    if kind != "grant":
        return ""
    if unit == "minutes":
        return word("provenance", source["provenance"])
    if not source["rate"]:
        return _("不计积分")
    is_minutes = bool(source["minutes"]) and source["rate"]["quantity"] == source["minutes"]
    return _formula(source["rate"], is_minutes=is_minutes)


def _formula(rate: Source, *, is_minutes: bool) -> str:
    """Return the rate's sum as people say it; with a rest, every term of it."""
    since = day(date.fromisoformat(rate["valid_from_on"]))
    version = _("（第 %(n)s 版，%(day)s起）", n=rate["version"], day=since)
    whole = not rate["carry_before"] and not rate["carry_after"]
    hourly, rest = divmod(HOUR_MINUTES * rate["points"], rate["per_quantity"])
    if whole and is_minutes and not rest:
        said = _("%(hours)s 小时 × %(rate)s", hours=hours(rate["quantity"]), rate=hourly)
        return f"{said}{version}"
    if whole and rate["per_quantity"] == 1:
        return f"{rate['quantity']} × {rate['points']}{version}"
    return f"{rate['formula'].replace('…', _('余'))}{version}"


def _until(vintage_on: date) -> str:
    return _("长期有效") if vintage_on == NEVER else _("用到 %(day)s", day=day(vintage_on))


def _time(written: str | None) -> str:
    return clock_time(datetime.fromisoformat(written)) if written else _("没有签退")
