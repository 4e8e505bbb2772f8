"""Units (共建单位): organisations that work with a community, told apart by kind."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import serials
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_or_ignore
from app.community import terms, tree
from app.community.models import Node, Unit
from app.community.node_rows import path_ids

INSTITUTION, NEW_ORGANISATION = "企事业单位", "“两新”组织"
"""Kinds of units that agree with a place, counted apart (7 + 3, T20)."""


def add(
    session: Session,
    *,
    node: Node,
    kind: str,
    name: str,
    actor: Actor,
    partner_class: str | None = None,
) -> Unit:
    """Add a unit below a place, or return the one of this name that is there already.

    Raises:
        ValidationFailed: Its kind or name is empty, or the class is none of the place's.
    """
    if not kind.strip() or not name.strip():
        raise ValidationFailed("a unit has a kind and a name", field="name")
    if partner_class is not None:
        terms.require_offered(session, node, terms.PARTNER_CLASS, partner_class)
    unit_id = serials.take(session, ledger_id=serials.HOUSE, name="community_unit")
    insert = insert_or_ignore(session, Unit).values(
        id=unit_id,
        node_id=node.id,
        kind=kind.strip(),
        name=name.strip(),
        partner_class=partner_class,
    )
    session.execute(insert)
    query = sa.select(Unit).where(Unit.node_id == node.id, Unit.name == name.strip())
    return session.scalars(query).one()


def get(session: Session, unit_id: int) -> Unit:
    """Return the unit with this id.

    Raises:
        NotFound: There is none.
    """
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(f"no unit {unit_id}")
    return unit


def get_many(session: Session, unit_ids: Iterable[int]) -> dict[int, Unit]:
    """Return units by id in one statement; unknown ids are left out."""
    query = sa.select(Unit).where(Unit.id.in_(set(unit_ids)))
    return {unit.id: unit for unit in session.scalars(query)}


def list_in(session: Session, node: Node) -> list[Unit]:
    """Return the units at or below a place, by name."""
    query = sa.select(Unit).join(Node, Node.id == Unit.node_id)
    return list(session.scalars(query.where(tree.within(Node.path, node)).order_by(Unit.name)))


def list_near(session: Session, node: Node) -> list[Unit]:
    """Return the units at or below a place and at every place above it, by name.

    A bureau of the city sends its people to where they live: each community may name it (T1).
    """
    query = sa.select(Unit).join(Node, Node.id == Unit.node_id)
    is_near = sa.or_(tree.within(Node.path, node), Node.id.in_(path_ids(node.path)))
    return list(session.scalars(query.where(is_near).order_by(Unit.name, Unit.id)))


def is_near(session: Session, unit: Unit, node: Node) -> bool:
    """Whether a unit is at or below a place, or at one above it."""
    home = tree.get(session, unit.node_id)
    return tree.contains(node, home) or tree.contains(home, node)
