"""The reconciliation as a table of a terminal, in which a Chinese letter is two columns wide."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from app.cli.demo.whole.reconcile import Cell, Compared, Reconciliation

HEADS = ("小时", "发放", "兑换", "在手", "其中托管")
NAME_WIDTH, CELL_WIDTH, WORDS_WIDTH = 20, 12, 32
FIGURE_WIDTH, STATED_WIDTH = 20, 14
MARKS = {True: "=", False: "≠  DIFFERS"}


def lines(told: Reconciliation) -> Iterator[str]:
    """Yield the lines of both tables."""
    heads = "".join(right(head, CELL_WIDTH) for head in HEADS)
    yield f"{left('', NAME_WIDTH)}{left('', 6)}{heads}"
    for one in told.programmes:
        yield f"{left(one.place, NAME_WIDTH)}{left('计划', 6)}{_cells(one.planned)}"
        yield f"{left('', NAME_WIDTH)}{left('账面', 6)}{_cells(one.found)}  {MARKS[one.is_same]}"
    yield ""
    heads = right("计划", FIGURE_WIDTH) + right("账面", FIGURE_WIDTH)
    yield f"{left('', 8)}{left('', WORDS_WIDTH)}{heads}  报道"
    for each in told.figures:
        yield _figure(each)


def as_json(told: Reconciliation) -> dict[str, Any]:
    """Return the same as one JSON object."""
    return {
        "ok": told.is_same,
        "programmes": [_dump(one) for one in told.programmes],
        "figures": [_dump(one) for one in told.figures],
    }


def left(text: str, width: int) -> str:
    """Fill a text up to a width on its right."""
    return text + " " * max(0, width - wide(text))


def right(text: str, width: int) -> str:
    """Fill a text up to a width on its left."""
    return " " * max(0, width - wide(text)) + text


def wide(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _cells(cells: tuple[Cell, ...]) -> str:
    minutes, *points = cells
    assert isinstance(minutes, int), "hours are always told"
    return right(f"{minutes / 60:,.1f}", CELL_WIDTH) + "".join(
        right(f"{cell:,}" if isinstance(cell, int) else "–", CELL_WIDTH) for cell in points
    )


def _figure(each: Compared) -> str:
    planned, found = (" · ".join(_said(cell) for cell in row) for row in (each.planned, each.found))
    head = f"{left(each.place, 8)}{left(each.words, WORDS_WIDTH)}"
    cells = "".join(right(said, FIGURE_WIDTH) for said in (planned, found))
    stated = each.statement.said if each.statement else ""
    return f"{head}{cells}  {left(stated, STATED_WIDTH)} {MARKS[each.is_same]}"


def _said(cell: Cell) -> str:
    if isinstance(cell, int):
        return f"{cell:,}"
    return "–" if cell is None else f"{cell} %"


def _dump(one: Compared) -> dict[str, Any]:
    return {
        "book": one.book,
        "place": one.place,
        "words": one.words,
        "planned": list(one.planned),
        "found": list(one.found),
        "stated": one.statement.said if one.statement else None,
        "ok": one.is_same,
    }
