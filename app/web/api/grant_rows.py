"""How grants read to others: with masked names, and without points where a book keeps none."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.base.db import NEVER
from app.ledger import books
from app.points.models import Grant
from app.web.api import shown
from app.web.schemas.points import GrantOut

_grant = GrantOut()
POINTS_FIELDS = ("points", "expires_on", "rate_version")
"""What an hours-only programme hides everywhere (P2)."""


def listed(session: Session, ledger_id: int, found: Sequence[Grant]) -> list[dict[str, Any]]:
    """Show grants in their order."""
    if not found:
        return []
    has_points = books.get(session, ledger_id).has_points
    names = shown.people(session, ledger_id, (each.member_id for each in found))
    return [{**_one(each, has_points), **names.get(each.member_id, {})} for each in found]


def _one(grant: Grant, has_points: bool) -> dict[str, Any]:
    values: dict[str, Any] = _grant.dump(grant)
    values["expires_on"] = None if grant.vintage_on == NEVER else grant.vintage_on.isoformat()
    values["hold_reasons"] = grant.hold_reasons.split(",") if grant.hold_reasons else []
    if not has_points:
        for name in POINTS_FIELDS:
            values.pop(name, None)
    return values
