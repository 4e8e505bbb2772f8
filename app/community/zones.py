"""Zones (商圈, 片区): a place of the tree that others of several parents join (O18, C20).

What is done at a zone counts for the places above it by the tree, once; what is done at
its members counts where they stand. The zone's own sum takes every part once.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node, ZoneMember

KIND = "area"
"""片区 and 商圈: the kind of place that may be a zone."""


def add(session: Session, *, zone: Node, node: Node, actor: Actor) -> None:
    """Take a place into a zone; one that is in it already stays as it is.

    Raises:
        ValidationFailed: It is no zone, or the place is one, holds the zone or lies in it.
    """
    if zone.kind_code != KIND:
        raise ValidationFailed("no zone", field="zone", reason="kind")
    if node.kind_code == KIND or tree.contains(node, zone) or tree.contains(zone, node):
        raise ValidationFailed("not a place to take in", field="node_code", reason="place")
    session.execute(
        insert_or_ignore(session, ZoneMember).values(
            zone_id=zone.id, node_id=node.id, added_by_id=actor.person_id, added_at=clock.now()
        )
    )


def remove(session: Session, *, zone: Node, node: Node) -> None:
    """Take a place out of a zone again.

    Raises:
        NotFound: It is not in it.
    """
    gone = sa.delete(ZoneMember).where(ZoneMember.zone_id == zone.id, ZoneMember.node_id == node.id)
    if session.execute(gone.returning(ZoneMember.node_id)).first() is None:
        raise NotFound("not in this zone")


def members_of(session: Session, zone: Node) -> list[Node]:
    """List the places that joined a zone, by code."""
    query = (
        sa.select(Node)
        .join(ZoneMember, ZoneMember.node_id == Node.id)
        .where(ZoneMember.zone_id == zone.id)
    )
    return list(session.scalars(query.order_by(Node.code)))


def parts_of(session: Session, zone: Node) -> list[Node]:
    """Return the zone and its members without those that lie in another: nothing twice."""
    every = sorted([zone, *members_of(session, zone)], key=lambda node: node.path)
    parts: list[Node] = []
    for node in every:
        if not any(tree.contains(part, node) for part in parts):
            parts.append(node)
    return parts


def within_any(path_column: Any, nodes: Collection[Node]) -> sa.ColumnElement[bool]:
    """Condition: the place of this path column is one of the nodes or stands below one."""
    return sa.or_(*(tree.within(path_column, node) for node in nodes))
