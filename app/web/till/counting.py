"""A count of goods in a form: the pieces as counted, and why there are more or fewer."""

from typing import Any
from uuid import UUID

from app.web.till.forms import typed

COUNTED = "counted-"
REASON = "reason-"
"""Prefixes of the fields; the goods' id follows. An empty field: not counted."""


def counted() -> list[dict[str, Any]]:
    """Return the form's counts as the API takes them: what was left empty was not counted."""
    fields = typed()
    return [
        {
            "goods_id": name.removeprefix(COUNTED),
            "count": value,
            "reason": fields.get(REASON + name.removeprefix(COUNTED)),
        }
        for name, value in fields.items()
        if name.startswith(COUNTED)
    ]


def pieces(items: list[dict[str, Any]]) -> dict[UUID, int]:
    """Return the pieces by goods."""
    return {item["goods_id"]: item["count"] for item in items}


def reasons(items: list[dict[str, Any]]) -> dict[UUID, str]:
    """Return the reasons given, by goods."""
    return {item["goods_id"]: item["reason"] for item in items if item["reason"]}
