"""Which signals belong to a place: by the place of whom or what they are about."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import grounds, held_at
from app.base.errors import NotFound
from app.community.models import Node
from app.people import cards, members
from app.risk import signals
from app.risk.models import Signal

OPEN_MAX = 500


def list_open(session: Session, ledger_id: int, node: Node) -> list[Signal]:
    """List the cases of a subtree that wait for a person, gravest first."""
    held = {"session": held_at.session_ids(ledger_id=ledger_id, node=node)}
    return signals.list_open(session, ledger_id=ledger_id, node=node, places=held, limit=OPEN_MAX)


def place_of(session: Session, signal: Signal) -> int | None:
    """Return the place of a signal's subject; None if the subject is gone or of no place."""
    find = PLACES.get(signal.subject_kind)
    try:
        return find(session, signal.ledger_id, signal.subject_id) if find else None
    except NotFound:
        return None


def _member(session: Session, ledger_id: int, subject_id: UUID) -> int:
    return members.get(session, ledger_id=ledger_id, member_id=subject_id).node_id


def _card(session: Session, ledger_id: int, subject_id: UUID) -> int:
    card = cards.get(session, ledger_id=ledger_id, card_id=subject_id)
    return _member(session, ledger_id, card.member_id)


def _session(session: Session, ledger_id: int, subject_id: UUID) -> int:
    return grounds.find(session, ledger_id=ledger_id, session_id=subject_id).activity.node_id


def _person(session: Session, ledger_id: int, subject_id: UUID) -> int:
    found = members.find_of_person(session, ledger_id=ledger_id, person_id=subject_id)
    if found is None:
        raise NotFound
    return found.node_id


PLACES: dict[str, Callable[[Any, int, UUID], int]] = {
    "member": _member,
    "card": _card,
    "session": _session,
    "clerk": _person,
    "person": _person,
}
