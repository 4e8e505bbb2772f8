"""The register of how venues are used, as a file: a row for each session somebody came to (V1)."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from app.community.models import Node
from app.reports import venue_use
from app.reports.file_contents import Content
from app.reports.sheets import Cell
from app.reports.venue_use import Span, Use

KIND = "venue_use"
HEADINGS = ("日期", "阵地", "活动类型", "活动", "编号", "人数", "时长（小时）")
MINUTES_A_TENTH = 6


def content(session: Session, *, ledger_id: int, node: Node, span: Span) -> Content:
    """Prepare the register of a place and all below it, with the shares by type above it."""
    found = venue_use.rows(session, ledger_id=ledger_id, node=node, span=span)
    shares = "、".join(f"{each.name} {each.percent}%" for each in venue_use.preferences(found))
    return Content(
        kind=KIND,
        title="阵地使用台账",
        node_id=node.id,
        words={
            "地方": node.short_name,
            "从": span.begins_on.isoformat(),
            "到": span.ends_on.isoformat(),
        },
        asked={"from": span.begins_on.isoformat(), "to": span.ends_on.isoformat()},
        headings=HEADINGS,
        lines=_lines(found),
        row_count=len(found),
        said={"rows": len(found)},
        facts={"需求偏好": shares} if shares else {},
    )


def _lines(found: Sequence[Use]) -> Iterator[list[Cell]]:
    for use in found:
        yield [
            use.held_on.isoformat(),
            use.venue_name,
            use.category_name,
            use.title,
            use.number,
            use.people_count,
            use.minutes // MINUTES_A_TENTH / 10,
        ]
