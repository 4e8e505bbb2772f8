"""Telling: who asked hears how it goes, whoever is to do it hears of it (inbox).

One statement for an act, however many it tells. What the clock brings about waits for
the morning.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.community import quiet, tree
from app.people import inbox, members, team_members
from app.people.inbox import Note
from app.service_orders.models import Order
from app.service_orders.templates import Step


def assigned(session: Session, order: Order, step: Step) -> None:
    """Tell who asked that somebody was found, and those that it was given to."""
    notes = _to_asker(order, "order_assigned", step=step.name)
    notes += _to_hands(session, order, "order_for_you", due_at=order.due_at)
    inbox.tell(session, ledger_id=order.ledger_id, notes=notes)


def finished(session: Session, order: Order) -> None:
    """Tell who asked that it is done, and ask to rate it."""
    notes = _to_asker(order, "order_finished")
    inbox.tell(session, ledger_id=order.ledger_id, notes=notes)


def reopened(session: Session, order: Order, reason: str) -> None:
    """Tell those who did it that it was not done."""
    notes = _to_hands(session, order, "order_reopened", reason=reason)
    inbox.tell(session, ledger_id=order.ledger_id, notes=notes)


def withdrawn(session: Session, order: Order, reason: str) -> None:
    """Tell those that it was given to that nobody needs it any more."""
    notes = _to_hands(session, order, "order_withdrawn", reason=reason)
    inbox.tell(session, ledger_id=order.ledger_id, notes=notes)


def taken_back(session: Session, order: Order, reason: str) -> None:
    """Tell who asked that the desk took it back in their name."""
    notes = _to_asker(order, "order_taken_back", reason=reason)
    inbox.tell(session, ledger_id=order.ledger_id, notes=notes)


def rerouted(session: Session, order: Order, reason: str) -> None:
    """Tell those that it was given to, and who asked, that others will do it.

    Called while it is still theirs; where nobody had it, nobody was promised anything.
    """
    notes = _to_hands(session, order, "order_rerouted", reason=reason)
    if order.team_id is not None or order.handler_id is not None:
        notes += _to_asker(order, "order_moved", reason=reason)
    inbox.tell(session, ledger_id=order.ledger_id, notes=notes)


def escalated(session: Session, orders: Collection[Order]) -> None:
    """Tell those whose orders are overdue, by day (督办)."""
    for order in orders:
        notes = _to_hands(session, order, "order_urged")
        if notes:
            node = tree.get(session, order.node_id)
            waking = quiet.next_waking(session, node=node, at=clock.now())
            inbox.tell(session, ledger_id=order.ledger_id, notes=notes, held_until=waking)


def _to_asker(order: Order, topic: str, **facts: Any) -> list[Note]:
    if order.requester_id is None:
        return []
    return [_note(order, order.requester_id, topic, facts)]


def _to_hands(session: Session, order: Order, topic: str, **facts: Any) -> list[Note]:
    return [_note(order, each, topic, facts) for each in _hands(session, order)]


def _hands(session: Session, order: Order) -> list[UUID]:
    """Return the members who take the steps: the team's leaders, or the one person."""
    if order.team_id is not None:
        leaders = team_members.leaders_of(session, ledger_id=order.ledger_id, team_id=order.team_id)
        return [each.id for each in leaders]
    if order.handler_id is None:
        return []
    own = members.find_id(session, ledger_id=order.ledger_id, person_id=order.handler_id)
    return [own] if own else []


def _note(order: Order, member_id: UUID, topic: str, facts: dict[str, Any]) -> Note:
    return Note(
        member_id,
        topic,
        {"title": order.title, **facts},
        natural_key=f"{topic}:{order.id}:{order.version}:{member_id}",
    )
