"""A list that somebody sent to be tried, and that travels with the page until it is taken in.

So nobody chooses the file twice, and nothing of it is kept before somebody says so.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from flask import request

from app.base.csv_rows import BadRow, Rows
from app.base.errors import ValidationFailed
from app.web import corrections

FILE_BYTES_MAX = 300_000
BAD_ROWS_MAX = 500


def sent(bytes_max: int = FILE_BYTES_MAX) -> bytes:
    """Return the file that was chosen.

    Raises:
        ValidationFailed: There is none, or it is too large.
    """
    file = request.files.get("file")
    return _checked(file.stream.read(bytes_max + 1) if file else b"", bytes_max)


def tried(bytes_max: int = FILE_BYTES_MAX) -> bytes:
    """Return the file that was tried and came back with the form.

    Raises:
        ValidationFailed: It is not what was tried.
    """
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
    except binascii.Error as error:
        raise ValidationFailed("not what was tried", field="file") from error
    return _checked(content, bytes_max)


def carried(content: bytes) -> str:
    """Return a file as a hidden field carries it."""
    return base64.b64encode(content).decode()


def outcome(new: int, unchanged: int, bad: Iterable[BadRow]) -> dict[str, Any]:
    """Return what is kept of an import: counts and lines, not what the rows say of people."""
    listed = sorted(bad, key=lambda row: row.line_no)
    named = [
        {"line_no": row.line_no, "reason": row.reason, "field": row.field}
        for row in listed[:BAD_ROWS_MAX]
    ]
    return {"new": new, "unchanged": unchanged, "bad": named, "bad_count": len(listed)}


def shown(found: dict[str, Any], rows: Rows, *names: str) -> dict[str, Any]:
    """Return an outcome as the page shows it: each bad row with the cells that name it."""
    at = [rows.columns.index(name) for name in names]
    wanted = {row["line_no"] for row in found["bad"]}
    cells = {row.line_no: row.cells for row in rows if row.line_no in wanted}
    bad = [
        {
            "line_no": row["line_no"],
            "cells": [_cell(cells.get(row["line_no"], ()), place) for place in at],
            "told": corrections.told(row["reason"], row["field"]),
        }
        for row in found["bad"]
    ]
    return {**found, "bad": bad}


def _cell(cells: tuple[str, ...], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _checked(content: bytes, bytes_max: int) -> bytes:
    if not content or len(content) > bytes_max:
        raise ValidationFailed("no file, or one that is too large", field="file")
    return content
