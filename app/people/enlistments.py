"""Reporting-in (双报到): entered once by external id, linked to the member who joins (T1, T2).

A unit reports in to a community, a person to where they live. The same row again changes
nothing; another unit, home or standing of the same person changes the row; what is not said
stays as it is, another name is refused, and nobody takes over a row of a home that is not in
their charge. No political standing is asked for or kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import tree, units
from app.community.models import Node, Unit
from app.people import audit, enlistment_links, names
from app.people.models import Enlistment, UnitEnlistment
from app.people.models_enlistment import SOURCES, STANDINGS

FIELDS = ("unit_id", "node_id", "standing", "source", "phone_hash")
"""What may change of a row; the day of the first reporting-in stays."""

Takes = Callable[[Session, Node], bool]


@dataclass(frozen=True, slots=True)
class NewEnlistment:
    """Somebody who reports in; `phone_hash` finds them when they join.

    `unsaid` names what was not asked at all, as a column that a file has not: it stays.
    """

    external_id: str
    name: str
    node_id: int
    unit_id: int | None
    standing: str
    source: str
    enlisted_on: date
    phone_hash: bytes | None = None
    unsaid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Enlisted:
    """What became of many: how many are new or changed, and whose row was left as it was.

    `other_names` are known by another name; `elsewhere` live where one is not in charge.
    """

    new: int
    changed: int
    unchanged: int
    other_names: tuple[str, ...]
    elsewhere: tuple[str, ...]


def enlist(
    session: Session, *, ledger_id: int, new: NewEnlistment, takes: Takes, actor: Actor
) -> Enlistment:
    """Enter one person; the same again returns the row, and no phone or unit leaves those of old.

    Args:
        takes: Whether a home is in the operator's charge.

    Raises:
        ValidationFailed: The number is known by another name, or at a home in nobody's charge
            here, or a word is unknown.
    """
    blank = frozenset(name for name in ("phone_hash", "unit_id") if getattr(new, name) is None)
    said = replace(new, unsaid=new.unsaid | blank)
    done = enlist_many(session, ledger_id=ledger_id, people=[said], takes=takes, actor=actor)
    if done.other_names:
        raise ValidationFailed("known by another name", field="external_id", reason="name")
    if done.elsewhere:
        raise ValidationFailed("entered elsewhere", field="external_id", reason="elsewhere")
    query = sa.select(Enlistment).where(
        Enlistment.ledger_id == ledger_id, Enlistment.external_id == new.external_id
    )
    return session.scalars(query.execution_options(populate_existing=True)).one()


def enlist_many(
    session: Session,
    *,
    ledger_id: int,
    people: Sequence[NewEnlistment],
    takes: Takes,
    actor: Actor,
) -> Enlisted:
    """Enter many in a constant number of statements; each external id stands there once.

    Args:
        takes: Whether a home is in the operator's charge: a row moves only from such a one.
            Asked once a home, and only where something would change.

    Raises:
        ValidationFailed: A standing or a source is unknown.
    """
    if any(each.standing not in STANDINGS or each.source not in SOURCES for each in people):
        raise ValidationFailed("unknown standing or source", field="standing")
    known = _known(session, ledger_id, people)
    fresh = [each for each in people if each.external_id not in known]
    rows = [_row(ledger_id, each, actor) for each in fresh]
    if rows:
        session.execute(insert_or_ignore(session, Enlistment.__table__), rows)
    others, news = _news(known, people)
    elsewhere = _change(session, known, news, takes)
    changed = len(news) - len(elsewhere)
    session.flush()
    enlistment_links.link_known(session, ledger_id=ledger_id, people=people)
    _note(session, ledger_id, actor, len(rows), changed)
    unchanged = len(people) - len(rows) - changed - len(others) - len(elsewhere)
    return Enlisted(len(rows), changed, unchanged, tuple(others), tuple(elsewhere))


def enlist_unit(
    session: Session, *, ledger_id: int, unit: Unit, node: Node, actor: Actor
) -> UnitEnlistment:
    """Enter that a unit reported in to a community; the same again is one."""
    insert = insert_or_ignore(session, UnitEnlistment).values(
        ledger_id=ledger_id,
        unit_id=unit.id,
        node_id=node.id,
        enlisted_on=clock.today(),
        entered_by_id=actor.person_id,
    )
    session.execute(insert)
    found = session.get(UnitEnlistment, (ledger_id, unit.id, node.id))
    assert found is not None, "a unit that was just entered"
    return found


def list_units(
    session: Session, *, ledger_id: int, node: Node, limit: int | None = None, offset: int = 0
) -> list[tuple[Unit, Node]]:
    """List the units that reported in to a place or below it, with where, by name."""
    query = (
        sa.select(Unit, Node)
        .join(UnitEnlistment, UnitEnlistment.unit_id == Unit.id)
        .join(Node, Node.id == UnitEnlistment.node_id)
        .where(UnitEnlistment.ledger_id == ledger_id, tree.within(Node.path, node))
        .order_by(Unit.name, Node.path)
    )
    return [(row[0], row[1]) for row in session.execute(query.limit(limit).offset(offset))]


def list_at_home(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Enlistment]:
    """List who reported in to a place and below it (居住地名单), by external id."""
    query = (
        sa.select(Enlistment)
        .join(Node, Node.id == Enlistment.node_id)
        .where(Enlistment.ledger_id == ledger_id, tree.within(Node.path, node))
        .order_by(Enlistment.external_id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def list_of_unit(
    session: Session,
    *,
    ledger_id: int,
    unit: Unit,
    node: Node | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Enlistment]:
    """List a unit's people who reported in (单位名单), by external id.

    Args:
        node: Whose reader asks, if the unit is not their own: only those who live there.

    Raises:
        NotFound: Nobody of the unit lives there, and it is neither above nor below.
    """
    query = sa.select(Enlistment).where(
        Enlistment.ledger_id == ledger_id, Enlistment.unit_id == unit.id
    )
    if node is not None:
        homes = sa.select(Node.id).where(tree.within(Node.path, node))
        query = query.where(Enlistment.node_id.in_(homes))
        is_known = units.is_near(session, unit, node) or session.scalar(sa.select(query.exists()))
        if not is_known:
            raise NotFound("no unit of here")
    ordered = query.order_by(Enlistment.external_id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def count_in(session: Session, *, ledger_id: int, node: Node) -> int:
    """Count who reported in to a place and below it; no members, no team members (T1)."""
    query = (
        sa.select(sa.func.count())
        .select_from(Enlistment)
        .join(Node, Node.id == Enlistment.node_id)
        .where(Enlistment.ledger_id == ledger_id, tree.within(Node.path, node))
    )
    return session.scalar(query) or 0


def tags_in(session: Session, *, ledger_id: int, node: Node) -> dict[tuple[str, str], int]:
    """Count who reported in by standing and source."""
    query = (
        sa.select(Enlistment.standing, Enlistment.source, sa.func.count())
        .join(Node, Node.id == Enlistment.node_id)
        .where(Enlistment.ledger_id == ledger_id, tree.within(Node.path, node))
        .group_by(Enlistment.standing, Enlistment.source)
    )
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def _known(
    session: Session, ledger_id: int, people: Sequence[NewEnlistment]
) -> dict[str, Enlistment]:
    query = sa.select(Enlistment).where(
        Enlistment.ledger_id == ledger_id,
        Enlistment.external_id.in_({each.external_id for each in people}),
    )
    return {each.external_id: each for each in session.scalars(query)}


def _news(
    known: dict[str, Enlistment], people: Sequence[NewEnlistment]
) -> tuple[list[str], dict[str, dict[str, object]]]:
    """Return who is known by another name, and what is said anew of the others, by number."""
    others: list[str] = []
    news: dict[str, dict[str, object]] = {}
    for each in people:
        row = known.get(each.external_id)
        if row is None:
            continue
        if not names.is_same(_name_of(row), each.name):
            others.append(each.external_id)
            continue
        said = {name: getattr(each, name) for name in FIELDS if name not in each.unsaid}
        other = {name: value for name, value in said.items() if getattr(row, name) != value}
        if other:
            news[each.external_id] = other
    return others, news


def _change(
    session: Session,
    known: dict[str, Enlistment],
    news: dict[str, dict[str, object]],
    takes: Takes,
) -> list[str]:
    """Change the rows of which something is said anew; return those not in one's charge."""
    homes = tree.get_many(session, {known[number].node_id for number in news})
    away = {node.id for node in homes.values() if not takes(session, node)}
    elsewhere = [number for number in news if known[number].node_id in away]
    for number in news.keys() - set(elsewhere):
        for name, value in news[number].items():
            setattr(known[number], name, value)
    return elsewhere


def _row(ledger_id: int, new: NewEnlistment, actor: Actor) -> dict[str, object]:
    row_id: UUID = new_id()
    return {
        "ledger_id": ledger_id,
        "id": row_id,
        "external_id": new.external_id,
        **{name: getattr(new, name) for name in FIELDS},
        "name_cipher": crypto.seal(new.name, row_id),
        "name_masked": names.mask(new.name),
        "enlisted_on": new.enlisted_on,
        "member_id": None,
        "entered_by_id": actor.person_id,
        "entered_at": clock.now(),
    }


def _name_of(row: Enlistment) -> str:
    return crypto.unseal(row.name_cipher, row.id) if row.name_cipher else ""


def _note(session: Session, ledger_id: int, actor: Actor, new: int, changed: int) -> None:
    if new or changed:
        audit.write(
            session,
            ledger_id=ledger_id,
            actor=actor,
            action="enlisted",
            subject_kind="enlistment",
            new_count=new,
            changed_count=changed,
        )
