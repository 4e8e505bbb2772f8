"""Whose book, whose membership, whose place: asked anew in every request.

Who holds none of the roles is told so (403). To whoever holds one, but elsewhere, a
thing of another place or book is simply not there (404).
"""

from typing import Any, TypedDict
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.base.db import db
from app.base.errors import NotFound, PermissionDenied
from app.base.serials import HOUSE
from app.base.transactions import reading
from app.community import tree
from app.community.models import Node
from app.ledger import books
from app.people import members, roles, team_members
from app.people.models import Member, Team
from app.points import programmes
from app.service_orders import dispatching
from app.web.permissions import STAFF_ROLES
from app.web.session import actor, person, subject_id

READERS = STAFF_ROLES
"""Who may look at the people of a place; an auditor only looks."""

WORKERS = ("staff", "administrator")
"""Who enters and changes."""

DECIDERS = ("staff", "second_approver", "administrator")
"""Who may be the second person."""


class MemberKey(TypedDict):
    """Which member of which book, as the rooms' verbs take it."""

    ledger_id: int
    member_id: UUID


def book_id(code: str) -> int:
    """Return the number of the book that an address names.

    Raises:
        NotFound: There is none, or it is the house's own.
    """
    known = _book_ids.setdefault(db.engine, {})
    if code not in known:
        with reading() as session:
            known[code] = books.by_code(session, code).id
    if known[code] == HOUSE:
        raise NotFound("no such book")
    return known[code]


_book_ids: WeakKeyDictionary[Engine, dict[str, int]] = WeakKeyDictionary()
"""A book keeps its code and number for ever: each process asks once. By database."""


def oneself() -> UUID:
    """Return the person, who must act for themselves here.

    Raises:
        PermissionDenied: They act on behalf of another.
    """
    if actor().on_behalf_id is not None:
        raise PermissionDenied("only the member themselves")
    return person().person_id


def my_member(session: Session, ledger_id: int) -> Member:
    """Return the membership that this request is about: one's own, or the one acted for.

    Raises:
        NotFound: They are no member of this book.
    """
    member = members.find_of_person(session, ledger_id=ledger_id, person_id=subject_id())
    if member is None:
        raise NotFound("not a member of this book")
    return member


def my_key(session: Session, ledger_id: int) -> MemberKey:
    """Return `my_member` as the rooms' verbs take it.

    Raises:
        NotFound: They are no member of this book.
    """
    return {"ledger_id": ledger_id, "member_id": my_member(session, ledger_id).id}


def require_holder(session: Session, names: tuple[str, ...]) -> list[Node]:
    """Return the places where the person holds one of the roles, highest first.

    Raises:
        PermissionDenied: They hold none.
    """
    nodes = roles.nodes_of(session, person_id=person().person_id, roles=names)
    if not nodes:
        raise PermissionDenied
    return nodes


def require_at(session: Session, node: Node, names: tuple[str, ...]) -> Node:
    """Return the place, if the person holds one of the roles at or above it.

    Raises:
        PermissionDenied: They hold none anywhere.
        NotFound: They hold one elsewhere only.
    """
    if not any(tree.contains(held, node) for held in require_holder(session, names)):
        raise NotFound("nothing of yours here")
    return node


def node_at(session: Session, node_id: int, names: tuple[str, ...]) -> Node:
    """Return the place of a thing, if it is in scope; raises as `require_at`."""
    require_holder(session, names)
    return require_at(session, tree.get(session, node_id), names)


def place(session: Session, code: str | None, names: tuple[str, ...]) -> Node:
    """Return the place that a list is asked for: the named one, else the person's highest.

    Raises:
        PermissionDenied, NotFound: As `require_at`.
    """
    held = require_holder(session, names)
    if code is None:
        return held[0]
    return require_at(session, tree.by_code(session, code), names)


def is_of_book(session: Session, ledger_id: int, node: Node) -> bool:
    """Whether the people of a place are in this book."""
    programme = programmes.find_of_node(session, node)
    return programme is not None and programme.ledger_id == ledger_id


def require_book(session: Session, ledger_id: int, node: Node) -> None:
    """Refuse a place whose people are in another book.

    Raises:
        NotFound: It is, or no programme reaches it.
    """
    if not is_of_book(session, ledger_id, node):
        raise NotFound("this place is not of this book")


def member(session: Session, ledger_id: int, member_id: UUID, names: tuple[str, ...]) -> Member:
    """Return a member of a place in scope; raises as `require_at`."""
    require_holder(session, names)
    found = members.get(session, ledger_id=ledger_id, member_id=member_id)
    node_at(session, found.node_id, names)
    return found


def is_at(session: Session, node_id: int, names: tuple[str, ...]) -> bool:
    """Whether the person holds one of the roles at or above a place."""
    node = tree.get(session, node_id)
    return roles.has(session, person_id=person().person_id, roles=names, node=node)


def dispatches(session: Session, ledger_id: int, node_id: int) -> bool:
    """Whether the person gives work out at a place by their duty, and by no office (O8)."""
    if is_at(session, node_id, WORKERS):
        return False
    key: dict[str, Any] = {"ledger_id": ledger_id, "node_id": node_id}
    return dispatching.place_of(session, **key, actor=actor()) is not None


def leads(session: Session, team: Team) -> bool:
    """Whether the person leads the team."""
    return team_members.is_leader(
        session, ledger_id=team.ledger_id, team_id=team.id, person_id=person().person_id
    )
