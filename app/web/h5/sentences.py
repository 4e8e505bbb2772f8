"""The inbox in sentences: one for every topic of `people.topics`, in words of the street.

A sentence names its facts as `%(fact)s`; how a fact is written, its name says: `_at` an
instant, `_on` a date, `minutes` hours, `points` points. Besides the facts there are
`sum` (hours and points, whichever there are), `why` (the reason, if one was given) and
`hold` (why it must be looked at again).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from app.web.h5 import sentences_claims, sentences_mall, sentences_orders
from app.web.h5.words import WORDS
from app.web.pages import day, hours, moment, number
from app.web.reader import prefers_english
from app.web.texts import text_of
from app.web.translate import _, _l

Facts = dict[str, Any]


class Sentence(NamedTuple):
    """A line of the inbox: what happened in a few words, and the details."""

    title: str
    text: str


def of(topic: str, facts: Facts) -> Sentence:
    """Return how a message reads."""
    is_good = GOOD & {facts.get("verdict"), facts.get("state")}
    title, text = GOOD_NEWS[topic] if is_good and topic in GOOD_NEWS else SENTENCES[topic]
    if topic == "application_decided":
        title, text = APPLICATION_STEPS.get(str(facts.get("state")), (title, text))
    told = _Told(facts)
    return Sentence(str(title) % told, (str(text) % told).strip())


class _Told(Mapping[str, str]):
    """The facts of a message as a sentence writes them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def __getitem__(self, name: str) -> str:
        if name in MADE:
            return MADE[name](self.facts)
        value = self.facts[name]
        if name.endswith("_at"):
            return moment(datetime.fromisoformat(value))
        if name.endswith("_on"):
            return day(date.fromisoformat(value))
        return str(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


def _hours(facts: Facts) -> str:
    return _("%(n)s 小时", n=hours(facts["minutes"]))


def _points(facts: Facts, name: str = "points") -> str:
    return _("%(n)s 积分", n=number(facts[name]))


def _sum(facts: Facts) -> str:
    parts = [_hours(facts)] if facts["minutes"] else []
    parts += [_points(facts)] if facts["points"] else []
    return _("、").join(parts) or _("%(n)s 小时", n="0.0")


def _why(facts: Facts) -> str:
    return _("原因：%(reason)s", reason=facts["reason"]) if facts.get("reason") else ""


def _hold(facts: Facts) -> str:
    codes = str(facts["reason"] or "").split(",")
    said = dict.fromkeys(str(WORDS["hold"][each]) for each in codes if each in WORDS["hold"])
    return _("、").join(said) or _("按规定要再看一遍")


def refusal(code: str) -> str:
    """Return how a refusal reads, in this reader's language."""
    text = text_of(code)
    return text.en if prefers_english() else text.zh


MADE: dict[str, Callable[[Facts], str]] = {
    "minutes": _hours,
    "points": _points,
    "expired_points": lambda f: _points(f, "expired_points"),
    "sum": _sum,
    "why": _why,
    "hold": _hold,
    "outcome": lambda f: refusal(str(f["outcome"])),
    "role": lambda f: str(WORDS["role"].get(f["role"], f["role"])),
}

GOOD = {"approved", "posted", "upheld", "accepted"}
GOOD_NEWS: dict[str, tuple[str, str]] = {
    "backfill_decided": (_l("补录通过了"), _l("补录 %(minutes)s已记上，只算时长。%(why)s")),
    "objection_answered": (_l("您提的问题：会更正"), _l("答复：%(answer)s")),
    "sighting_decided": (_l("随手拍收下了"), _l("%(number)s 社区收下了，谢谢您。")),
    "application_decided": (
        _l("积分申报记上了"),
        _l("%(served_on)s的申报公示期满，记 %(points)s。"),
    ),
}
APPLICATION_STEPS: dict[str, tuple[str, str]] = {
    "reviewed": (
        _l("积分申报审核过了"),
        _l("%(served_on)s的申报先公示，期满没有异议就记 %(points)s。"),
    ),
    "held": (
        _l("积分申报还要再看一次"),
        _l("%(served_on)s的申报公示期满，按规定还要一个人看过才记，现在还没有记。"),
    ),
}

SENTENCES: dict[str, tuple[str, str]] = {
    **sentences_claims.SENTENCES,
    **sentences_mall.SENTENCES,
    **sentences_orders.SENTENCES,
    # activities
    "plan_approved": (
        _l("活动批准了"),
        _l("%(title)s，正在等队伍响应，到 %(respond_by_at)s为止。"),
    ),
    "plan_refused": (_l("活动没有批准"), _l("%(title)s。%(why)s")),
    "no_response": (
        _l("没有队伍响应"),
        _l("%(title)s到时间没有队伍响应，这次不办了。可以重新发起。"),
    ),
    "enrolled": (_l("报上名了"), _l("%(title)s，%(starts_at)s，请准时来。")),
    "waiting_list": (
        _l("先排候补"),
        _l("%(title)s，%(starts_at)s，人满了，您排第 %(place)s 位。"),
    ),
    "promoted": (_l("候补转正了"), _l("%(title)s，%(starts_at)s，有位置了，请准时来。")),
    "activity_cancelled": (
        _l("活动取消了"),
        _l("%(title)s，%(starts_at)s，不办了，不用来。%(why)s"),
    ),
    "checkin_refused": (_l("没有签上"), _l("%(title)s：%(outcome)s")),
    "late_scan_dismissed": (
        _l("没网时扫的码没有算上"),
        _l("%(title)s，时长和积分没有变。到了场的，请问领队。"),
    ),
    "attendance_confirmed": (
        _l("领队已确认"),
        _l("%(title)s，这次记 %(minutes)s。觉得不对，可以提出来。"),
    ),
    "attendance_refused": (_l("这次没有记"), _l("%(title)s没有算进来。%(why)s")),
    "attendance_corrected": (_l("记录改过了"), _l("%(title)s，改成 %(minutes)s。%(why)s")),
    "skill_called": (
        _l("有活动在找您这样的人"),
        _l("%(title)s在找%(skill)s，先告诉您。请看看能不能来。"),
    ),
    "sighting_decided": (
        _l("随手拍没有收"),
        _l("%(number)s 没有收，没有加分。%(why)s"),
    ),
    "on_duty": (
        _l("岗位上的工作"),
        _l("%(served_on)s 做的是您岗位上的工作，不计时长和积分。"),
    ),
    # points
    "granted": (_l("到账了"), _l("%(served_on)s的服务，记上 %(sum)s。")),
    "grant_waiting": (
        _l("等社区审核"),
        _l("%(served_on)s的 %(minutes)s要再审一下：%(hold)s。"),
    ),
    "grant_refused": (
        _l("审核没有通过"),
        _l("%(served_on)s的 %(minutes)s没有记。%(why)s"),
    ),
    "reversed": (_l("撤回了一笔"), _l("撤回 %(sum)s。%(why)s")),
    "backfill_decided": (_l("补录没有通过"), _l("补录 %(minutes)s没有记。%(why)s")),
    "backfill_barred": (
        _l("暂停补录"),
        _l("补录查出不实，%(until_on)s前、再服务满 %(minutes)s前不能补录。"),
    ),
    "star_noticed": (
        _l("升星正在公示"),
        _l("您的时长够 %(stars)s 星了，公示到 %(closes_on)s，没有异议就评定。"),
    ),
    "star_risen": (_l("升星了"), _l("公示期满，您现在是 %(stars)s 星志愿者。")),
    "star_refused": (_l("这次没有升星"), _l("%(stars)s 星没有通过。%(why)s")),
    "star_fallen": (
        _l("星级变了"),
        _l("有时长撤回了，从 %(from_stars)s 星变成 %(stars)s 星。时长够了可以再评。"),
    ),
    "star_restored": (
        _l("星级回来了"),
        _l("更正后的时长记上了，您又是 %(stars)s 星志愿者。不用再评。"),
    ),
    "opening_refused": (_l("以前的记录没有转进来"), _l("%(sum)s没有转进来。%(why)s")),
    "opening_balance": (_l("以前的记录转进来了"), _l("转进 %(sum)s。")),
    "expiring": (
        _l("积分快到期"),
        _l("%(points)s到 %(expires_on)s为止，还有 %(days)s 天，请早些用。"),
    ),
    "expired": (_l("积分到期了"), _l("%(points)s在 %(expired_on)s到期。")),
    "home_expiring": (
        _l("家里的积分快到期"),
        _l("家里的 %(points)s到 %(expires_on)s为止，还有 %(days)s 天，全家都能用。"),
    ),
    "home_expired": (_l("家里的积分到期了"), _l("家里的 %(points)s在 %(expired_on)s到期。")),
    "application_decided": (
        _l("积分申报没有通过"),
        _l("%(served_on)s的申报没有记，积分没有变。%(why)s"),
    ),
    "deducted": (_l("扣了积分"), _l("%(happened_on)s，扣 %(points)s。%(why)s。可以找社区问。")),
    "deduction_noticed": (
        _l("有一笔扣分正在公示"),
        _l("%(happened_on)s，要扣 %(points)s，还没扣。%(why)s。不对可提，到 %(closes_on)s为止。"),
    ),
    "deduction_dropped": (_l("不扣分了"), _l("%(happened_on)s的 %(points)s没有扣，异议成立。")),
    "deduction_reversed": (
        _l("扣的积分还您了"),
        _l("%(happened_on)s扣的 %(points)s退回来了。%(why)s。"),
    ),
    "pool_helped": (_l("收到公共池的积分"), _l("邻居们捐的 %(points)s到了您这里，可以用了。")),
    "home_to_pool": (
        _l("以前那一户的积分要捐了"),
        _l("“%(name)s”没有人了，积分 %(closes_on)s以后进公共池。该给谁的，请到社区说。"),
    ),
    "home_passed": (_l("收到一户留下的积分"), _l("%(points)s转到您这里，到期日不变。%(why)s")),
    "gift_received": (_l("收到亲属的积分"), _l("%(name)s赠您 %(points)s，可以兑换，不能转赠。")),
    "relative_asked": (
        _l("有人登记您是亲属"),
        _l("%(name)s登记您是亲属。是的话，在“我的亲属”里确认。"),
    ),
    # people and risk
    "objection_answered": (_l("您提的问题：没有改"), _l("答复：%(answer)s")),
    "card_issued": (_l("卡发好了"), _l("卡号 %(card_no)s，请收好。")),
    "card_lost": (
        _l("卡已挂失"),
        _l("卡号 %(card_no)s不能用了，账户里的都还在，请到社区补卡。"),
    ),
    "card_found": (_l("卡又能用了"), _l("卡号 %(card_no)s的挂失取消了。")),
    "card_cancelled": (_l("卡已注销"), _l("卡号 %(card_no)s不能用了，账户还在。")),
    "frozen": (
        _l("账户暂时停用"),
        _l("账户里的没有变，现在不能用。%(why)s。请联系社区。"),
    ),
    "released": (_l("账户恢复了"), _l("账户又可以用了。%(why)s")),
    "role_granted": (_l("有了新身份"), _l("您现在是%(place)s的%(role)s。")),
    "role_revoked": (_l("身份到此为止"), _l("您不再是%(place)s的%(role)s。")),
    "agent_begun": (
        _l("有人可以替您办事"),
        _l("您的%(relation)s可以替您办事。不想了，在“我的资料”里随时结束。"),
    ),
    "agent_ended": (_l("代办结束了"), _l("您的%(relation)s不再替您办事。")),
    "name_corrected": (
        _l("姓名改过了"),
        _l("您的姓名在所有社区都改好了。不是您改的，请马上联系社区。"),
    ),
    "merge_refused": (
        _l("合并没有批准"),
        _l("%(old_no)s没有并到%(kept_no)s，两个账户都照旧。"),
    ),
    "merged": (
        _l("两个账户合成一个"),
        _l("%(volunteer_no)s并到这里，两边的记录都能看。"),
    ),
}
