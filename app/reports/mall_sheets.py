"""Sheets of the mall that leave the house: a settlement's statement, what shops gave. No names."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from app.base import clock
from app.community.models import Node
from app.mall.figures import Counts
from app.mall.models import Shop
from app.mall.models_shelf import GOODS_KINDS
from app.mall.statements import Statement
from app.reports.sheets import Cell, Sheet

FIGURE_HEADINGS = (
    *("店", "地方", "类别", "兑换商品人次", "商品件数", "商品积分"),
    *("兑换服务人次", "服务积分", "优惠使用人次", "优惠积分", "荣誉领取人次", "荣誉积分"),
)
SHOP_KINDS = {"store": "积分超市", "partner": "商户"}


def statement(made: Statement) -> Sheet:
    """Return a statement as a sheet: the same for ever (D39)."""
    fixed = made.settlement
    facts = [
        ("结算单号", fixed.number),
        ("店", made.shop_name),
        ("商家", made.merchant_name),
        ("月份", fixed.period),
        ("收回积分", str(fixed.captured_points)),
        ("退回积分", str(fixed.reversed_points)),
        ("应结积分", str(fixed.total_points)),
        ("结算折扣", f"{fixed.discount_rate_bp / 100:.2f}%"),
        ("参考价值（元/积分，只用于结算）", yuan(fixed.reference_fen)),
        ("应付（元）", yuan(fixed.amount_fen)),
    ]
    rows = [
        (
            line.at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M"),
            line.number,
            "退回" if line.is_reversal else "兑换",
            line.points,
        )
        for line in made.lines
    ]
    return Sheet("结算单", facts, ("时间", "单号", "事项", "积分"), rows)


def figures(
    node: Node,
    days: tuple[date | None, date | None],
    shops: Sequence[Shop],
    counts: Mapping[UUID, Counts],
    places: Mapping[int, Node],
) -> Sheet:
    """Return what shops gave as a sheet, each kind in columns of its own (M5, P9)."""
    from_on, until_on = days
    facts = [
        ("地方", node.name),
        ("从", from_on.isoformat() if from_on else "开始"),
        ("到", until_on.isoformat() if until_on else "今天"),
        ("说明", "各类分开计，不相加；撤单和退货不计"),
    ]
    rows = [shop_cells(one, places[one.node_id].short_name, counts[one.id]) for one in shops]
    return Sheet("积分超市统计", facts, FIGURE_HEADINGS, rows)


def shop_cells(shop: Shop, place: str, counts: Counts) -> tuple[Cell, ...]:
    """Return a shop's row under `FIGURE_HEADINGS`."""
    goods = counts["goods"]
    cells: list[Cell] = [shop.name, place, SHOP_KINDS[shop.kind]]
    cells += [goods.times_count, goods.piece_count, goods.points]
    for kind in GOODS_KINDS:
        if kind != "goods":
            cells += [counts[kind].times_count, counts[kind].points]
    return tuple(cells)


def yuan(fen: int) -> str:
    """Write fen as yuan with two places; only statements do (D40)."""
    sign, whole = "-" if fen < 0 else "", abs(fen)
    return f"{sign}{whole // 100}.{whole % 100:02d}"
