"""What a file will hold, whatever it is about: facts above a table, and its lines.

The lines are read while the file is written, in the session that prepared them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.reports import sheets

Told = Callable[[int, int], None]
"""Is told the lines written so far and how many there are."""


def nobody(_done: int, _total: int) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True, slots=True)
class Content:
    """One file before it is written.

    Attributes:
        kind: What it is: `hours_ranking`, `statement`.
        words: Its filter in words; printed, kept, and shown to whoever holds the code,
            so it names nobody in full.
        facts: Further facts that are printed and not kept.
        asked: The filter as plain values, from which the content can be made again.
        said: What it says on the whole; whole only after the last line was read.
    """

    kind: str
    title: str
    node_id: int
    words: dict[str, str]
    asked: dict[str, Any]
    headings: tuple[str, ...]
    lines: Iterator[list[sheets.Cell]]
    row_count: int
    said: dict[str, Any]
    facts: dict[str, str] = field(default_factory=dict)
