"""Claims by grid (网格认领任务): how many slots were claimed in each, and what came of them (T5).

A claim counts for the grid its post stands at or below; a post of the community itself is
of no grid, and is shown as such, so that the lines add up.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import grids, tree
from app.community.models import Node
from app.community.node_rows import path_ids
from app.reports.file_contents import Content
from app.reports.sheets import Cell
from app.service_orders.models import Claim, Post

KIND = "grid_claims"
HEADINGS = ("网格编码", "网格", "认领", "在做", "已验收", "退回或释放")
UNDER_WAY = ("claimed", "submitted")
NO_GRID = "不在网格里"


@dataclass(frozen=True, slots=True)
class Line:
    """One grid, or the place outside of grids: claims, those under way, accepted, given back."""

    code: str
    name: str
    claim_count: int
    under_way_count: int
    accepted_count: int
    ended_count: int


def of_place(session: Session, *, ledger_id: int, node: Node) -> list[Line]:
    """Count the claims of a place and below it by grid; a grid without claims is listed too."""
    query = sa.select(Node).where(
        tree.within(Node.path, node), Node.kind_code == grids.KIND, Node.closed_on.is_(None)
    )
    every = {grid.id: grid for grid in session.scalars(query)}
    counted = _counted(session, ledger_id, node, set(every))
    lines = [
        _line(grid.code, grid.short_name, counted[grid.id])
        for grid in sorted(every.values(), key=lambda grid: grid.code)
    ]
    return lines + ([_line("", NO_GRID, counted[None])] if counted[None] else [])


def content(session: Session, *, ledger_id: int, node: Node) -> Content:
    """Prepare the claims by grid as a file."""
    lines = of_place(session, ledger_id=ledger_id, node=node)
    return Content(
        kind=KIND,
        title="网格认领任务",
        node_id=node.id,
        words={"报表": "网格认领任务", "地方": node.short_name},
        asked={},
        headings=HEADINGS,
        lines=_cells(lines),
        row_count=len(lines),
        said={"claims": sum(line.claim_count for line in lines)},
    )


def _counted(
    session: Session, ledger_id: int, node: Node, grid_ids: set[int]
) -> dict[int | None, Counter[str]]:
    query = (
        sa.select(Post.node_path, Claim.state, sa.func.count())
        .join(Claim, sa.and_(Claim.ledger_id == Post.ledger_id, Claim.post_id == Post.id))
        .where(
            Post.ledger_id == ledger_id,
            Claim.ledger_id == ledger_id,
            tree.within(Post.node_path, node),
        )
        .group_by(Post.node_path, Claim.state)
    )
    found: dict[int | None, Counter[str]] = {grid_id: Counter() for grid_id in grid_ids}
    found[None] = Counter()
    for path, state, count in session.execute(query):
        grid_id = next((part for part in reversed(path_ids(path)) if part in grid_ids), None)
        found[grid_id][state] += count
    return found


def _line(code: str, name: str, counted: Counter[str]) -> Line:
    under_way = sum(counted[state] for state in UNDER_WAY)
    total = counted.total()
    return Line(
        code, name, total, under_way, counted["accepted"], total - under_way - counted["accepted"]
    )


def _cells(lines: list[Line]) -> Iterator[list[Cell]]:
    for line in lines:
        yield [
            line.code,
            line.name,
            line.claim_count,
            line.under_way_count,
            line.accepted_count,
            line.ended_count,
        ]
