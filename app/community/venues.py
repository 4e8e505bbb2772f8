"""Venues (阵地): where activities are held, each below one place."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import serials
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.community import tree
from app.community.models import Node, Venue


def add(
    session: Session, *, node: Node, kind: str, name: str, actor: Actor, address: str | None = None
) -> Venue:
    """Add a venue below a place.

    Raises:
        ValidationFailed: Its kind or name is empty.
    """
    if not kind.strip() or not name.strip():
        raise ValidationFailed("a venue has a kind and a name", field="name")
    venue = Venue(
        id=serials.take(session, ledger_id=serials.HOUSE, name="community_venue"),
        node_id=node.id,
        kind=kind.strip(),
        name=name.strip(),
        address=address,
    )
    session.add(venue)
    session.flush()
    return venue


def get(session: Session, venue_id: int) -> Venue:
    """Return the venue with this id.

    Raises:
        NotFound: There is none.
    """
    venue = session.get(Venue, venue_id)
    if venue is None:
        raise NotFound(f"no venue {venue_id}")
    return venue


def list_in(session: Session, node: Node) -> list[Venue]:
    """Return the venues at or below a place, by name."""
    query = sa.select(Venue).join(Node, Node.id == Venue.node_id)
    return list(session.scalars(query.where(tree.within(Node.path, node)).order_by(Venue.name)))
