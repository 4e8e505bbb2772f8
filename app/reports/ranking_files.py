"""An hours ranking as a file's content: one line for each member, best first (D42)."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.reports.file_contents import Content
from app.reports.rankings import Cut, Ranked, stream
from app.reports.sheets import Cell

KIND = "hours_ranking"
HEADINGS = (
    "名次",
    "志愿者编号",
    "姓名",
    "社区",
    "信用时长(小时)",
    "荣誉时长(小时)",
    "历史时长(小时)",
    "合计(小时)",
    "合计(分钟)",
    "获得积分",
    "次数",
)


def content(session: Session, cut: Cut) -> Content:
    """Prepare a ranking; its lines come from the database while the file is written.

    Hours are cut to 0.1 and not rounded; minutes stand beside them.

    Raises:
        PeriodEmpty: The period ends before it begins.
    """
    row_count, rows = stream(session, cut)
    said = {"people": row_count, "minutes": 0}
    return Content(
        kind=KIND,
        title="志愿服务时长排行",
        node_id=cut.node.id,
        words=cut.words(),
        asked=cut.asked(),
        headings=HEADINGS if cut.has_points else HEADINGS[:-2] + HEADINGS[-1:],
        lines=_lines(rows, cut.has_points, said),
        row_count=row_count,
        said=said,
    )


def _lines(rows: Iterable[Ranked], has_points: bool, said: dict[str, Any]) -> Iterator[list[Cell]]:
    for row in rows:
        said["minutes"] += row.total_minutes
        yield _line(row, has_points)


def _line(row: Ranked, has_points: bool) -> list[Cell]:
    parts: list[Cell] = [row.rank, row.volunteer_no, row.name, row.community]
    for minutes in (
        row.credited_minutes,
        row.honorary_minutes,
        row.historical_minutes,
        row.total_minutes,
    ):
        parts.append(minutes // 6 / 10)
    parts.append(row.total_minutes)
    if has_points:
        parts.append(row.points)
    parts.append(row.grant_count)
    return parts
