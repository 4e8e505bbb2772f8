"""The columns of a place, checked alike for one that staff add and for 650,000 imported."""

import unicodedata
from typing import Any, TypedDict, Unpack

from app.base.errors import ValidationFailed
from app.community.names import short_name as short_name_of

REQUIRED_TEXTS = ("code", "name")
TEXT_LENGTHS_MAX = {
    "code": 32,
    "name": 64,
    "short_name": 64,
    "external_id": 64,
    "parent_code": 32,
    "path": 255,
}
COUNT_MAX = 100_000_000
ROOT_PATH = "/"
"""Path above every root."""


class Details(TypedDict, total=False):
    """What else may be said of a place; `short_name` is derived from the name unless said."""

    short_name: str | None
    household_count: int | None
    resident_count: int | None
    external_id: str | None


def new_row(
    node_id: int,
    parent_path: str,
    *,
    kind_code: str,
    code: str,
    name: str,
    **details: Unpack[Details],
) -> dict[str, Any]:
    """Return the columns of a new place below `parent_path` (`ROOT_PATH` for a root).

    Raises:
        ValidationFailed: A text is empty or too long, a count negative, or the tree too deep.
    """
    row = {
        "id": node_id,
        "parent_id": path_ids(parent_path)[-1] if parent_path != ROOT_PATH else None,
        "kind_code": kind_code,
        "code": code.strip(),
        "name": name.strip(),
        "short_name": details.get("short_name") or short_name_of(name),
        "path": f"{parent_path}{node_id}/",
        "depth": parent_path.count("/"),
        "household_count": details.get("household_count"),
        "resident_count": details.get("resident_count"),
        "external_id": details.get("external_id") or None,
    }
    check_row(row)
    return row


def check_row(row: dict[str, Any]) -> None:
    """Refuse texts and counts that the table would refuse on one database or the other.

    Raises:
        ValidationFailed: With the fact `field`.
    """
    for field, length_max in TEXT_LENGTHS_MAX.items():
        text = row.get(field)
        if field in REQUIRED_TEXTS and not text:
            raise ValidationFailed(f"{field} is empty", field=field, reason="empty")
        if text and len(text) > length_max:
            raise ValidationFailed(f"{field} is too long", field=field, reason="length")
        if text and any(unicodedata.category(character) == "Cc" for character in text):
            raise ValidationFailed(f"{field} holds a control character", field=field, reason="text")
    for field in ("household_count", "resident_count"):
        count = row.get(field)
        if count is not None and not 0 <= count <= COUNT_MAX:
            raise ValidationFailed(f"{field} is out of range", field=field, reason="range")


def path_ids(path: str) -> list[int]:
    """Return the ids that a path is made of, root first."""
    return [int(part) for part in path.strip("/").split("/")]
