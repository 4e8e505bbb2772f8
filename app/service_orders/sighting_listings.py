"""Lists of sightings (随手拍): of a place for its desk, of a member for themselves (T26)."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.service_orders.models import Sighting


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Sighting]:
    """List the reports of a place and below it: the oldest that waits first, then the latest."""
    query = sa.select(Sighting).where(
        Sighting.ledger_id == ledger_id, tree.within(Sighting.node_path, node)
    )
    if state is not None:
        query = query.where(Sighting.state == state)
    is_decided = Sighting.state != "waiting"
    ordered = query.order_by(
        is_decided,
        sa.case((is_decided, None), else_=Sighting.seen_at),
        Sighting.decided_at.desc(),
        Sighting.id,
    )
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def count_waiting(session: Session, *, ledger_id: int, node: Node) -> int:
    """Count the reports of a place and below it that nobody decided yet."""
    query = sa.select(sa.func.count()).where(
        Sighting.ledger_id == ledger_id,
        Sighting.state == "waiting",
        tree.within(Sighting.node_path, node),
    )
    return session.scalar(query) or 0


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Sighting]:
    """List what a member reported, latest first."""
    query = (
        sa.select(Sighting)
        .where(Sighting.ledger_id == ledger_id, Sighting.member_id == member_id)
        .order_by(Sighting.seen_at.desc(), Sighting.id.desc())
    )
    return list(session.scalars(query.limit(limit).offset(offset)))
