"""What certificates a place issued, page by page, found by number (D44)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.people.models import Member
from app.reports.models import Certificate

Rows = sa.Select[*tuple[Any, ...]]


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    number: str = "",
    limit: int = 50,
    offset: int = 0,
) -> list[tuple[Certificate, Member]]:
    """List what was issued at a place and below it, the latest first.

    Args:
        number: Of the certificate or of the volunteer; none lists all.
    """
    query = _within(sa.select(Certificate, Member), ledger_id, node, number)
    query = query.order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    found = session.execute(query.limit(limit).offset(offset))
    return [(made, member) for made, member in found]


def count_in(session: Session, *, ledger_id: int, node: Node, number: str = "") -> int:
    """Return how many `list_in` has in all."""
    query = _within(sa.select(sa.func.count(Certificate.id)), ledger_id, node, number)
    return int(session.scalar(query) or 0)


def _within(
    query: sa.Select[*tuple[Any, ...]], ledger_id: int, node: Node, number: str
) -> sa.Select[*tuple[Any, ...]]:
    query = (
        query.select_from(Certificate)
        .join(
            Member,
            sa.and_(Member.ledger_id == Certificate.ledger_id, Member.id == Certificate.member_id),
        )
        .join(Node, Node.id == Certificate.node_id)
        .where(
            Certificate.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            tree.within(Node.path, node),
        )
    )
    wanted = number.strip().upper()
    if wanted:
        query = query.where(sa.or_(Certificate.number == wanted, Member.volunteer_no == wanted))
    return query
