"""Markets (近邻集市) as both doors read them: who hosts a stall, at which activity (M4)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import listings, plans
from app.activities.models import Activity
from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.community import tree
from app.mall.markets import Market
from app.mall.models import Stall
from app.points import programmes

AHEAD = timedelta(days=31)
SHOWN_MAX = 100


def read(session: Session, ledger_id: int, asked: dict[str, Any]) -> Market:
    """Return the market that a form or a program asks for.

    Raises:
        NotFound, AmbiguousNode: No such host, or several of this name.
        ValidationFailed: The activity is not of this book.
    """
    host, activity_id = asked["host"], asked["activity_id"]
    if activity_id is not None:
        _require_activity(session, ledger_id, activity_id)
    node_id = tree.find(session, host).id if host else None
    return Market(asked["place"], asked["held_on"], node_id, activity_id)


def coming(session: Session, ledger_id: int) -> list[tuple[str, str]]:
    """List the activities of the programme in the next month, to choose from."""
    top = tree.get(session, programmes.of_ledger(session, ledger_id).node_id)
    begins_at = clock.day_bounds(clock.today())[0]
    slots = listings.calendar(
        session, ledger_id=ledger_id, node=top, begins_at=begins_at, ends_at=begins_at + AHEAD
    )
    found: dict[UUID, Activity] = {}
    for slot in slots:
        found.setdefault(slot.activity.id, slot.activity)
    return [(str(each.id), each.title) for each in list(found.values())[:SHOWN_MAX]]


def title_of(session: Session, stall: Stall) -> str:
    """Return the title of a stall's activity; empty if it has none."""
    if stall.activity_id is None:
        return ""
    found = plans.get(session, ledger_id=stall.ledger_id, activity_id=stall.activity_id)
    return found.title


def _require_activity(session: Session, ledger_id: int, activity_id: UUID) -> None:
    try:
        plans.get(session, ledger_id=ledger_id, activity_id=activity_id)
    except NotFound as error:
        raise ValidationFailed("no such activity", field="activity_id") from error
