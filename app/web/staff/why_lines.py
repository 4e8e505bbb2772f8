"""How the lines of an explanation read: what it was, what proves it, how it was reckoned."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from app.activities.listings import MySlot
from app.activities.models import Attendance
from app.base import clock
from app.base.db import NEVER
from app.points.models import Backfill, Grant, Opening
from app.reports.explanations import ExplainedLine, Source
from app.web.pages import clock_time, day, hours
from app.web.staff.words import word

HOUR_MINUTES = 60
PARTS = {
    "grant": "服务挣得",
    "opening": "纸本转入",
    "redemption": "兑换用掉",
    "expiry": "到期清零",
    "merge": "合并转来转走",
    "reversal": "冲正和退回",
    "unknown": "说不清来源",
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
        proof += "·这一笔抵待追回"
    return {
        "on": clock.local_date(line.occurred_at),
        "posted_at": line.posted_at,
        "what": what,
        "proof": proof,
        "how": _how(source, unit),
        "delta": line.delta,
        "balance": line.balance,
        "until": _until(line.ref.vintage_on) if unit == "points" else "",
        "grant_id": (source.get("of") or source).get("grant_id"),
    }


def of_grant(grant: Grant) -> str:
    """Say of a grant that it waits."""
    what = f"{day(grant.served_on)} {word('source', grant.source_kind)}"
    return f"{what} {hours(grant.minutes)} 小时，{word('grant', grant.state)}，审核前算 0。"


def of_stay(stay: Attendance, slot: MySlot) -> str:
    """Say of a presence that it waits."""
    what = f"{day(slot.session.starts_at)} {slot.activity.title}"
    return f"{what}，{word('stay', stay.state)}，确认前算 0。"


def of_backfill(each: Backfill) -> str:
    """Say of a back-fill that it waits."""
    return f"{day(each.served_on)} 补录 {hours(each.minutes)} 小时，等审核，审核前算 0。"


def of_opening(each: Opening) -> str:
    """Say of a paper line that it waits."""
    return f"凭证 {each.document_no} 转入 {hours(each.minutes)} 小时、{each.points} 积分，等审核。"


def _what(source: Source, names: Mapping[str, str]) -> tuple[str, str]:
    """Return what a line was, and what proves it."""
    kind = source["kind"]
    if kind == "reversal":
        what, proof = _what(source["of"], names)
        return f"冲正：{what}", f"原因：{source['reason']}·{proof}" if source["reason"] else proof
    if kind in ("grant", "opening"):
        return _of_grant(source, names)
    if kind == "redemption":
        goods = "、".join(f"{one['goods']} {one['count']} 件" for one in source["lines"])
        return f"换 {goods}·{source['shop']}", f"单号 {source['number']}·店员 {source['clerk']}"
    if kind == "expiry":
        return "到期清零", f"用到 {day(date.fromisoformat(source['expired_on']))}，没有用完"
    if kind == "merge":
        return "合并账户", f"原因：{source['reason']}"
    return "没有找到来源", f"账本里记为 {source['journal_kind']}，请报告管理员"


def _of_grant(source: Source, names: Mapping[str, str]) -> tuple[str, str]:
    if source["source_kind"] == "opening":
        return f"纸本转入，凭证 {source['document_no']}", _people(source)
    category = names.get(source["category_code"] or "", "")
    stay = source.get("attendance")
    if stay is None:
        said = "·".join(part for part in (source["reason"], source["evidence"]) if part)
        what = f"{word('source', source['source_kind'])} {category}".strip()
        return what, "·".join(part for part in (said, _people(source)) if part)
    return f"{stay['title']}·{category}", "·".join(_presence(stay, source))


def _presence(stay: Source, source: Source) -> list[str]:
    """Times and doors of a presence, who confirmed it, and who decided."""
    came, went = _time(stay["checked_in_at"]), _time(stay["checked_out_at"])
    began, ended = _time(stay["starts_at"]), _time(stay["ends_at"])
    said = [
        f"{word('door', stay['in_door'])} {came} 到 {went}（{word('door', stay['out_door'])}）",
        f"活动 {began}–{ended}",
    ]
    if stay["confirmed_by"]:
        said.append(f"{stay['confirmed_by']} 确认")
    if stay["second_confirmed_by"]:
        said.append(f"{stay['second_confirmed_by']} 也确认")
    return [*said, *_verdicts(source)]


def _people(source: Source) -> str:
    made = f"{source['made_by']} 录入" if source["made_by"] else ""
    return "·".join(part for part in (made, *_verdicts(source)) if part)


def _verdicts(source: Source) -> list[str]:
    words = {"approved": "审核通过", "refused": "没有通过"}
    return [f"{each['name_masked']} {words[each['verdict']]}" for each in source["decided_by"]]


def _how(source: Source, unit: str) -> str:
    """Return how the amount was reckoned."""
    kind = source["kind"]
    if kind == "reversal":
        return "原数退回"
    if kind == "redemption":
        return "、".join(f"{one['count']} 件 × {one['price_points']}" for one in source["lines"])
    if kind == "opening":
        return "照凭证"
    if kind != "grant":
        return ""
    if unit == "minutes":
        return word("provenance", source["provenance"])
    if not source["rate"]:
        return "不计积分"
    is_minutes = bool(source["minutes"]) and source["rate"]["quantity"] == source["minutes"]
    return _formula(source["rate"], is_minutes=is_minutes)


def _formula(rate: Source, *, is_minutes: bool) -> str:
    """Return the rate's sum as people say it; with a rest, every term of it."""
    since = day(date.fromisoformat(rate["valid_from_on"]))
    version = f"（第 {rate['version']} 版，{since}起）"
    whole = not rate["carry_before"] and not rate["carry_after"]
    hourly, rest = divmod(HOUR_MINUTES * rate["points"], rate["per_quantity"])
    if whole and is_minutes and not rest:
        return f"{hours(rate['quantity'])} 小时 × {hourly}{version}"
    if whole and rate["per_quantity"] == 1:
        return f"{rate['quantity']} × {rate['points']}{version}"
    return f"{rate['formula'].replace('…', '余')}{version}"


def _until(vintage_on: date) -> str:
    return "长期有效" if vintage_on == NEVER else f"用到 {day(vintage_on)}"


def _time(written: str | None) -> str:
    return clock_time(datetime.fromisoformat(written)) if written else "没有签退"
