"""The log of an order with who took each step: by name who held an office, else by their part."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.ids import NOBODY
from app.people import officers
from app.service_orders import standing
from app.service_orders.models import OrderLog
from app.web.orders import Shown
from app.web.translate import _

DONE_BY_HANDS = ("accepted", "deliberated", "worked", "finished")
"""Meanings of steps that are taken by whom the order was given to."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of an order's history.

    Attributes:
        note: What was said with it; empty if nothing, or if it was blanked (D47).
        by: A name for who held an office, else what they are to this order.
    """

    line: OrderLog
    note: str
    by: str


def told(session: Session, found: Shown, *, is_named: bool) -> list[Told]:
    """Return the history of an order, first thing first.

    Args:
        is_named: Whether staff read it; others see 工作人员 instead of a name.
    """
    order = found.order
    lines = standing.history(session, ledger_id=order.ledger_id, order_id=order.id)
    notes = standing.notes_of(session, ledger_id=order.ledger_id, order_id=order.id)
    acted = {line.actor_id for line in lines}
    names = officers.names_at(session, person_ids=acted, node=found.node)
    asker_id = standing.asker_person_id(session, order)
    if not is_named:
        names = dict.fromkeys(names, _("工作人员"))
    return [Told(line, notes.get(line.seq, ""), _by(line, asker_id, names)) for line in lines]


def _by(line: OrderLog, asker_id: UUID | None, names: dict[UUID, str]) -> str:
    """Say who did it. Members are named by their part: the log is read by many."""
    if line.actor_id == NOBODY or line.act == "credited":
        return _("系统")
    if line.actor_id == asker_id:
        return _("求助人")
    if line.actor_id in names:
        return names[line.actor_id]
    if line.meaning in DONE_BY_HANDS or line.act == "returned":
        return _("办理人")
    return _("代办人")
