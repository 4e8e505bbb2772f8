"""Rows of a file that somebody chose: xlsx or CSV, told apart by what it holds.

And the way back: the same sheet as xlsx with what is wrong written beside each row, to
be corrected and sent again. The column is read over when it comes back.
"""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import xlsxwriter

from app.base.csv_rows import Rows, open_rows
from app.base.errors import CsvUnreadable
from app.base.xlsx_rows import is_xlsx, open_xlsx

PROBLEM = "problem"
"""The column that the way back adds; every import takes it and reads over it."""

PROBLEM_LABEL = "问题"
"""Its heading, by which it is known again whatever the language of the page."""

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
COLUMN_WIDTH = 16
PROBLEM_WIDTH = 40


def open_sheet(
    file: BinaryIO,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
) -> Rows:
    """Open an xlsx or a CSV file and check its header.

    Args:
        required, optional, labels: As `csv_rows.open_rows`.

    Raises:
        CsvUnreadable: Neither, or not these columns; an .xls of old, or one with a password.
    """
    named: dict[str, Any] = {"required": required, "optional": optional, "labels": labels}
    if is_xlsx(file):
        return open_xlsx(file, **named)
    start = file.read(len(OLD_EXCEL))
    file.seek(0)
    if start == OLD_EXCEL:
        raise CsvUnreadable("an .xls of old, or one with a password", reason="xls")
    return open_rows(file, **named)


def write_corrections(rows: Rows, problems: Mapping[int, str], file: BinaryIO) -> int:
    """Write the rows as xlsx with what is wrong with them in a last column, marked.

    Every cell is text, none a formula. Good rows come along: sent again they change nothing.

    Args:
        problems: What is wrong, by line.

    Returns:
        How many rows were written.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False})
    bold, marked = book.add_format({"bold": True}), book.add_format({"bg_color": "#FBEFD5"})
    page = book.add_worksheet()
    kept = [at for at, name in enumerate(rows.columns) if name != PROBLEM]
    last, count = len(kept), 0
    page.set_column(0, max(last - 1, 0), COLUMN_WIDTH)
    page.set_column(last, last, PROBLEM_WIDTH)
    for column, at in enumerate(kept):
        page.write_string(0, column, rows.labels[at], bold)
    page.write_string(0, last, PROBLEM_LABEL, bold)
    for row in rows:
        count += 1
        told = problems.get(row.line_no, "")
        form = marked if told else None
        for column, at in enumerate(kept):
            page.write_string(count, column, row.cells[at] if at < len(row.cells) else "", form)
        page.write_string(count, last, told, form)
    book.close()
    return count
