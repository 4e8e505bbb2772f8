"""Lists of calls between field and desk: of a place, of a worker; the unanswered first (T13)."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.service_orders.models import FieldCall


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    only_unanswered: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> list[FieldCall]:
    """List the calls of a place and below it: the unanswered longest waiting first, else latest."""
    query = sa.select(FieldCall).where(*_within(ledger_id, node))
    if only_unanswered:
        query = query.where(FieldCall.answered_at.is_(None))
        query = query.order_by(FieldCall.sent_at, FieldCall.id)
    else:
        query = query.order_by(FieldCall.sent_at.desc(), FieldCall.id.desc())
    return list(session.scalars(query.limit(limit).offset(offset)))


def unanswered_count(session: Session, *, ledger_id: int, node: Node) -> int:
    """Count what waits for an answer at a place and below it (未回应), both ways."""
    query = sa.select(sa.func.count()).where(
        *_within(ledger_id, node), FieldCall.answered_at.is_(None)
    )
    return session.scalar(query) or 0


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[FieldCall]:
    """List the calls of and to a member, those that wait first, then latest first."""
    query = (
        sa.select(FieldCall)
        .where(FieldCall.ledger_id == ledger_id, FieldCall.member_id == member_id)
        .order_by(FieldCall.answered_at.is_not(None), FieldCall.sent_at.desc())
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def _within(ledger_id: int, node: Node) -> Sequence[sa.ColumnElement[bool]]:
    return (FieldCall.ledger_id == ledger_id, tree.within(FieldCall.node_path, node))
