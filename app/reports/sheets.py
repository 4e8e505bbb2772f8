"""Sheets that leave the house: xlsx and CSV, streamed, with every cell made harmless.

A cell is text or a number, never a formula (A18, D50): Excel and its kin would run
what begins with = + - @ (also full-width, also behind a tab), so CSV text of that
kind gets a leading apostrophe, and xlsx text is stored as text.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed: facts above the table, headings, and rows of equal length."""

    title: str
    facts: Sequence[tuple[str, str]]
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def neutral(cell: Cell) -> Cell:
    """Return a CSV cell that no spreadsheet program will run."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(RISKY):
        return "'" + cell
    return cell


def write_csv(sheet: Sheet, file: IO[bytes]) -> int:
    """Write a sheet as CSV in UTF-8 with a BOM, as Excel expects; return the row count."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([sheet.title])
    for name, value in sheet.facts:
        writer.writerow([name, neutral(value)])
    writer.writerow([])
    writer.writerow(sheet.headings)
    count = 0
    for row in sheet.rows:
        writer.writerow([neutral(cell) for cell in row])
        count += 1
    text.flush()
    text.detach()
    return count


def write_xlsx(sheet: Sheet, file: IO[bytes]) -> int:
    """Write a sheet as xlsx, row by row in constant memory; return the row count."""
    options: dict[str, Any] = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    page = book.add_worksheet(sheet.title[:31])
    bold = book.add_format({"bold": True})
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
    for row in sheet.rows:
        line += 1
        count += 1
        for column, cell in enumerate(row):
            _write(page, line, column, cell)
    book.close()
    return count


def _write(page: Any, line: int, column: int, cell: Cell) -> None:
    if isinstance(cell, str):
        page.write_string(line, column, cell)
    elif cell is not None:
        page.write_number(line, column, cell)
