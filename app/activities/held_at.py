"""Which sessions are held at a place: for rooms and doors that know only a session's id."""

from uuid import UUID

import sqlalchemy as sa

from app.activities.models import Activity, ActivitySession
from app.community import tree
from app.community.models import Node


def session_ids(*, ledger_id: int, node: Node) -> sa.Select[UUID]:
    """Return the query of the ids of every session at or below a place."""
    return (
        sa.select(ActivitySession.id)
        .join(
            Activity,
            sa.and_(
                Activity.ledger_id == ActivitySession.ledger_id,
                Activity.id == ActivitySession.activity_id,
            ),
        )
        .join(Node, Node.id == Activity.node_id)
        .where(
            ActivitySession.ledger_id == ledger_id,
            Activity.ledger_id == ledger_id,
            tree.within(Node.path, node),
        )
    )
