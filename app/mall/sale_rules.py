"""What a sale asks beside shelf, limits and points: the offer, and the class's own way (M1, M6).

Goods of kind `offer` that belong to offers are sold only under one that is open today and
meant for the member; its limit counts. A class is booked, and never handed out at a till.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.mall import offers
from app.mall.errors import ClassNotAtTill, OfferNotOpen
from app.mall.models import Offer
from app.mall.shelf import OnShelf
from app.people import groups

OFFERED = "offer"
"""The kind of goods that an offer may cost."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """Goods with the limit under which they are sold, and what stands against some of them."""

    goods: dict[UUID, OnShelf]
    refusals: dict[UUID, DomainError]

    def require(self) -> dict[UUID, OnShelf]:
        """Return the goods, or raise the first refusal."""
        for refusal in self.refusals.values():
            raise refusal
        return self.goods


def at_till(
    session: Session, *, ledger_id: int, member_id: UUID, goods: Mapping[UUID, OnShelf]
) -> Ruled:
    """Judge goods before a till: their offers (M1), and that places are not sold there (M6)."""
    ruled = for_member(session, ledger_id=ledger_id, member_id=member_id, goods=goods)
    for one in goods.values():
        if one.starts_at is not None:
            ruled.refusals[one.id] = ClassNotAtTill(starts_at=one.starts_at.isoformat())
    return ruled


def for_member(
    session: Session, *, ledger_id: int, member_id: UUID, goods: Mapping[UUID, OnShelf]
) -> Ruled:
    """Judge goods by their offers; no statement where none is of kind `offer` (M1, D35)."""
    ruled = Ruled(dict(goods), {})
    asked = [one.id for one in goods.values() if one.kind == OFFERED]
    for goods_id, some in offers.of_goods(session, ledger_id=ledger_id, goods_ids=asked).items():
        named = groups.of_many(session, ledger_id=ledger_id, member_ids=[member_id])
        refusal = refusal_of(some, named[member_id])
        if refusal is None:
            fitting = [one for one in some if offers.refusal_for(one, named[member_id]) is None]
            ruled.goods[goods_id] = _limited(goods[goods_id], fitting)
        else:
            ruled.refusals[goods_id] = refusal
    return ruled


def refusal_of(some: Sequence[Offer], own_groups: Collection[str]) -> DomainError | None:
    """Return why goods of these offers are not sold to a member; None if one fits, or none is.

    It says for whom they are, rather than that another offer is over.
    """
    said = [offers.refusal_for(each, own_groups) for each in some]
    refused = [each for each in said if each is not None]
    if len(refused) < len(said) or not said:
        return None
    return min(refused, key=lambda each: isinstance(each, OfferNotOpen))


def _limited(one: OnShelf, fitting: list[Offer]) -> OnShelf:
    """Return goods under the widest of the offers that fit; never wider than their own limit."""
    most = max(each.person_period_max for each in fitting)
    return replace(one, person_period_max=min(most, one.person_period_max or most))
