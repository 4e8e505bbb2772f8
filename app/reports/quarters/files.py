"""A quarter board as a file: every input stands beside the rank, so it can be recomputed (S1)."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.community.models import Node
from app.points.quarters.calendar import Quarter
from app.points.quarters.scoring import Rule
from app.reports.file_contents import Content
from app.reports.quarters import boards
from app.reports.quarters.boards import QuarterBoard
from app.reports.sheets import Cell

KIND = "quarter_board"
HEADINGS = (
    "名次",
    "志愿者编号、队伍或项目编号",
    "得分",
    "合计(分钟)",
    "信用时长(分钟)",
    "荣誉时长(分钟)",
    "历史时长(分钟)",
    "其中更正以前季度(分钟)",
    "评单星数合计",
    "评单次数",
    "三方评议(百分之一分)",
    "获得积分",
    "次数",
)
SUBJECTS = {"member": "志愿者", "team": "队伍", "project": "项目"}


def content(
    session: Session, *, ledger_id: int, node: Node, quarter: Quarter, kind: str
) -> Content:
    """Prepare a place's quarter board; nobody's name is in it."""
    board = boards.draw(session, ledger_id=ledger_id, node=node, quarter=quarter, kind=kind)
    return Content(
        kind=KIND,
        title=f"{quarter.name} 亮星榜",
        node_id=node.id,
        words={
            "范围": f"{node.code} {node.name}",
            "季度": quarter.name,
            "排谁": SUBJECTS[kind],
            "规则": said(board.rule),
        },
        asked={"period": quarter.name, "kind": kind},
        headings=HEADINGS,
        lines=_lines(board),
        row_count=len(board.ranked),
        said=figures(board),
        facts=_frozen(board),
    )


def figures(board: QuarterBoard) -> dict[str, Any]:
    """What a board says on the whole."""
    return {"people": len(board.ranked), "minutes": sum(one.minutes for _, one in board.ranked)}


def said(rule: Rule) -> str:
    """The rule in one sentence, as it stands on the sheet and on the board."""
    if rule.is_plain:
        return "按志愿时长排，时长一样名次并列"
    parts = [f"时长 {rule.hours_weight}%（满 {rule.full_minutes // 60} 小时得满分）"]
    if rule.rating_weight:
        parts.append(f"群众评单 {rule.rating_weight}%（5 星得满分）")
    if rule.review_weight:
        parts.append(f"三方评议 {rule.review_weight}%（居委、业委会、物业各自平均再平均）")
    return "；".join(parts) + "；没有的项不算，其余按比例；得分一样名次并列"


def _frozen(board: QuarterBoard) -> dict[str, str]:
    if board.report is None:
        return {"状态": "还没有结账，会变"}
    return {"状态": "已结账，不再变", "结账指纹": board.report.sha256.hex()}


def _lines(board: QuarterBoard) -> Iterator[list[Cell]]:
    for place, one in board.ranked:
        yield [
            place,
            one.number,
            one.score,
            one.minutes,
            one.credited_minutes,
            one.honorary_minutes,
            one.historical_minutes,
            one.adjustment_minutes,
            one.rating_stars,
            one.rating_count,
            one.review_hundredths,
            one.points,
            one.grant_count,
        ]
