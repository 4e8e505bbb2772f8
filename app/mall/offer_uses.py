"""Uses of offers: each a row that posts nothing, counted by month (M1, L9, D35).

The offer is held while a use is written, so two clerks never pass a member's limit
together. A merchant's monthly list is taken in at once (`offer_lists`).
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound
from app.community import tree
from app.community.models import Node
from app.mall import merchants, offers, spending
from app.mall.errors import OfferNeedsPoints, ShopClosed
from app.mall.models import Merchant, Offer, OfferUse
from app.risk import limits
from app.risk.errors import LimitExceeded

RULE = "mall.offer"


def use(
    session: Session,
    *,
    ledger_id: int,
    offer_id: UUID,
    member_id: UUID,
    door: str,
    actor: Actor,
    merchant_id: UUID | None = None,
) -> OfferUse:
    """Use an offer once, today. Nothing is posted (L9).

    Args:
        door: `code`: the member's one-time code was scanned; `own`: they scanned the merchant's.
        merchant_id: Whose offer it must be, where the door names a merchant.

    Raises:
        NotFound: No such offer or member, or the offer is another merchant's.
        OfferNeedsPoints: It costs points; a voucher is bought for it instead.
        ShopClosed, AgreementOver: The merchant is not listed, or no more agreed (M3).
        MemberNotActive, AccountFrozen: The member may not spend.
        SecondPersonRequired: A clerk would record a use of their own household (D37).
        OfferNotOpen, OfferNotForYou: As `offers.require_for`.
        LimitExceeded: The member's month is used up (D35); facts `used`, `maximum`.
    """
    offer = _free_of_points(session, ledger_id, offer_id, merchant_id)
    member = spending.require_spender(session, ledger_id=ledger_id, member_id=member_id)
    if door == "code":
        spending.require_not_own(session, member=member, actor=actor)
    offers.require_for(session, offer=offer, member=member)
    today = clock.today()
    period = limits.monthly(today)
    used = used_count(session, offer=offer, member_id=member_id, period=period)
    if used >= offer.person_period_max:
        raise LimitExceeded(rule_code=RULE, used=used, maximum=offer.person_period_max)
    made = OfferUse(
        ledger_id=ledger_id,
        offer_id=offer_id,
        member_id=member_id,
        used_on=today,
        ordinal=_next_ordinal(session, offer, member_id, today),
        period=period,
        door=door,
        recorded_by_id=actor.person_id,
        recorded_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def require_listed(session: Session, offer: Offer) -> Merchant:
    """Return the merchant of an offer, which must be on the list.

    Raises:
        ShopClosed: It is not: not yet, for now, or no more (M3).
        AgreementOver: The last day of its agreement has passed.
    """
    merchant = merchants.get(session, ledger_id=offer.ledger_id, merchant_id=offer.merchant_id)
    if merchant.state != "listed":
        raise ShopClosed(merchant_state=merchant.state)
    if refusal := merchants.agreement_over(merchant.agreed_until_on):
        raise refusal
    return merchant


def used_count(session: Session, *, offer: Offer, member_id: UUID, period: str) -> int:
    """Return how often a member used an offer in a month."""
    query = sa.select(sa.func.count()).where(
        OfferUse.ledger_id == offer.ledger_id,
        OfferUse.offer_id == offer.id,
        OfferUse.member_id == member_id,
        OfferUse.period == period,
    )
    return int(session.scalar(query) or 0)


def used_counts(
    session: Session, *, ledger_id: int, member_id: UUID, period: str
) -> dict[UUID, int]:
    """Return how often a member used each offer in a month."""
    query = (
        sa.select(OfferUse.offer_id, sa.func.count())
        .where(
            OfferUse.ledger_id == ledger_id,
            OfferUse.member_id == member_id,
            OfferUse.period == period,
        )
        .group_by(OfferUse.offer_id)
    )
    return {offer_id: int(count) for offer_id, count in session.execute(query)}


def by_month(session: Session, *, ledger_id: int, node: Node) -> dict[str, int]:
    """Count the uses (人次) of a place's merchants by month, the first month first (M1)."""
    query = (
        sa.select(OfferUse.period, sa.func.count())
        .join(Offer, sa.and_(Offer.ledger_id == OfferUse.ledger_id, Offer.id == OfferUse.offer_id))
        .join(
            Merchant,
            sa.and_(Merchant.ledger_id == Offer.ledger_id, Merchant.id == Offer.merchant_id),
        )
        .join(Node, Node.id == Merchant.node_id)
        .where(
            OfferUse.ledger_id == ledger_id,
            Offer.ledger_id == ledger_id,
            Merchant.ledger_id == ledger_id,
            tree.within(Node.path, node),
        )
        .group_by(OfferUse.period)
        .order_by(OfferUse.period)
    )
    return {period: int(count) for period, count in session.execute(query)}


def by_offer(
    session: Session, *, ledger_id: int, offer_ids: Collection[UUID], period: str | None = None
) -> dict[UUID, int]:
    """Count the uses of offers, in a month or in all."""
    query = (
        sa.select(OfferUse.offer_id, sa.func.count())
        .where(OfferUse.ledger_id == ledger_id, OfferUse.offer_id.in_(offer_ids))
        .group_by(OfferUse.offer_id)
    )
    if period is not None:
        query = query.where(OfferUse.period == period)
    found = {offer_id: int(count) for offer_id, count in session.execute(query)}
    return {offer_id: found.get(offer_id, 0) for offer_id in offer_ids}


def _free_of_points(
    session: Session, ledger_id: int, offer_id: UUID, merchant_id: UUID | None
) -> Offer:
    """Hold an offer of a listed merchant that is used for nothing."""
    offer = offers.hold(session, ledger_id=ledger_id, offer_id=offer_id)
    if merchant_id not in (None, offer.merchant_id):
        raise NotFound("no offer of this merchant")
    if offer.goods_id is not None:
        raise OfferNeedsPoints(goods_id=str(offer.goods_id))
    require_listed(session, offer)
    return offer


def _next_ordinal(session: Session, offer: Offer, member_id: UUID, day: date) -> int:
    query = sa.select(sa.func.coalesce(sa.func.max(OfferUse.ordinal), 0)).where(
        OfferUse.ledger_id == offer.ledger_id,
        OfferUse.offer_id == offer.id,
        OfferUse.member_id == member_id,
        OfferUse.used_on == day,
    )
    return int(session.scalar(query) or 0) + 1
