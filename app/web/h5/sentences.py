"""The inbox in sentences: one for every topic of `people.topics`, in words of the street."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from app.web.h5.words import WORDS
from app.web.pages import day, hours, moment, number
from app.web.texts import text_of

Facts = dict[str, Any]


class Sentence(NamedTuple):
    """A line of the inbox: what happened in a few words, and the details."""

    title: str
    text: str


def of(topic: str, facts: Facts) -> Sentence:
    """Return how a message reads."""
    return SENTENCES[topic](facts)


def _at(facts: Facts, name: str = "starts_at") -> str:
    return moment(datetime.fromisoformat(facts[name]))


def _on(facts: Facts, name: str) -> str:
    return day(date.fromisoformat(facts[name]))


def _hours(facts: Facts) -> str:
    return f"{hours(facts['minutes'])} 小时"


def _points(facts: Facts, name: str = "points") -> str:
    return f"{number(facts[name])} 积分"


def _sum(facts: Facts) -> str:
    """Hours and points, whichever there are."""
    parts = [_hours(facts)] if facts["minutes"] else []
    parts += [_points(facts)] if facts["points"] else []
    return "、".join(parts) or "0.0 小时"


def _reason(facts: Facts) -> str:
    return f"原因：{facts['reason']}" if facts.get("reason") else ""


def _hold(facts: Facts) -> str:
    codes = str(facts["reason"] or "").split(",")
    said = list(dict.fromkeys(WORDS["hold"][each] for each in codes if each in WORDS["hold"]))
    return "、".join(said) or "按规定要再看一遍"


def _backfill(facts: Facts) -> Sentence:
    done = facts["verdict"] in ("approved", "posted")
    text = f"补录 {_hours(facts)}{'已记上，只算时长' if done else '没有记'}。{_reason(facts)}"
    return Sentence("补录通过了" if done else "补录没有通过", text)


def _objection(facts: Facts) -> Sentence:
    right = facts["verdict"] == "upheld"
    title = "您提的问题：会更正" if right else "您提的问题：没有改"
    return Sentence(title, f"答复：{facts['answer']}")


SENTENCES: dict[str, Callable[[Facts], Sentence]] = {
    "plan_approved": lambda f: Sentence(
        "活动批准了", f"{f['title']}，正在等队伍响应，到 {_at(f, 'respond_by_at')}为止。"
    ),
    "plan_refused": lambda f: Sentence("活动没有批准", f"{f['title']}。{_reason(f)}"),
    "no_response": lambda f: Sentence(
        "没有队伍响应", f"{f['title']}到时间没有队伍响应，这次不办了。可以重新发起。"
    ),
    "enrolled": lambda f: Sentence("报上名了", f"{f['title']}，{_at(f)}，请准时来。"),
    "waiting_list": lambda f: Sentence(
        "先排候补", f"{f['title']}，{_at(f)}，人满了，您排第 {f['place']} 位。"
    ),
    "promoted": lambda f: Sentence("候补转正了", f"{f['title']}，{_at(f)}，有位置了，请准时来。"),
    "activity_cancelled": lambda f: Sentence(
        "活动取消了", f"{f['title']}，{_at(f)}，不办了，不用来。{_reason(f)}"
    ),
    "checkin_refused": lambda f: Sentence(
        "没有签上", f"{f['title']}：{text_of(str(f['outcome'])).zh}"
    ),
    "attendance_confirmed": lambda f: Sentence(
        "领队已确认", f"{f['title']}，这次记 {_hours(f)}。觉得不对，可以提出来。"
    ),
    "attendance_refused": lambda f: Sentence("这次没有记", f"{f['title']}没有算进来。{_reason(f)}"),
    "attendance_corrected": lambda f: Sentence(
        "记录改过了", f"{f['title']}，改成 {_hours(f)}。{_reason(f)}"
    ),
    "late_scan_dismissed": lambda f: Sentence(
        "没网时扫的码没有算上", f"{f['title']}，时长和积分没有变。到了场的，请问领队。"
    ),
    "granted": lambda f: Sentence("到账了", f"{_on(f, 'served_on')}的服务，记上 {_sum(f)}。"),
    "grant_waiting": lambda f: Sentence(
        "等社区审核", f"{_on(f, 'served_on')}的 {_hours(f)}要再审一下：{_hold(f)}。"
    ),
    "grant_refused": lambda f: Sentence(
        "审核没有通过", f"{_on(f, 'served_on')}的 {_hours(f)}没有记。{_reason(f)}"
    ),
    "reversed": lambda f: Sentence("撤回了一笔", f"撤回 {_sum(f)}。{_reason(f)}"),
    "backfill_decided": _backfill,
    "backfill_barred": lambda f: Sentence(
        "暂停补录", f"补录查出不实，{_on(f, 'until_on')}前、再服务满 {_hours(f)}前不能补录。"
    ),
    "opening_refused": lambda f: Sentence(
        "以前的记录没有转进来", f"{_sum(f)}没有转进来。{_reason(f)}"
    ),
    "opening_balance": lambda f: Sentence("以前的记录转进来了", f"转进 {_sum(f)}。"),
    "expiring": lambda f: Sentence(
        "积分快到期", f"{_points(f)}到 {_on(f, 'expires_on')}为止，还有 {f['days']} 天，请早些用。"
    ),
    "expired": lambda f: Sentence("积分到期了", f"{_points(f)}在 {_on(f, 'expired_on')}到期。"),
    "redemption_refused": lambda f: Sentence(
        "没有换成", f"在{f['shop']}没有换成，积分没有动。{text_of(str(f['outcome'])).zh}"
    ),
    "debited": lambda f: Sentence(
        "换了东西", f"在{f['shop']}用了 {_points(f)}。单号 {f['number']}。"
    ),
    "refunded": lambda f: Sentence(
        "积分退回来了", f"{f['shop']}退回 {_points(f)}。单号 {f['number']}。"
    ),
    "refunded_in_part": lambda f: Sentence(
        "积分退回一部分",
        f"{f['shop']}退回 {_points(f)}；{_points(f, 'expired_points')}已经到期，退不了。"
        f"单号 {f['number']}。",
    ),
    "objection_answered": _objection,
    "card_issued": lambda f: Sentence("卡发好了", f"卡号 {f['card_no']}，请收好。"),
    "card_lost": lambda f: Sentence(
        "卡已挂失", f"卡号 {f['card_no']}不能用了，账户里的都还在，请到社区补卡。"
    ),
    "card_found": lambda f: Sentence("卡又能用了", f"卡号 {f['card_no']}的挂失取消了。"),
    "card_cancelled": lambda f: Sentence("卡已注销", f"卡号 {f['card_no']}不能用了，账户还在。"),
    "frozen": lambda f: Sentence(
        "账户暂时停用", f"账户里的没有变，现在不能用。{_reason(f)}。请联系社区。"
    ),
    "released": lambda f: Sentence("账户恢复了", f"账户又可以用了。{_reason(f)}"),
    "role_granted": lambda f: Sentence(
        "有了新身份", f"您现在是{f['place']}的{WORDS['role'].get(f['role'], f['role'])}。"
    ),
    "role_revoked": lambda f: Sentence(
        "身份到此为止",
        f"您不再是{f['place']}的{WORDS['role'].get(f['role'], f['role'])}。",
    ),
    "agent_begun": lambda f: Sentence(
        "有人可以替您办事", f"您的{f['relation']}可以替您办事。不想了，在“我的资料”里随时结束。"
    ),
    "agent_ended": lambda f: Sentence("代办结束了", f"您的{f['relation']}不再替您办事。"),
    "name_corrected": lambda _: Sentence(
        "姓名改过了", "您的姓名在所有社区都改好了。不是您改的，请马上联系社区。"
    ),
    "merged": lambda f: Sentence(
        "两个账户合成一个", f"{f['volunteer_no']}并到这里，两边的记录都能看。"
    ),
    "merge_refused": lambda f: Sentence(
        "合并没有批准", f"{f['old_no']}没有并到{f['kept_no']}，两个账户都照旧。"
    ),
}
