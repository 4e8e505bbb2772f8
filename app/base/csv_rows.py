"""Rows of a CSV file as people have it: UTF-8 with or without BOM, or GB18030 (Excel).

The file is read twice, by pieces: once to learn its encoding, once for the rows, so
its size does not matter. A row that cannot be read is handed on with its line number
and what is wrong with it, and the rows after it still come.
"""

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO, Protocol

from app.base.errors import CsvUnreadable

LINE_BYTES_MAX = 1 << 20
FALLBACK = "gb18030"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins, its cells by column, and what is wrong, if anything.

    `cells` are as they stand in the file, also where they fit no column.
    """

    line_no: int
    values: dict[str, str]
    problem: str | None = None
    reason: str = "unreadable"
    cells: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that an import leaves out: `reason` for programs, `text` for the operator.

    `field` names the column, where one is to blame.
    """

    line_no: int
    reason: str
    text: str
    field: str | None = None


class Rows(Protocol):
    """The rows of a file, whatever its format; iterate once."""

    columns: tuple[str, ...]
    labels: tuple[str, ...]
    bytes_done: int
    size_bytes: int

    def __iter__(self) -> Iterator[Row]:
        """Yield every row that is not blank."""
        ...


@dataclass
class CsvRows:
    """The rows of one file; iterate once.

    Attributes:
        columns: The header, in the caller's names; `labels`: as it stands in the file.
        bytes_done: How far the reading has come, out of `size_bytes`.
    """

    file: BinaryIO
    encoding: str
    size_bytes: int
    columns: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    bytes_done: int = 0
    _lines: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        self._reader = csv.reader(self._text(), strict=True)

    def __iter__(self) -> Iterator[Row]:
        """Yield every row that is not blank; cells are stripped."""
        while (row := self.next_row()) is not None:
            yield row

    def next_row(self) -> Row | None:
        """Return the next row that is not blank, or None at the end."""
        while True:
            line_no = self._lines + 1
            try:
                cells = [cell.strip() for cell in next(self._reader)]
            except StopIteration:
                return None
            except csv.Error as error:
                return Row(line_no, {}, f"cannot be read ({error}); is a quote left open?")
            if any(cells):
                return self._row(line_no, cells)

    def header(self) -> list[str]:
        """Return the cells of the first row that is not blank."""
        for cells in self._reader:
            if any(cell.strip() for cell in cells):
                return [cell.strip() for cell in cells]
        return []

    def _row(self, line_no: int, cells: list[str]) -> Row:
        kept = tuple(cells)
        if len(cells) != len(self.columns):
            told = f"has {len(cells)} cells, the header has {len(self.columns)}"
            return Row(line_no, {}, told, cells=kept)
        return Row(line_no, dict(zip(self.columns, cells, strict=True)), cells=kept)

    def _text(self) -> Iterator[str]:
        """Decode line by line: no encoding we take has a newline inside a character."""
        while line := self.file.readline(LINE_BYTES_MAX):
            self._lines += 1
            self.bytes_done += len(line)
            yield line.decode(self.encoding if self._lines == 1 else self._plain())

    def _plain(self) -> str:
        return "utf-8" if self.encoding == "utf-8-sig" else self.encoding


def open_rows(
    file: BinaryIO,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
) -> CsvRows:
    """Open a binary, seekable file; check its encoding whole and its header.

    Args:
        required: Columns that must be there.
        optional: Columns that may be there; any other is refused, lest a misspelt one be lost.
        labels: Other spellings of a column, such as the Chinese label: `{"编码": "code"}`.

    Raises:
        CsvUnreadable: Neither UTF-8 nor GB18030, no header, or not these columns.
    """
    encoding, size_bytes = _examine(file)
    rows = CsvRows(file, encoding, size_bytes)
    try:
        cells = rows.header()
    except csv.Error as error:
        raise CsvUnreadable(f"the header cannot be read: {error}", reason="header") from error
    rows.labels = tuple(cells)
    rows.columns = named_columns(cells, required=required, optional=optional, labels=labels or {})
    return rows


def batched(rows: Rows, size: int) -> Iterator[list[Row]]:
    """Yield the rows in lists of `size`, the last one shorter."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def named_columns(
    cells: Sequence[str],
    *,
    required: Sequence[str],
    optional: Sequence[str],
    labels: Mapping[str, str],
) -> tuple[str, ...]:
    """Return a header in the caller's names.

    Raises:
        CsvUnreadable: There is none, or a column is missing, unknown or repeated.
    """
    columns = tuple(labels.get(cell, cell) for cell in cells)
    if not columns:
        raise CsvUnreadable("the file is empty", reason="empty")
    found = {
        "columns_missing": [name for name in required if name not in columns],
        "columns_unknown": [name for name in columns if name not in (*required, *optional)],
        "columns_repeated": sorted({name for name in columns if columns.count(name) > 1}),
    }
    for reason, names in found.items():
        if names:
            told = f"{reason.replace('_', ' ')}: {', '.join(name or '(no name)' for name in names)}"
            raise CsvUnreadable(told, reason=reason, columns=names)
    return columns


def _examine(file: BinaryIO) -> tuple[str, int]:
    """Return the encoding and the size in bytes, and go back to the start."""
    file.seek(0)
    start = file.read(3)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise CsvUnreadable("UTF-16: save the file as CSV UTF-8", reason="encoding", line_no=1)
    has_bom = start == codecs.BOM_UTF8
    bad_line, size_bytes = _first_bad_line(file, "utf-8")
    if not bad_line:
        return "utf-8-sig" if has_bom else "utf-8", size_bytes
    if not has_bom:
        bad_line, size_bytes = _first_bad_line(file, FALLBACK)
    if bad_line:
        told = f"line {bad_line} is neither UTF-8 nor GB18030"
        raise CsvUnreadable(told, reason="encoding", line_no=bad_line)
    return FALLBACK, size_bytes


def _first_bad_line(file: BinaryIO, encoding: str) -> tuple[int, int]:
    """Return the first line that does not decode (0: none) and the size in bytes."""
    file.seek(0)
    line_no = size_bytes = 0
    while line := file.readline(LINE_BYTES_MAX):
        line_no += 1
        size_bytes += len(line)
        if len(line) == LINE_BYTES_MAX:
            raise CsvUnreadable(f"line {line_no} is too long", reason="line", line_no=line_no)
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            return line_no, size_bytes
    file.seek(0)
    return 0, size_bytes
