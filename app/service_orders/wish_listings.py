"""Lists of wishes: to claim near home, one's own, an activity's; and how many were fulfilled."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import grids, tree
from app.community.models import Node
from app.service_orders.models import CampaignItem, Wish
from app.service_orders.models_claim import WAITING_WISHES

FULFILLED = ("fulfilled", "rated")
"""States of a wish that came true; a rating comes after."""


def near(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    but_of: UUID,
    limit: int = 50,
    offset: int = 0,
) -> list[Wish]:
    """List the wishes that wait around a home, its own grid's first; none of one's own."""
    around = grids.neighbourhood(session, node)
    nearness = sa.case((tree.within(Wish.node_path, node), 0), else_=1)
    query = sa.select(Wish).where(
        Wish.ledger_id == ledger_id,
        tree.within(Wish.node_path, around),
        Wish.state == "open",
        Wish.wisher_id != but_of,
    )
    ordered = query.order_by(nearness, Wish.made_at, Wish.id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def of_wisher(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Wish]:
    """List the wishes of a member, latest first."""
    return _of(session, ledger_id, Wish.wisher_id == member_id, limit, offset)


def of_claimer(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Wish]:
    """List the wishes that a member claimed, latest first."""
    return _of(session, ledger_id, Wish.claimer_id == member_id, limit, offset)


def of_activity(session: Session, *, ledger_id: int, activity_id: UUID) -> list[Wish]:
    """List the wishes that an activity is to fulfil, or fulfilled, oldest first (C16)."""
    query = sa.select(Wish).where(Wish.ledger_id == ledger_id, Wish.activity_id == activity_id)
    return list(session.scalars(query.order_by(Wish.made_at, Wish.id)))


def to_link(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    but_of: Collection[UUID] = (),
    limit: int = 200,
) -> list[Wish]:
    """List the wishes of a subtree that an activity could fulfil: open or claimed, of none yet.

    Args:
        but_of: Members whose wishes whoever asks cannot take on: their own circle (A11).
    """
    query = sa.select(Wish).where(
        Wish.ledger_id == ledger_id,
        tree.within(Wish.node_path, node),
        Wish.state.in_(WAITING_WISHES),
        Wish.activity_id.is_(None),
        Wish.wisher_id.not_in(but_of),
    )
    return list(session.scalars(query.order_by(Wish.made_at, Wish.id).limit(limit)))


def promised(session: Session, *, ledger_id: int, node: Node, limit: int = 200) -> list[Wish]:
    """List the wishes of a subtree that an activity took on and that did not come true yet."""
    query = sa.select(Wish).where(
        Wish.ledger_id == ledger_id,
        tree.within(Wish.node_path, node),
        Wish.state.in_(WAITING_WISHES),
        Wish.activity_id.is_not(None),
    )
    return list(session.scalars(query.order_by(Wish.made_at, Wish.id).limit(limit)))


def search(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    states: Collection[str] = (),
    campaign_code: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Wish]:
    """List the wishes of a subtree, latest first; of some states, or of a campaign (T7)."""
    query = sa.select(Wish).where(Wish.ledger_id == ledger_id, tree.within(Wish.node_path, node))
    if states:
        query = query.where(Wish.state.in_(states))
    if campaign_code is not None:
        tagged = sa.select(CampaignItem.subject_id).where(
            CampaignItem.ledger_id == ledger_id,
            CampaignItem.campaign_code == campaign_code,
            CampaignItem.kind == "wish",
        )
        query = query.where(Wish.id.in_(tagged))
    ordered = query.order_by(Wish.made_at.desc(), Wish.id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def counts_by_node(session: Session, *, ledger_id: int, node: Node) -> dict[int, Counter[str]]:
    """Count the wishes of a subtree by their own place and by state (C22)."""
    query = (
        sa.select(Wish.node_id, Wish.state, sa.func.count())
        .where(Wish.ledger_id == ledger_id, tree.within(Wish.node_path, node))
        .group_by(Wish.node_id, Wish.state)
    )
    found: dict[int, Counter[str]] = {}
    for row in session.execute(query):
        found.setdefault(row[0], Counter())[row[1]] += row[2]
    return found


def _of(
    session: Session, ledger_id: int, condition: sa.ColumnElement[bool], limit: int, offset: int
) -> list[Wish]:
    query = sa.select(Wish).where(Wish.ledger_id == ledger_id, condition)
    ordered = query.order_by(Wish.made_at.desc(), Wish.id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))
