"""What neighbours did for each other: requests to take on, one's own, given and received."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import tree
from app.community.models import Node
from app.service_orders.models import Exchange, Offer


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """A member's two sides: minutes and points given to neighbours, and received from them."""

    given_count: int
    given_minutes: int
    earned_points: int
    received_count: int
    received_minutes: int
    spent_points: int


def list_open(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Exchange]:
    """List the requests that wait for a helper at a place and below it, oldest first."""
    query = sa.select(Exchange).where(
        Exchange.ledger_id == ledger_id,
        tree.within(Exchange.node_path, node),
        Exchange.state == "open",
    )
    ordered = query.order_by(Exchange.asked_at, Exchange.id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def list_asked_of(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Exchange]:
    """List the requests that answer a member's offers and wait for their word, oldest first."""
    query = (
        sa.select(Exchange)
        .join(Offer, sa.and_(Offer.ledger_id == Exchange.ledger_id, Offer.id == Exchange.offer_id))
        .where(
            Exchange.ledger_id == ledger_id,
            Offer.ledger_id == ledger_id,
            Offer.member_id == member_id,
            Exchange.state == "open",
        )
    )
    ordered = query.order_by(Exchange.asked_at, Exchange.id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    states: Collection[str],
    limit: int = 50,
    offset: int = 0,
) -> list[Exchange]:
    """List the exchanges of a place and below it that are in some states, latest first.

    What waits to be confirmed is listed by `list_unconfirmed`, oldest first.
    """
    query = sa.select(Exchange).where(
        Exchange.ledger_id == ledger_id,
        tree.within(Exchange.node_path, node),
        Exchange.state.in_(states),
    )
    ordered = query.order_by(Exchange.asked_at.desc(), Exchange.id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def list_unconfirmed(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Exchange]:
    """List what was taken on at a place and below it and waits to be confirmed, oldest first."""
    query = sa.select(Exchange).where(
        Exchange.ledger_id == ledger_id,
        tree.within(Exchange.node_path, node),
        Exchange.state == "accepted",
    )
    ordered = query.order_by(Exchange.accepted_at, Exchange.id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Exchange]:
    """List what a member asked for or helped with, latest first."""
    query = sa.select(Exchange).where(
        Exchange.ledger_id == ledger_id,
        sa.or_(Exchange.asker_id == member_id, Exchange.helper_id == member_id),
    )
    ordered = query.order_by(Exchange.asked_at.desc(), Exchange.id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def reciprocity(session: Session, *, ledger_id: int, member_id: UUID) -> Reciprocity:
    """Add up what a member gave and received; confirmed help only."""
    sides = []
    for side in (Exchange.helper_id, Exchange.asker_id):
        query = sa.select(Exchange.points, Exchange.starts_at, Exchange.ends_at).where(
            Exchange.ledger_id == ledger_id, side == member_id, Exchange.state == "done"
        )
        rows = list(session.execute(query))
        sides.append((len(rows), sum(_minutes(row) for row in rows), sum(r.points for r in rows)))
    (given, given_minutes, earned), (received, received_minutes, spent) = sides
    return Reciprocity(given, given_minutes, earned, received, received_minutes, spent)


def _minutes(row: Any) -> int:
    return int((row.ends_at - row.starts_at) / timedelta(minutes=1))
