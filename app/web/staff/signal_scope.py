"""Which signals belong to a place: by the place of whom or what they are about."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import grounds
from app.base.errors import NotFound
from app.community import tree
from app.community.models import Node
from app.people import cards, members
from app.risk import signals
from app.risk.models import Signal

OPEN_MAX = 500


def list_open(session: Session, ledger_id: int, node: Node) -> list[Signal]:
    """List the cases of a subtree that wait for a person, gravest first."""
    found = signals.list_open(session, ledger_id=ledger_id, limit=OPEN_MAX)
    places = {each.id: place_of(session, each) for each in found}
    nodes = tree.get_many(session, {place for place in places.values() if place is not None})
    return [each for each in found if _is_within(node, nodes.get(places[each.id] or 0))]


def place_of(session: Session, signal: Signal) -> int | None:
    """Return the place of a signal's subject; None if the subject is gone or of no place."""
    find = PLACES.get(signal.subject_kind)
    try:
        return find(session, signal.ledger_id, signal.subject_id) if find else None
    except NotFound:
        return None


def _is_within(outer: Node, inner: Node | None) -> bool:
    return inner is not None and tree.contains(outer, inner)


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
