"""Campaigns (载体) such as 5250(我爱我邻): one name for wishes, posts and activities."""

from collections import Counter
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_or_ignore
from app.service_orders.models import Campaign, CampaignItem
from app.service_orders.models_claim import TAGGED


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
