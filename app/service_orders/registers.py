"""The four lists (四张清单): rows entered, changed, moved on, linked and taken apart (T4).

A need is met by a resource, a project or a post. A row without an end day has none.
"""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed, VersionStale
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import units
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
LIVE = ("open", "matched")
LETTERS = dict(zip(LISTS, "NPRO", strict=True))


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """What is entered into a list: whose it is, until when."""

    list_code: str
    title: str
    text: str = ""
    unit_id: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a row says from now on; its list and its place stay."""

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


def change(
    session: Session,
    *,
    ledger_id: int,
    entry_id: UUID,
    to: Change,
    version: int,
    actor: Actor,
) -> RegisterEntry:
    """Say otherwise what a row is, whose, until when; the trail keeps what it said before.

    Raises:
        NotFound: No such row or unit.
        VersionStale: Somebody changed it since it was read.
        RegisterStateConflict: It is done or withdrawn; fact `state`.
        ValidationFailed: No title, or a new end day that has passed.
    """
    entry = get(session, ledger_id=ledger_id, entry_id=entry_id, is_locked=True)
    if entry.version != version:
        raise VersionStale
    if entry.state not in LIVE:
        raise RegisterStateConflict(state=entry.state)
    told = {**asdict(to), "title": to.title.strip(), "text": to.text.strip()}
    before = {name: getattr(entry, name) for name in told if getattr(entry, name) != told[name]}
    _require_words(to.title, to.text)
    if "due_on" in before:
        _require_to_come(to.due_on)
    if to.unit_id is not None:
        units.get(session, to.unit_id)
    if not before:
        return entry
    for name in before:
        setattr(entry, name, told[name])
    entry.version += 1
    session.flush()
    facts = {f"{name}_before": str(value or "") for name, value in before.items()}
    _note(session, entry, "register_changed", actor, **facts)
    return entry


def unlink(
    session: Session, *, ledger_id: int, entry_id: UUID, other_id: UUID, actor: Actor
) -> RegisterEntry:
    """Take two linked rows apart; a matched one that is linked to nothing more is open again.

    Raises:
        NotFound: No such row, or the two are not linked.
    """
    one_id, two_id = sorted((entry_id, other_id), key=lambda each: each.bytes)
    pair = [get(session, ledger_id=ledger_id, entry_id=each, is_locked=True)
            for each in (one_id, two_id)]  # fmt: skip
    gone = sa.delete(RegisterLink).where(
        RegisterLink.ledger_id == ledger_id,
        RegisterLink.one_id == one_id,
        RegisterLink.other_id == two_id,
    )
    if session.execute(gone.returning(RegisterLink.one_id)).first() is None:
        raise NotFound("these two are not linked")
    for each in pair:
        if each.state == "matched" and not _is_linked(session, each):
            each.state = "open"
            each.version += 1
    session.flush()
    _note(session, pair[0], "register_unlinked", actor, other=pair[1].number)
    return next(each for each in pair if each.id == entry_id)


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
        if each.state not in LIVE:
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


def _number(session: Session, ledger_id: int, list_code: str) -> str:
    letter = LETTERS[list_code]
    serial = serials.take(session, ledger_id=ledger_id, name=f"register:{list_code}")
    return f"{books.get(session, ledger_id).code}-{letter}{serial:05d}"


def _is_linked(session: Session, entry: RegisterEntry) -> bool:
    query = sa.select(RegisterLink.one_id).where(
        RegisterLink.ledger_id == entry.ledger_id,
        sa.or_(RegisterLink.one_id == entry.id, RegisterLink.other_id == entry.id),
    )
    return session.execute(query.limit(1)).first() is not None


def _require_sense(new: NewEntry) -> None:
    if new.list_code not in LISTS:
        raise ValidationFailed("no such list", field="list_code")
    _require_words(new.title, new.text)
    _require_to_come(new.due_on)


def _require_words(title: str, text: str) -> None:
    if not 1 <= len(title.strip()) <= TITLE_MAX:
        raise ValidationFailed("say in a few words what it is", field="title")
    if len(text) > TEXT_MAX:
        raise ValidationFailed("too long", field="text")


def _require_to_come(due_on: date | None) -> None:
    if due_on is not None and due_on < clock.today():
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
