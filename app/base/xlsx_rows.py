"""Rows of an xlsx file: the first sheet that is not hidden, read cell by cell.

Before it is opened the archive is weighed: an innocent-looking file may unpack to
gigabytes. A formula is never believed: what it showed last may be anything, so the
row is named as wrong. Numbers and dates become the text that a person typed.
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, BinaryIO

import openpyxl

from app.base.csv_rows import Row, named_columns
from app.base.errors import CsvUnreadable

UNPACKED_BYTES_MAX = 64 << 20
PARTS_MAX = 1_000
RATIO_MAX = 200
RATIO_FROM_BYTES = 1 << 20
ROWS_MAX = 100_000
COLUMNS_MAX = 64
EXACT_BELOW = 10**15
"""From here on a spreadsheet no longer keeps every digit of a number."""


@dataclass
class XlsxRows:
    """The rows of one sheet; iterate once.

    Attributes:
        columns: The header, in the caller's names; `labels`: as it stands in the file.
        bytes_done: How far the reading has come, out of `size_bytes`.
    """

    sheet: Any
    size_bytes: int
    columns: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    bytes_done: int = 0
    _line_no: int = 0

    def __post_init__(self) -> None:
        self._cells = _cells(self.sheet)
        self._row_count = max(self.sheet.max_row or 1, 1)
        self.sheet.reset_dimensions()  # what a file says of its own size may be wrong

    def __iter__(self) -> Iterator[Row]:
        """Yield every row that is not blank; cells are stripped."""
        while (cells := self._next()) is not None:
            if any(text or flaw for text, flaw in cells):
                yield self._row(cells)
        self.bytes_done = self.size_bytes

    def header(self) -> list[str]:
        """Return the cells of the first row that is not blank."""
        while (cells := self._next()) is not None:
            texts = [text for text, _flaw in cells]
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                return texts
        return []

    def _next(self) -> list[tuple[str, str]] | None:
        cells = next(self._cells, None)
        if cells is None:
            return None
        self._line_no += 1
        if self._line_no > ROWS_MAX:
            raise CsvUnreadable(f"more than {ROWS_MAX} rows", reason="rows")
        share = min(self._line_no / self._row_count, 1)
        self.bytes_done = int(self.size_bytes * share)
        return cells

    def _row(self, cells: list[tuple[str, str]]) -> Row:
        width = len(self.columns)
        texts = tuple(text for text, _flaw in cells)
        kept = (*texts[:width], *[""] * (width - len(texts)), *_trimmed(texts[width:]))
        flaw = next((flaw for _text, flaw in cells if flaw), "")
        if flaw:
            return Row(self._line_no, {}, FLAWS[flaw], flaw, kept)
        if len(kept) > width:
            told = f"has {len(kept)} cells, the header has {width}"
            return Row(self._line_no, {}, told, cells=kept)
        return Row(self._line_no, dict(zip(self.columns, kept, strict=True)), cells=kept)


FLAWS = {
    "formula": "has a formula; write the value itself",
    "cell_error": "has a cell that shows an error",
    "long_number": "has a number too long to be kept whole; format the column as text",
}


def is_xlsx(file: BinaryIO) -> bool:
    """Whether a file is a zip archive, as every xlsx is; goes back to the start."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    return start == b"PK\x03\x04"


def open_xlsx(
    file: BinaryIO,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
) -> XlsxRows:
    """Open a binary, seekable xlsx file; weigh it and check its header.

    Args:
        required, optional, labels: As `csv_rows.open_rows`.

    Raises:
        CsvUnreadable: No xlsx, too large once unpacked, no header, or not these columns.
    """
    size_bytes = _weigh(file)
    rows = XlsxRows(_first_sheet(file), size_bytes)
    cells = rows.header()
    rows.labels = tuple(cells)
    rows.columns = named_columns(cells, required=required, optional=optional, labels=labels or {})
    return rows


def _weigh(file: BinaryIO) -> int:
    """Refuse what is no archive and what would unpack to too much; return its size."""
    size_bytes = file.seek(0, 2)
    file.seek(0)
    try:
        parts = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise CsvUnreadable("no xlsx file", reason="xlsx") from error
    unpacked = sum(part.file_size for part in parts)
    is_dense = any(
        part.file_size > RATIO_FROM_BYTES and part.file_size > RATIO_MAX * part.compress_size
        for part in parts
    )
    if len(parts) > PARTS_MAX or unpacked > UNPACKED_BYTES_MAX or is_dense:
        raise CsvUnreadable("unpacks to too much", reason="too_large_inside")
    file.seek(0)
    return size_bytes


def _first_sheet(file: BinaryIO) -> Any:
    try:
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except Exception as error:  # the library says in many ways that a file is broken
        raise CsvUnreadable("no xlsx file", reason="xlsx") from error
    if not shown:
        raise CsvUnreadable("no sheet to read", reason="empty")
    return shown[0]


def _cells(sheet: Any) -> Iterator[list[tuple[str, str]]]:
    """Yield the rows as texts with what is wrong with each cell."""
    rows = iter(sheet.iter_rows(max_col=COLUMNS_MAX))
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except Exception as error:  # broken XML shows only now
            raise CsvUnreadable("the sheet is broken", reason="xlsx") from error
        yield [_text(cell.value, cell.data_type) for cell in row]


def _text(value: Any, kind: str) -> tuple[str, str]:
    """Return a cell as the text a person sees, and what is wrong with it ("": nothing)."""
    if value is None:
        return "", ""
    if kind == "f":
        return str(value).strip(), "formula"
    if kind == "e":
        return str(value), "cell_error"
    if isinstance(value, bool):
        return str(value).upper(), ""
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, datetime):
        is_day = value.time() == time.min
        return (value.date().isoformat() if is_day else value.isoformat(" ")), ""
    if isinstance(value, (date, time)):
        return value.isoformat(), ""
    return str(value).strip(), ""


def _number(value: float) -> tuple[str, str]:
    with suppress(OverflowError, ValueError):
        if int(value) == value:
            return str(int(value)), "" if abs(value) < EXACT_BELOW else "long_number"
    return str(value), ""


def _trimmed(texts: Sequence[str]) -> tuple[str, ...]:
    kept = list(texts)
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)
