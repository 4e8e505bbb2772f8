"""The four lists (四张清单): rows entered, moved on, linked, and seen from each other (T4).

A need is met by a resource, a project or a post; whatever is linked, over however many
steps, is seen from every row of it. A row without an end day has none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed, VersionStale
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import tree, units
from app.community.models import Node
from app.ledger import books
from app.people import audit
from app.service_orders.errors import RegisterStateConflict
from app.service_orders.models import RegisterEntry, RegisterLink
from app.service_orders.models_register import LISTS

TITLE_MAX, TEXT_MAX = 64, 500
MOVES = {
    "open": ("matched", "done", "withdrawn"),
    "matched": ("open", "done", "withdrawn"),
    "done": ("matched",),
    "withdrawn": ("open",),
}
"""From which state a row may go to which."""
LETTERS = dict(zip(LISTS, "NPRO", strict=True))
HOPS_MAX = 8


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """What is entered into a list: whose it is, until when."""

    list_code: str
    title: str
    text: str = ""
    unit_id: int | None = None
    due_on: date | None = None


def enter(
    session: Session, *, ledger_id: int, node: Node, new: NewEntry, actor: Actor
) -> RegisterEntry:
    """Enter a row into one of the four lists of a community.

    Raises:
        ValidationFailed: No such list, no title, or an end day that has passed.
        NotFound: No such unit.
    """
    _require_sense(new)
    if new.unit_id is not None:
        units.get(session, new.unit_id)
    entry = RegisterEntry(
        ledger_id=ledger_id,
        id=new_id(),
        number=_number(session, ledger_id, new.list_code),
        list_code=new.list_code,
        title=new.title.strip(),
        text=new.text.strip(),
        unit_id=new.unit_id,
        node_id=node.id,
        node_path=node.path,
        state="open",
        due_on=new.due_on,
        made_by_id=actor.person_id,
        made_at=clock.now(),
        version=1,
    )
    session.add(entry)
    session.flush()
    _note(session, entry, "register_entered", actor)
    return entry


def move(
    session: Session, *, ledger_id: int, entry_id: UUID, state: str, version: int, actor: Actor
) -> RegisterEntry:
    """Move a row on: matched, done, withdrawn, or back.

    Raises:
        NotFound: No such row.
        VersionStale: Somebody moved it since it was read.
        RegisterStateConflict: It cannot go there from where it is; fact `state`.
    """
    entry = get(session, ledger_id=ledger_id, entry_id=entry_id, is_locked=True)
    if entry.version != version:
        raise VersionStale
    if state not in MOVES[entry.state]:
        raise RegisterStateConflict(state=entry.state)
    entry.state = state
    entry.version += 1
    session.flush()
    _note(session, entry, "register_moved", actor)
    return entry


def link(
    session: Session, *, ledger_id: int, entry_id: UUID, other_id: UUID, actor: Actor
) -> RegisterEntry:
    """Link two rows of different lists; open ones are matched by it. The same again is one.

    Raises:
        NotFound: No such row.
        ValidationFailed: Both are of one list.
        RegisterStateConflict: One of them is done or withdrawn.
    """
    one_id, two_id = sorted((entry_id, other_id), key=lambda each: each.bytes)
    pair = [get(session, ledger_id=ledger_id, entry_id=each, is_locked=True)
            for each in (one_id, two_id)]  # fmt: skip
    if pair[0].list_code == pair[1].list_code:
        raise ValidationFailed("rows of one list are not linked", field="other_number")
    for each in pair:
        if each.state not in ("open", "matched"):
            raise RegisterStateConflict(state=each.state)
    insert = insert_or_ignore(session, RegisterLink).values(
        ledger_id=ledger_id,
        one_id=one_id,
        other_id=two_id,
        linked_by_id=actor.person_id,
        linked_at=clock.now(),
    )
    if session.execute(insert.returning(RegisterLink.one_id)).first() is not None:
        for each in pair:
            if each.state == "open":
                each.state = "matched"
                each.version += 1
        session.flush()
        _note(session, pair[0], "register_linked", actor, other=pair[1].number)
    return next(each for each in pair if each.id == entry_id)


def get(
    session: Session, *, ledger_id: int, entry_id: UUID, is_locked: bool = False
) -> RegisterEntry:
    """Return a row.

    Raises:
        NotFound: The book has none of this id.
    """
    query = sa.select(RegisterEntry).where(
        RegisterEntry.ledger_id == ledger_id, RegisterEntry.id == entry_id
    )
    if is_locked:
        query = query.with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such row")
    return found


def by_number(session: Session, *, ledger_id: int, number: str) -> RegisterEntry:
    """Return the row of a number that people read.

    Raises:
        NotFound: There is none.
    """
    query = sa.select(RegisterEntry).where(
        RegisterEntry.ledger_id == ledger_id, RegisterEntry.number == number.strip()
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("no such row")
    return found


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    list_code: str,
    state: str | None = None,
    limit: int | None = 50,
    offset: int = 0,
) -> list[RegisterEntry]:
    """List the rows of one list at a place and below it: what ends first, first."""
    query = sa.select(RegisterEntry).where(
        RegisterEntry.ledger_id == ledger_id,
        RegisterEntry.list_code == list_code,
        tree.within(RegisterEntry.node_path, node),
    )
    if state is not None:
        query = query.where(RegisterEntry.state == state)
    ordered = query.order_by(
        RegisterEntry.due_on.is_(None), RegisterEntry.due_on, RegisterEntry.number
    )
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def count_in(session: Session, *, ledger_id: int, node: Node) -> dict[str, int]:
    """Count the rows of each list at a place and below it; withdrawn ones do not count."""
    query = (
        sa.select(RegisterEntry.list_code, sa.func.count())
        .where(
            RegisterEntry.ledger_id == ledger_id,
            RegisterEntry.state != "withdrawn",
            tree.within(RegisterEntry.node_path, node),
        )
        .group_by(RegisterEntry.list_code)
    )
    counted = {row[0]: row[1] for row in session.execute(query)}
    return {name: counted.get(name, 0) for name in LISTS}


def linked_to(session: Session, *, ledger_id: int, entry_id: UUID) -> list[RegisterEntry]:
    """List every other row that a row is linked to, over however many steps, list by list."""
    seen, frontier = {entry_id}, {entry_id}
    for _hop in range(HOPS_MAX):
        pairs = _pairs(session, ledger_id, frontier)
        frontier = {each for pair in pairs for each in pair} - seen
        if not frontier:
            break
        seen |= frontier
    return _many(session, ledger_id, seen - {entry_id})


def links_of(
    session: Session, *, ledger_id: int, entry_ids: Collection[UUID]
) -> dict[UUID, list[RegisterEntry]]:
    """Return for many rows those right beside them; three statements."""
    pairs = _pairs(session, ledger_id, entry_ids)
    rows = {
        each.id: each for each in _many(session, ledger_id, {one for pair in pairs for one in pair})
    }
    found: dict[UUID, list[RegisterEntry]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(rows[other])
        found.setdefault(other, []).append(rows[one])
    return found


def _pairs(
    session: Session, ledger_id: int, entry_ids: Collection[UUID]
) -> Sequence[tuple[UUID, UUID]]:
    query = sa.select(RegisterLink.one_id, RegisterLink.other_id).where(
        RegisterLink.ledger_id == ledger_id,
        sa.or_(RegisterLink.one_id.in_(entry_ids), RegisterLink.other_id.in_(entry_ids)),
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _many(session: Session, ledger_id: int, ids: Collection[UUID]) -> list[RegisterEntry]:
    query = sa.select(RegisterEntry).where(
        RegisterEntry.ledger_id == ledger_id, RegisterEntry.id.in_(ids)
    )
    found = session.scalars(query)
    return sorted(found, key=lambda each: (LISTS.index(each.list_code), each.number))


def _number(session: Session, ledger_id: int, list_code: str) -> str:
    letter = LETTERS[list_code]
    serial = serials.take(session, ledger_id=ledger_id, name=f"register:{list_code}")
    return f"{books.get(session, ledger_id).code}-{letter}{serial:05d}"


def _require_sense(new: NewEntry) -> None:
    if new.list_code not in LISTS:
        raise ValidationFailed("no such list", field="list_code")
    if not 1 <= len(new.title.strip()) <= TITLE_MAX:
        raise ValidationFailed("say in a few words what it is", field="title")
    if len(new.text) > TEXT_MAX:
        raise ValidationFailed("too long", field="text")
    if new.due_on is not None and new.due_on < clock.today():
        raise ValidationFailed("this day has passed", field="due_on")


def _note(session: Session, entry: RegisterEntry, action: str, actor: Actor, **facts: str) -> None:
    audit.write(
        session,
        ledger_id=entry.ledger_id,
        actor=actor,
        action=action,
        subject_kind="register_entry",
        subject_id=entry.id,
        number=entry.number,
        state=entry.state,
        **facts,
    )
