"""The four lists read: a list of a place, its counts, and all that is linked to a row (T4).

Whatever is linked, over however many steps, is seen from every row of it.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.service_orders.models import RegisterEntry, RegisterLink
from app.service_orders.models_register import LISTS

HOPS_MAX = 8


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
