"""Activities that another subject names by their ids: a project's shifts, a campaign's items."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.listings import VISIBLE
from app.activities.models import Activity
from app.community import tree
from app.community.models import Node


def count_among(
    session: Session, *, ledger_id: int, node: Node, activity_ids: Collection[UUID]
) -> int:
    """Count which of some activities are of a subtree, and were approved."""
    query = (
        sa.select(sa.func.count())
        .select_from(Activity)
        .join(Node, Node.id == Activity.node_id)
        .where(
            Activity.ledger_id == ledger_id,
            Activity.id.in_(activity_ids),
            Activity.state.in_(VISIBLE),
            tree.within(Node.path, node),
        )
    )
    return session.scalars(query).one()


def get_among(
    session: Session, *, ledger_id: int, activity_ids: Collection[UUID]
) -> list[Activity]:
    """Return those of some activities that were approved, latest planned first."""
    query = sa.select(Activity).where(
        Activity.ledger_id == ledger_id,
        Activity.id.in_(activity_ids),
        Activity.state.in_(VISIBLE),
    )
    return list(session.scalars(query.order_by(Activity.planned_at.desc(), Activity.id)))


def list_among(
    session: Session, *, ledger_id: int, node: Node, activity_ids: Collection[UUID]
) -> list[Activity]:
    """Return those of some activities that are of a subtree and were approved, latest first."""
    query = (
        sa.select(Activity)
        .join(Node, Node.id == Activity.node_id)
        .where(
            Activity.ledger_id == ledger_id,
            Activity.id.in_(activity_ids),
            Activity.state.in_(VISIBLE),
            tree.within(Node.path, node),
        )
    )
    return list(session.scalars(query.order_by(Activity.planned_at.desc(), Activity.id)))
