"""Offers (专属优惠) of merchants to members: no points, a group, a limit, its days (M1, L9)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.errors import DomainError, NotFound, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.mall import goods, merchants, shops
from app.mall.errors import OfferNotForYou, OfferNotOpen, StateConflict
from app.mall.models import Goods, Merchant, Offer, Shop
from app.people import audit, groups
from app.people.models import Member

TITLE_MAX = 64
TERMS_MAX = 200
PERSON_MAX = 1_000


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """What a new offer is.

    Attributes:
        terms: What the member gets, as the merchant says it.
        audience: The group it is meant for; None: everybody.
        person_period_max: At most so many uses per member and month (D35).
        until_on: The last day; None: until it is ended.
        goods_id: It costs the points of this kind of goods, as a voucher; None: nothing.
    """

    title: str
    terms: str
    from_on: date
    until_on: date | None = None
    audience: str | None = None
    person_period_max: int = 2
    goods_id: UUID | None = None


def publish(
    session: Session, *, ledger_id: int, merchant_id: UUID, terms: OfferTerms, actor: Actor
) -> Offer:
    """Publish an offer of a merchant that has signed.

    Raises:
        NotFound: No such merchant, or goods of another's shop.
        ValidationFailed: A text is empty or too long, the days or the limit are unsound, or
            the goods are not of kind `offer`.
        StateConflict: The merchant has not signed, or was closed.
    """
    _require_sound(terms)
    merchant = merchants.get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    if merchant.state not in ("signed", "listed", "suspended"):
        raise StateConflict("the merchant has not signed", state=merchant.state)
    if terms.goods_id is not None:
        _require_own_goods(session, merchant, terms.goods_id)
    serial = serials.take(session, ledger_id=ledger_id, name="offer")
    made = Offer(
        ledger_id=ledger_id,
        id=new_id(),
        number=f"Y{serial:04d}",
        merchant_id=merchant_id,
        title=terms.title.strip(),
        terms=terms.terms.strip(),
        audience=terms.audience,
        person_period_max=terms.person_period_max,
        from_on=terms.from_on,
        until_on=terms.until_on,
        goods_id=terms.goods_id,
        state="open",
        made_by_id=actor.person_id,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    _note(session, made, "offer_published", actor)
    return made


def end(session: Session, *, ledger_id: int, offer_id: UUID, actor: Actor) -> Offer:
    """End an offer; its uses stay readable.

    Raises:
        NotFound: No such offer.
        StateConflict: It was ended before.
    """
    offer = hold(session, ledger_id=ledger_id, offer_id=offer_id)
    if offer.state != "open":
        raise StateConflict("the offer was ended before", state=offer.state)
    offer.state = "ended"
    session.flush()
    _note(session, offer, "offer_ended", actor)
    return offer


def get(session: Session, *, ledger_id: int, offer_id: UUID) -> Offer:
    """Return an offer of this book as it stands now.

    Raises:
        NotFound: There is none of this id.
    """
    return _one(session, _of(ledger_id).where(Offer.id == offer_id))


def hold(session: Session, *, ledger_id: int, offer_id: UUID) -> Offer:
    """Lock an offer and return it: its uses take turns, so that no limit is passed together.

    Raises:
        NotFound: There is none of this id.
    """
    query = _of(ledger_id).where(Offer.id == offer_id)
    return _one(session, query.with_for_update(key_share=True))


def list_of_merchant(
    session: Session, *, ledger_id: int, merchant_id: UUID, open_only: bool = False
) -> list[Offer]:
    """List a merchant's offers by number; only those that may be used today if asked."""
    query = _of(ledger_id).where(Offer.merchant_id == merchant_id).order_by(Offer.number)
    found = list(session.scalars(query))
    return [one for one in found if is_open(one)] if open_only else found


def list_within(
    session: Session, *, ledger_id: int, node: Node, open_only: bool = False
) -> list[tuple[Offer, Merchant]]:
    """List the offers of the merchants of a place and below it, by merchant and number."""
    query = (
        sa.select(Offer, Merchant)
        .join(
            Merchant,
            sa.and_(Merchant.ledger_id == Offer.ledger_id, Merchant.id == Offer.merchant_id),
        )
        .join(Node, Node.id == Merchant.node_id)
        .where(
            Offer.ledger_id == ledger_id,
            Merchant.ledger_id == ledger_id,
            tree.within(Node.path, node),
        )
        .order_by(Merchant.name, Offer.number)
    )
    if open_only:
        query = query.where(merchants.trading())
    rows = [(offer, merchant) for offer, merchant in session.execute(query)]
    return [pair for pair in rows if is_open(pair[0])] if open_only else rows


def of_goods(
    session: Session, *, ledger_id: int, goods_ids: Collection[UUID]
) -> dict[UUID, list[Offer]]:
    """List the offers that cost the points of these goods, open or not, by goods that have any."""
    if not goods_ids:
        return {}
    query = _of(ledger_id).where(Offer.goods_id.in_(goods_ids)).order_by(Offer.number)
    found: dict[UUID, list[Offer]] = {}
    for one in session.scalars(query):
        if one.goods_id is not None:
            found.setdefault(one.goods_id, []).append(one)
    return found


def payable(session: Session, *, ledger_id: int, merchant_id: UUID) -> list[Goods]:
    """List the goods that an offer of a merchant may cost, on sale in its shops, by name."""
    query = (
        sa.select(Goods)
        .join(Shop, sa.and_(Shop.ledger_id == Goods.ledger_id, Shop.id == Goods.shop_id))
        .where(
            Goods.ledger_id == ledger_id,
            Shop.ledger_id == ledger_id,
            Shop.merchant_id == merchant_id,
            Goods.kind == "offer",
            Goods.is_on_sale,
        )
        .order_by(Goods.name, Goods.id)
    )
    return list(session.scalars(query))


def is_open(offer: Offer, on: date | None = None) -> bool:
    """Whether an offer stands on a day, today unless told."""
    day = on or clock.today()
    return offer.state == "open" and offer.from_on <= day <= (offer.until_on or day)


def refusal_for(offer: Offer, own_groups: Collection[str]) -> DomainError | None:
    """Return why an offer is not for a member of these groups; None if it is."""
    if not is_open(offer):
        return OfferNotOpen(state=offer.state)
    if offer.audience is not None and offer.audience not in own_groups:
        return OfferNotForYou(audience=offer.audience)
    return None


def require_for(session: Session, *, offer: Offer, member: Member) -> None:
    """Refuse an offer to who is not of the group it is meant for.

    Raises:
        OfferNotOpen: It was ended, or today is none of its days.
        OfferNotForYou: It is meant for another group; fact `audience`.
    """
    named = groups.of_many(session, ledger_id=offer.ledger_id, member_ids=[member.id])
    refusal = refusal_for(offer, named[member.id])
    if refusal is not None:
        raise refusal


def _of(ledger_id: int) -> sa.Select[Offer]:
    query = sa.select(Offer).where(Offer.ledger_id == ledger_id)
    return query.execution_options(populate_existing=True)


def _one(session: Session, query: sa.Select[Offer]) -> Offer:
    found = session.scalars(query).first()
    if found is None:
        raise NotFound("no such offer")
    return found


def _require_sound(terms: OfferTerms) -> None:
    for name, most in (("title", TITLE_MAX), ("terms", TERMS_MAX)):
        if not 0 < len(getattr(terms, name).strip()) <= most:
            raise ValidationFailed(f"{name} is empty or too long", field=name)
    if terms.audience is not None:
        groups.require_known(terms.audience)
    if terms.until_on is not None and terms.until_on < terms.from_on:
        raise ValidationFailed("the last day lies before the first", field="until_on")
    if not 1 <= terms.person_period_max <= PERSON_MAX:
        raise ValidationFailed("the limit is out of range", field="person_period_max")


def _require_own_goods(session: Session, merchant: Merchant, goods_id: UUID) -> None:
    """Refuse goods of a shop that is not the merchant's, or of a kind that no offer costs."""
    one = goods.get(session, ledger_id=merchant.ledger_id, goods_id=goods_id)
    shop = shops.get(session, ledger_id=merchant.ledger_id, shop_id=one.shop_id)
    if shop.merchant_id != merchant.id:
        raise NotFound("goods of another merchant's shop")
    if one.kind != "offer":
        raise ValidationFailed("an offer costs goods of kind offer", field="goods_id")


def _note(session: Session, offer: Offer, action: str, actor: Actor) -> None:
    audit.write(
        session,
        ledger_id=offer.ledger_id,
        actor=actor,
        action=action,
        subject_kind="merchant",
        subject_id=offer.merchant_id,
        number=offer.number,
    )
