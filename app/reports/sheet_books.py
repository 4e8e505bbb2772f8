"""Workbooks of several sheets: a first one with the sums, each leading to its rows (S3, S11)."""

import io
from collections.abc import Sequence
from typing import IO, Any

import xlsxwriter

from app.reports.sheets import Cell, Sheet

NAME_MAX = 31
PICTURE_COLUMN = 5
OPTIONS: dict[str, Any] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(
    sheets: Sequence[Sheet],
    file: IO[bytes],
    *,
    links: dict[tuple[int, int], int],
    picture: bytes | None = None,
) -> int:
    """Write sheets as one xlsx; return how many rows they have together.

    Args:
        links: Which cell of the first sheet's table, by row and column, leads to which sheet.
        picture: A PNG beside the facts of the first sheet.
    """
    book = xlsxwriter.Workbook(file, OPTIONS)
    bold = book.add_format({"bold": True})
    pages = [book.add_worksheet(sheet.title[:NAME_MAX]) for sheet in sheets]
    count = 0
    for number, (page, sheet) in enumerate(zip(pages, sheets, strict=True)):
        here = links if number == 0 else {}
        count += _fill(page, sheet, bold, here, [each.title[:NAME_MAX] for each in sheets])
    if picture is not None:
        pages[0].insert_image(1, PICTURE_COLUMN, "", {"image_data": io.BytesIO(picture)})
    book.close()
    return count


def _fill(
    page: Any, sheet: Sheet, bold: Any, links: dict[tuple[int, int], int], names: list[str]
) -> int:
    page.set_column(0, 0, 22)
    page.set_column(1, 12, 16)
    page.write_string(0, 0, sheet.title, bold)
    line = 1
    for name, value in sheet.facts:
        page.write_string(line, 0, name)
        page.write_string(line, 1, value)
        line += 1
    line += 1
    for column, heading in enumerate(sheet.headings):
        page.write_string(line, column, heading, bold)
    count = 0
    for count, row in enumerate(sheet.rows, 1):
        for column, cell in enumerate(row):
            target = links.get((count - 1, column))
            _put(page, line + count, column, cell, names[target] if target else None)
    return count


def _put(page: Any, line: int, column: int, cell: Cell, target: str | None) -> None:
    """Write a cell as text or number, never as a formula; with a target, as a link inside."""
    if target is not None:
        page.write_url(line, column, f"internal:'{target}'!A1", string=str(cell))
    elif isinstance(cell, str):
        page.write_string(line, column, cell)
    elif cell is not None:
        page.write_number(line, column, cell)
