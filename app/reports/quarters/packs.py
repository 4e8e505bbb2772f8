"""The quarter's pack (季度包) of a place in one file: sums first, then the rows (S11)."""

import hashlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from app.base import clock
from app.community.models import Node
from app.mall.figures import IDLE_MAX, total
from app.points.quarters import closing
from app.points.quarters.calendar import Quarter
from app.reports import exports, mall_sheets, returns, sheet_books
from app.reports.exports import Made, Ordered
from app.reports.quarters import pack_rows, pack_signals
from app.reports.quarters.pack_rows import ByHand, Place, ShopSum
from app.reports.quarters.pack_signals import Oddity
from app.reports.returns import Returns
from app.reports.sheets import Cell, Sheet

KIND = "quarter_pack"
RETURNS = ("志愿者编号", "姓名", "兑换单号", "结果", "再服务")
ABOUT = {
    "member": "志愿者",
    "card": "积分卡",
    "session": "队伍办的场次",
    "team": "队伍",
    "clerk": "店员",
    "person": "办事的人",
}
STATES = {
    "posted": "已入账",
    "refused": "没有通过",
    "reversed": "已冲正",
    "waiting_level_2": "等审核",
    "waiting_level_3": "等上一级审核",
}


def make(
    session: Session, *, ledger_id: int, node: Node, quarter: Quarter, ordered: Ordered
) -> bytes:
    """Make the pack, register its SHA-256 under a code of its own, and return the file."""
    named: dict[str, Any] = {"ledger_id": ledger_id, "node": node, "quarter": quarter}
    code = exports.verification_code()
    sheets = _sheets(session, named, code, ordered.operator_name)
    file = BytesIO()
    links = {(line, 1): target for line, target in enumerate(LEADS_TO) if target}
    count = sheet_books.write(sheets, file, links=links)
    made = Made(
        code=code,
        kind=f"{KIND}.xlsx",
        words=_words(node, quarter),
        row_count=count,
        sha256=hashlib.sha256(file.getvalue()).digest(),
        node_id=node.id,
        asked={"period": quarter.name},
        said=figures(session, **named),
    )
    exports.register(session, ledger_id=ledger_id, made=made, actor=ordered.actor)
    return file.getvalue()


def figures(session: Session, *, ledger_id: int, node: Node, quarter: Quarter) -> dict[str, int]:
    """What a pack says on the whole."""
    named: dict[str, Any] = {"ledger_id": ledger_id, "node": node, "quarter": quarter}
    listed = pack_rows.places(session, **named)
    return {
        "people": pack_rows.people(session, **named),
        "minutes": sum(each.minutes for each in listed),
    }


KINDS = {
    "goods": "兑换商品、礼品",
    "service": "兑换服务",
    "offer": "使用优惠",
    "honour": "领取荣誉",
}
"""What is said of each kind that shops give; they are never added up (M5)."""
LEADS_TO = (1, 1, 1, *(2,) * (2 * len(KINDS)), 2, 3, 4, 5, 6)
"""To which sheet each sum leads."""


def _sheets(session: Session, named: dict[str, Any], code: str, operator: str) -> list[Sheet]:
    node, quarter = named["node"], named["quarter"]
    places = pack_rows.places(session, **named)
    shops = pack_rows.shops(session, **named)
    idle = [each for each in shops if each.is_idle]
    odd, by_hand = pack_signals.oddities(session, **named), pack_rows.by_hand(session, **named)
    back = returns.count(
        session,
        ledger_id=named["ledger_id"],
        node=node,
        begins_on=quarter.begins_on,
        ends_on=quarter.ends_on,
    )
    period = closing.find(session, ledger_id=named["ledger_id"], quarter=quarter)
    made_at = clock.now().astimezone(clock.SHANGHAI)
    facts = [
        *_words(node, quarter).items(),
        ("状态", "已结账" if period and period.state == "closed" else "还没有结账，会变"),
        ("生成时间", made_at.strftime("%Y-%m-%d %H:%M:%S %z")),
        ("操作人", operator),
        ("验证码", code),
    ]
    sums = _sums(pack_rows.people(session, **named), places, shops, idle, odd, by_hand, back)
    return [
        Sheet("总表", facts, ("项目", "数", "单位或口径"), sums),
        Sheet("各地时长和积分", (), ("代码", "地方", "人数", "小时", "积分"), _places(places)),
        Sheet("兑换", (), mall_sheets.FIGURE_HEADINGS, _shops(shops)),
        Sheet("闲置超市", (), mall_sheets.FIGURE_HEADINGS, _shops(idle)),
        Sheet("异常", (), ("日期", "规则", "关于", "结论"), _odd(odd)),
        Sheet(
            "人工授予",
            (),
            ("日期", "志愿者编号", "姓名", "小时", "积分", "状态", "原因", "录入人", "审核人"),
            _by_hand(by_hand),
        ),
        Sheet(
            "兑换后再服务", (), ("志愿者编号", "姓名", "兑换单号", "结果", "再服务"), _back(back)
        ),
    ]


def _words(node: Node, quarter: Quarter) -> dict[str, str]:
    return {"范围": f"{node.code} {node.name}", "季度": quarter.name}


def _sums(
    people_count: int,
    places: Sequence[Place],
    shops: Sequence[ShopSum],
    idle: Sequence[ShopSum],
    odd: Sequence[Oddity],
    by_hand: Sequence[ByHand],
    back: Returns,
) -> list[list[Cell]]:
    rate = (
        f"{back.rate}%（{len(back.came)}/{back.counted}）" if back.counted else "还没有人满 90 天"
    )
    return [
        ["服务时长", sum(each.minutes for each in places) // 6 / 10, "小时，含更正"],
        ["服务人数", people_count, "人，不重复"],
        ["获得积分", sum(each.points for each in places), "积分"],
        *_given(shops),
        ["积分超市", sum(each.is_store for each in shops), "家，不含合作商户和已关闭的"],
        ["闲置超市", len(idle), f"家，一季度兑换商品、礼品 {IDLE_MAX} 次以下"],
        ["异常", len(odd), "条，由人来判断"],
        ["人工授予", len(by_hand), "笔，都有原因和第二个人"],
        ["兑换后 90 天再服务率", rate, "再服务的人 / 满 90 天的兑换人"],
    ]


def _places(found: Sequence[Place]) -> list[list[Cell]]:
    return [[x.code, x.name, x.people_count, x.minutes // 6 / 10, x.points] for x in found]


def _given(shops: Sequence[ShopSum]) -> list[list[Cell]]:
    """What all shops gave, each kind by itself."""
    sums = total([each.counts for each in shops])
    given: list[list[Cell]] = []
    for kind, said in KINDS.items():
        given.append([said, sums[kind].times_count, "人次，不含撤单和退回的券"])
        given.append([f"{said}用去", sums[kind].points, "积分"])
    return given


def _shops(found: Sequence[ShopSum]) -> list[list[Cell]]:
    return [list(mall_sheets.shop_cells(each.shop, each.place, each.counts)) for each in found]


def _odd(found: Sequence[Oddity]) -> list[list[Cell]]:
    return [
        [
            clock.local_date(each.seen_at).isoformat(),
            each.rule_code,
            ABOUT[each.subject_kind],
            each.verdict or "还没有看",
        ]
        for each in found
    ]


def _by_hand(found: Sequence[ByHand]) -> list[list[Cell]]:
    return [
        [
            each.served_on.isoformat(),
            each.volunteer_no,
            each.name_masked,
            each.minutes // 6 / 10,
            each.points,
            STATES.get(each.state, each.state),
            each.reason,
            each.entered_by,
            each.decided_by,
        ]
        for each in found
    ]


def _back(found: Returns) -> list[list[Cell]]:
    lists = (
        ("回来了", found.came),
        ("没有回来", found.stayed_away),
        ("还没满 90 天，已经回来", found.back_early),
        ("还没满 90 天", [each for each in found.waiting if not each.is_back]),
    )
    return [
        [
            each.volunteer_no,
            each.name_masked,
            each.spending.number,
            word,
            each.served_on.isoformat() if each.served_on else "",
        ]
        for word, listed in lists
        for each in listed
    ]
