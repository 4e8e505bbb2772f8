"""A table that staff take away: written at once, hashed, registered and audited (A16, D45).

It says what stood at that moment; nobody makes it again, so no code asks whether it
still stands, only whether the file is the one that left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import IO

from sqlalchemy.orm import Session

from app.community.models import Node
from app.reports import exports
from app.reports.exports import Ordered
from app.reports.file_contents import Content
from app.reports.models import Export
from app.reports.sheets import Cell


@dataclass(frozen=True, slots=True)
class Table:
    """What is written: its kind (`claims_by_grid`), its title, its lines; `words` besides."""

    kind: str
    title: str
    headings: tuple[str, ...]
    rows: Sequence[list[Cell]]
    words: dict[str, str] = field(default_factory=dict)


def write(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    table: Table,
    file: IO[bytes],
    file_kind: str,
    ordered: Ordered,
) -> Export:
    """Write a table of a place to `file` as `xlsx` or `csv`, and register it."""
    content = Content(
        kind=table.kind,
        title=table.title,
        node_id=node.id,
        words={"地方": node.short_name, **table.words},
        asked={},
        headings=table.headings,
        lines=iter(table.rows),
        row_count=len(table.rows),
        said={},
    )
    made = exports.write(content, file, file_kind, operator_name=ordered.operator_name)
    kept = replace(made, asked=None, said=None)
    return exports.register(session, ledger_id=ledger_id, made=kept, actor=ordered.actor)
