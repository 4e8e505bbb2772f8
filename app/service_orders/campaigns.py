"""Campaigns (载体) such as 5250(我爱我邻): one name for wishes, posts and activities."""

from collections import Counter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.service_orders.models import Campaign, CampaignItem, Post, Wish
from app.service_orders.models_claim import TAGGED
from app.service_orders.wish_listings import FULFILLED

PLACED: dict[str, type[Any]] = {"wish": Wish, "post": Post}
"""What of a campaign is this room's own, and so has its place at hand."""


def make(session: Session, *, ledger_id: int, code: str, name: str) -> Campaign:
    """Begin a campaign; again changes nothing.

    Raises:
        ValidationFailed: It has no name.
    """
    if not name.strip() or not code.strip():
        raise ValidationFailed("a campaign has a name", field="name")
    row = {
        "ledger_id": ledger_id,
        "code": code.strip(),
        "name": name.strip(),
        "made_at": clock.now(),
    }
    session.execute(insert_or_ignore(session, Campaign).values(row))
    return get(session, ledger_id=ledger_id, code=code.strip())


def tag(session: Session, *, ledger_id: int, code: str, kind: str, subject_id: UUID) -> None:
    """Count a wish, a post or an activity under a campaign; again changes nothing.

    Raises:
        NotFound: No such campaign.
        ValidationFailed: Nothing of this kind belongs to a campaign.
    """
    if kind not in TAGGED:
        raise ValidationFailed("not a thing of a campaign", field="kind")
    get(session, ledger_id=ledger_id, code=code)
    row = {
        "ledger_id": ledger_id,
        "campaign_code": code,
        "kind": kind,
        "subject_id": subject_id,
    }
    session.execute(insert_or_ignore(session, CampaignItem).values(row))


def untag(session: Session, *, ledger_id: int, code: str, kind: str, subject_id: UUID) -> None:
    """Count a thing under a campaign no longer; again changes nothing."""
    session.execute(
        sa.delete(CampaignItem).where(
            CampaignItem.ledger_id == ledger_id,
            CampaignItem.campaign_code == code,
            CampaignItem.kind == kind,
            CampaignItem.subject_id == subject_id,
        )
    )


def of_subject(session: Session, *, ledger_id: int, kind: str, subject_id: UUID) -> list[Campaign]:
    """List the campaigns that a thing is counted under, by name."""
    query = (
        sa.select(Campaign)
        .join(
            CampaignItem,
            sa.and_(
                CampaignItem.ledger_id == Campaign.ledger_id,
                CampaignItem.campaign_code == Campaign.code,
            ),
        )
        .where(
            Campaign.ledger_id == ledger_id,
            CampaignItem.kind == kind,
            CampaignItem.subject_id == subject_id,
        )
    )
    return list(session.scalars(query.order_by(Campaign.name)))


def subject_ids(session: Session, *, ledger_id: int, code: str, kind: str) -> set[UUID]:
    """Return the ids of what is counted under a campaign, of one kind."""
    query = sa.select(CampaignItem.subject_id).where(
        CampaignItem.ledger_id == ledger_id,
        CampaignItem.campaign_code == code,
        CampaignItem.kind == kind,
    )
    return set(session.scalars(query))


def counts_in(session: Session, *, ledger_id: int, code: str, node: Node) -> Counter[str]:
    """Count a campaign's wishes and posts at a place and below; wishes fulfilled besides (T7).

    An activity's place is known to its own room: the door counts those of `subject_ids`.
    """
    found = Counter[str]()
    for kind, model in PLACED.items():
        query = (
            sa.select(model.state, sa.func.count())
            .join(
                CampaignItem,
                sa.and_(
                    CampaignItem.ledger_id == model.ledger_id,
                    CampaignItem.subject_id == model.id,
                ),
            )
            .where(
                CampaignItem.ledger_id == ledger_id,
                CampaignItem.campaign_code == code,
                CampaignItem.kind == kind,
                tree.within(model.node_path, node),
            )
            .group_by(model.state)
        )
        for state, count in session.execute(query):
            found[kind] += count
            if kind == "wish" and state in FULFILLED:
                found["fulfilled"] += count
    return found


def counts(session: Session, *, ledger_id: int, code: str) -> Counter[str]:
    """Count what belongs to a campaign, by kind.

    Raises:
        NotFound: No such campaign.
    """
    get(session, ledger_id=ledger_id, code=code)
    query = (
        sa.select(CampaignItem.kind, sa.func.count())
        .where(CampaignItem.ledger_id == ledger_id, CampaignItem.campaign_code == code)
        .group_by(CampaignItem.kind)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})


def get(session: Session, *, ledger_id: int, code: str) -> Campaign:
    """Return a campaign.

    Raises:
        NotFound: The book has none of this code.
    """
    found = session.get(Campaign, (ledger_id, code))
    if found is None:
        raise NotFound("no such campaign")
    return found


def list_of(session: Session, *, ledger_id: int) -> list[Campaign]:
    """List a book's campaigns by name."""
    query = sa.select(Campaign).where(Campaign.ledger_id == ledger_id).order_by(Campaign.name)
    return list(session.scalars(query))
