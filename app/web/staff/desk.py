"""The desk: which place it looks at, whose book that is, and what the person may do there.

Every address names a place. Whoever holds an office there, or above it, may sit down;
to staff of another place it is simply not there. Each verb asks again, with the place
of the thing that it touches (`require_at`).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, request
from sqlalchemy.orm import Session

from app.base.errors import NotFound, PermissionDenied
from app.base.transactions import reading
from app.community import tree
from app.community.models import Node
from app.ledger import books
from app.ledger.models import Book
from app.people import inbox, members, roles
from app.people.models import Member
from app.points import programmes
from app.points.errors import NoProgramme
from app.points.models import Programme
from app.web.permissions import STAFF_ROLES
from app.web.session import person

READERS = STAFF_ROLES
"""Who may look at a place; an auditor only looks."""

WORKERS = ("staff", "administrator")
"""Who enters and changes."""

DECIDERS = ("staff", "second_approver", "administrator")
"""Who may be the second person where no points are given."""

MANAGERS = ("administrator",)
AUDITORS = ("auditor",)
PROVERS = ("auditor", "administrator")

LEVELS = {"staff": 2, "administrator": 2, "second_approver": 3}
"""At which level an office decides on points (D17); nobody decides on what they made (A17)."""

BOOKLESS = {"staff.home.start", "staff.nodes.show", "staff.nodes.add_grid"}
"""Pages of a place that no programme reaches."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A place with its book, as one person with an office sees it."""

    node: Node
    programme: Programme | None
    book: Book | None
    offices: frozenset[str]
    sitter: str
    unread_count: int

    @property
    def ledger_id(self) -> int:
        """The number of the place's book.

        Raises:
            NoProgramme: No programme reaches this place.
        """
        if self.book is None:
            raise NoProgramme(node=self.node.code)
        return self.book.id

    @property
    def has_points(self) -> bool:
        """Whether points and the mall are shown here (P2)."""
        return self.book is not None and self.book.has_points

    @property
    def level(self) -> int:
        """The level at which this person decides on points here; 0 for none."""
        return max((LEVELS.get(office, 0) for office in self.offices), default=0)

    def may(self, names: tuple[str, ...]) -> bool:
        """Whether the person holds one of these offices here."""
        return not self.offices.isdisjoint(names)


def take_place(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Keep the place of the address, so that no view has to carry it."""
    g.place = (values or {}).pop("place", None)


def put_place(_endpoint: str, values: dict[str, Any]) -> None:
    """Write the place into every address of this desk."""
    if g.get("place"):
        values.setdefault("place", g.place)


def sit_down() -> None:
    """Open the desk of the place, before its page.

    Raises:
        PermissionDenied: The person holds no office anywhere.
        NotFound: They hold none here.
        NoProgramme: No programme reaches the place, and the page is about one.
    """
    if not g.get("place"):
        return
    with reading() as session:
        held = [each for each in roles.list_of(session, person_id=me()) if each.role in STAFF_ROLES]
        if not held:
            raise PermissionDenied
        node = tree.by_code(session, g.place)
        above = tree.ancestors(session, node)
        at = {each.id for each in above}
        offices = frozenset(each.role for each in held if each.node_id in at)
        if not offices:
            raise NotFound("no office here")
        programme = programmes.find_of_node(session, node)
        book = books.get(session, programme.ledger_id) if programme else None
        g.desk = Desk(node, programme, book, offices, *_sitter(session, book))
    if book is None and request.endpoint not in BOOKLESS:
        raise NoProgramme(node=node.code)


def _sitter(session: Session, book: Book | None) -> tuple[str, int]:
    """Return the name of who sits here, and how many lines they have not read."""
    own = members.find_of_person(session, ledger_id=book.id, person_id=me()) if book else None
    if own is None:
        return "", 0
    unread = inbox.unread_count(session, ledger_id=own.ledger_id, member_id=own.id)
    return members.full_name(own), unread


def here() -> Desk:
    """Return the desk of this request."""
    desk: Desk = g.desk
    return desk


def me() -> UUID:
    """Return the person at the desk."""
    return person().person_id


def ledger_id() -> int:
    """Return the number of this desk's book."""
    return here().ledger_id


def require(*names: str) -> None:
    """Refuse a page to whoever holds none of these offices here.

    Raises:
        PermissionDenied: They do not.
    """
    if not here().may(names):
        raise PermissionDenied


def require_at(session: Session, node_id: int, names: tuple[str, ...]) -> Node:
    """Return the place of a thing, asked anew in the verb's own transaction.

    Raises:
        NotFound: The person holds no office there.
        PermissionDenied: They hold one, but none of these.
    """
    node = tree.get(session, node_id)
    if roles.has(session, person_id=me(), roles=names, node=node):
        return node
    if roles.has(session, person_id=me(), roles=STAFF_ROLES, node=node):
        raise PermissionDenied
    raise NotFound("of another place")


def require_here(session: Session, names: tuple[str, ...]) -> Node:
    """Return this desk's place, asked anew; raises as `require_at`."""
    return require_at(session, here().node.id, names)


def require_programme(session: Session, names: tuple[str, ...]) -> Programme:
    """Return the book's programme, for those who hold the office where it hangs.

    Raises:
        NotFound, PermissionDenied: As `require_at`.
    """
    programme = programmes.of_ledger(session, ledger_id())
    require_at(session, programme.node_id, names)
    return programme


def member(session: Session, member_id: UUID, names: tuple[str, ...] = READERS) -> Member:
    """Return a member of a place in scope; raises as `require_at`."""
    found = members.get(session, ledger_id=ledger_id(), member_id=member_id)
    require_at(session, found.node_id, names)
    return found


def level_at(session: Session, node_ids: set[int]) -> int:
    """Return the level at which the person decides on points of all these places.

    Raises:
        NotFound: One of them is out of scope.
        PermissionDenied: At one of them they decide on no points.
    """
    levels = []
    for node_id in node_ids:
        node = require_at(session, node_id, tuple(LEVELS))
        levels.append(
            max(
                level
                for office, level in LEVELS.items()
                if roles.has(session, person_id=me(), roles=office, node=node)
            )
        )
    return min(levels, default=0)
