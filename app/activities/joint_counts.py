"""How many activities units hold together with a place (联合单位), counted at once."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.models import Activity, Organiser
from app.activities.states import HELD
from app.community import tree
from app.community.models import Node


def count_by_unit(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    unit_ids: Collection[int],
) -> dict[int, int]:
    """Count the activities held in a subtree with each co-organising unit (C9, T17)."""
    query = (
        sa.select(Organiser.unit_id, sa.func.count(sa.distinct(Activity.id)))
        .join(
            Activity,
            sa.and_(
                Activity.ledger_id == Organiser.ledger_id, Activity.id == Organiser.activity_id
            ),
        )
        .join(Node, Node.id == Activity.node_id)
        .where(
            Organiser.ledger_id == ledger_id,
            Activity.ledger_id == ledger_id,
            Organiser.unit_id.in_(unit_ids),
            Activity.state.in_(HELD),
            tree.within(Node.path, node),
        )
        .group_by(Organiser.unit_id)
    )
    return dict.fromkeys(unit_ids, 0) | {row[0]: int(row[1]) for row in session.execute(query)}
