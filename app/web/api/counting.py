"""Pieces and reasons as a request names them: each kind of goods once, all of one shop."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.errors import NotFound, ValidationFailed
from app.mall import goods


def pieces(items: Sequence[dict[str, Any]], field: str = "items") -> dict[UUID, int]:
    """Return pieces by goods.

    Raises:
        ValidationFailed: Some goods were named twice.
    """
    counts = {item["goods_id"]: item["count"] for item in items}
    if len(counts) < len(items):
        raise ValidationFailed("name each kind of goods once", field=field)
    return counts


def reasons(items: Sequence[dict[str, Any]]) -> dict[UUID, str]:
    """Return the reasons given, by goods."""
    return {item["goods_id"]: item["reason"] for item in items if item.get("reason")}


def require_of_shop(
    session: Session, ledger_id: int, shop_id: UUID, counts: dict[UUID, int]
) -> None:
    """Refuse goods that are not of the shop.

    Raises:
        NotFound: Some are of another.
    """
    found = goods.by_ids(session, ledger_id=ledger_id, goods_ids=list(counts))
    if any(one not in found or found[one].shop_id != shop_id for one in counts):
        raise NotFound("goods of another shop")
