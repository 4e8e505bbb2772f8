"""Lists of applications: a member's own, and a place's by where they stand."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.points import application_standing
from app.points.models import Application, Grant
from app.points.models_household import UNSETTLED


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Application]:
    """List a member's applications, latest first."""
    query = (
        sa.select(Application)
        .where(Application.ledger_id == ledger_id, Application.member_id == member_id)
        .order_by(Application.applied_at.desc(), Application.id.desc())
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    states: Collection[str] = ("waiting",),
    limit: int = 50,
    offset: int = 0,
) -> list[Application]:
    """List the applications of a subtree that stand at one of these, oldest first."""
    query = (
        sa.select(Application)
        .join(Node, Node.id == Application.node_id)
        .where(Application.ledger_id == ledger_id, tree.within(Node.path, node))
        .order_by(Application.applied_at, Application.id)
    )
    if set(states) <= set(UNSETTLED):
        query = query.where(Application.state.in_(states))
    else:
        of_it = sa.and_(Grant.ledger_id == ledger_id, Grant.id == Application.grant_id)
        query = query.outerjoin(Grant, of_it).where(application_standing.is_at(states))
    return list(session.scalars(query.limit(limit).offset(offset)))


def count_live(session: Session, *, ledger_id: int, node: Node) -> dict[str, int]:
    """Count a subtree's applications that are not posted yet, by state."""
    query = (
        sa.select(Application.state, sa.func.count())
        .join(Node, Node.id == Application.node_id)
        .where(
            Application.ledger_id == ledger_id,
            Application.state.in_(UNSETTLED),
            tree.within(Node.path, node),
        )
        .group_by(Application.state)
    )
    counted = {row[0]: int(row[1]) for row in session.execute(query)}
    return dict.fromkeys(UNSETTLED, 0) | counted
