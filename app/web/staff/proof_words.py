"""The checks of the proof in the words of people who never kept books; since when each holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.ledger.models import Proof
from app.web.translate import _l


@dataclass(frozen=True, slots=True)
class Words:
    """What a check asks, what that means, and what to do when it finds something."""

    title: str
    meaning: str
    remedy: str


WAIT = _l("账本已停。先不要改任何东西，把下面这一行报告管理员。")
SENTENCES: dict[str, Words] = {
    "legs_balance": Words(
        _l("每一笔都有来有去"),
        _l("一方少多少，另一方就多多少；不会凭空多出来。"),
        WAIT,
    ),
    "trial_zero": Words(
        _l("全账加起来是零"),
        _l("所有账户的收支相抵，正好是零，没有漏记半边的账。"),
        WAIT,
    ),
    "balance_equals_entries": Words(
        _l("余额等于流水"),
        _l("每个账户的余额，都等于它的每一笔流水加起来。"),
        _l("流水是真的，余额要照流水重算。请管理员来办，不要自己补一笔。"),
    ),
    "floors": Words(
        _l("没有人透支"),
        _l("没有账户的积分或时长少于零。"),
        _l("看是谁少于零，照他的“积分从哪来”一行一行对；多换的由管理员冲正。"),
    ),
    "points_recomputed": Words(
        _l("积分按标准重算过"),
        _l("每笔积分用当时的标准重新算一遍，结果一样。"),
        _l("打开那一笔入账，冲正后重新录入。以前的标准不会变，不要去改标准。"),
    ),
    "outstanding": Words(
        _l("发出去的等于手里的"),
        _l("发出的减去用掉和到期的，正好是大家手里的。"),
        WAIT,
    ),
    "redemption_has_stock": Words(
        _l("每次兑换都有货出去"),
        _l("每单兑换的货、积分和账，三样对得上。"),
        _l("照单号找到这一单，问店员货出去没有；没有出去的，退这一单。"),
    ),
    "exchange_in_escrow": Words(
        _l("互助的积分都在"),
        _l("托着的积分正好是没办完的互助，办完的一分不留。"),
        _l("照编号找到这件互助，问两边办没办完，再请管理员核对流水。"),
    ),
    "one_source": Words(
        _l("每笔账只有一个来源"),
        _l("同一次服务、同一张凭证，没有重复入账。"),
        _l("两笔里留一笔，另一笔冲正，写明原因。"),
    ),
    "households_agree": Words(
        _l("家庭、案件、公共池和赠予对得上"),
        _l("家庭的积分、同一件的分配、捐出和赠予，都和流水一样多。"),
        _l("照编号找到那一笔，和经手的两个人核对，再冲正写错的。"),
    ),
    "chain": Words(
        _l("流水没有断号"),
        _l("每个账户的流水一笔接一笔，没有少的，没有插进来的。"),
        _l("有人动过数据库。账本已停，请管理员用最近的备份比对。"),
    ),
    "opening_equals_closing": Words(
        _l("上次的收盘没有被改"),
        _l("上次核对时的总数，今天从流水里算还是那个数。"),
        _l("有人改过以前的账。账本已停，请管理员用最近的备份比对。"),
    ),
    "hours_agree": Words(
        _l("三处的时长一致"),
        _l("按记录、按日期、按账户算的时长，是同一个数。"),
        _l("看是谁的时长不一致，照他的“时长从哪来”对；请管理员来改。"),
    ),
    "quarters_frozen": Words(
        _l("结过账的季度没有变"),
        _l("每个季度的榜，和结账时的指纹一样。"),
        _l("有人改过结过账的季度。账本已停，请管理员用最近的备份比对。"),
    ),
    "append_only_guards": Words(
        _l("不许改的账都锁着"),
        _l("账本、稽核、季度榜、证明的打印记录：防止改、防止删的锁，一把没少。"),
        _l("请管理员把锁装回去，再核对一遍；在那以前不要记账。"),
    ),
    "orphans": Words(_l("没有无主的账"), _l("每一行账都有它的账户和来由。"), WAIT),
}


def read(history: Sequence[Proof]) -> list[dict[str, Any]]:
    """Return the checks of the last proof, each in words and with the day since when.

    Args:
        history: The proofs of a book, latest first.
    """
    if not history:
        return []
    return [_check(history, found) for found in history[0].checks]


def _check(history: Sequence[Proof], found: dict[str, Any]) -> dict[str, Any]:
    name = str(found["name"])
    words = SENTENCES.get(name, Words(name, "", WAIT))
    since_at, times = _since(history, name, is_ok=bool(found["is_ok"]))
    return {
        "words": words,
        "is_ok": found["is_ok"],
        "name": name,
        "detail": found["detail"],
        "since_at": since_at,
        "times": times,
    }


def _since(history: Sequence[Proof], name: str, *, is_ok: bool) -> tuple[datetime, int]:
    """Return since when a check came out as it does now, and how many times running."""
    since_at, times = history[0].proved_at, 0
    for proof in history:
        outcome = next((each["is_ok"] for each in proof.checks if each["name"] == name), None)
        if outcome is not None and bool(outcome) != is_ok:
            break
        if outcome is not None:
            since_at, times = proof.proved_at, times + 1
    return since_at, times
