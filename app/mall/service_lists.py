"""What members buy as vouchers: services, classes and paid offers, the nearest place first (L8).

Only what may be sold today: open shops of merchants within their agreement, classes to
come, and goods of offers that are open. One statement, whatever the number of shops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community import tree
from app.community.models import Node
from app.mall import merchants, offers, sale_rules
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Goods, Merchant, Offer, Shop
from app.mall.vouchers import KINDS
from app.people import groups


@dataclass(frozen=True, slots=True)
class Service:
    """A service at a shop.

    Attributes:
        left_count: Places or pieces that are left; None where nothing is counted.
        why_not: The code of why its offers are not for the member; empty if it may be bought.
        audience: For whom its offers are, where that is why not.
    """

    goods: Goods
    shop: Shop
    left_count: int | None
    why_not: str = ""
    audience: str | None = None


def near(
    session: Session, *, ledger_id: int, around: Sequence[Node], limit: int, offset: int = 0
) -> list[tuple[Goods, Shop]]:
    """List what is sold within a programme, nearest first, then classes by their time.

    Args:
        around: The places from the programme's down to the member's own.
    """
    nearest = sa.case(
        *((tree.within(Node.path, node), rank) for rank, node in enumerate(reversed(around))),
        else_=len(around),
    )
    query = (
        sa.select(Goods, Shop)
        .join(Shop, sa.and_(Shop.ledger_id == Goods.ledger_id, Shop.id == Goods.shop_id))
        .join(
            Merchant,
            sa.and_(Merchant.ledger_id == Shop.ledger_id, Merchant.id == Shop.merchant_id),
        )
        .join(Node, Node.id == Shop.node_id)
        .where(
            Goods.ledger_id == ledger_id,
            Shop.ledger_id == ledger_id,
            Merchant.ledger_id == ledger_id,
            Goods.kind.in_(KINDS),
            Goods.is_on_sale,
            Shop.state == "open",
            merchants.trading(),
            sa.or_(Goods.starts_at.is_(None), Goods.starts_at > clock.now()),
            _is_offered(ledger_id),
        )
        .order_by(nearest, Goods.starts_at.is_(None), Goods.starts_at, Goods.name, Goods.id)
    )
    rows = session.execute(query.limit(limit).offset(offset))
    return [(goods, shop) for goods, shop in rows]


def for_member(
    session: Session, *, ledger_id: int, member_id: UUID, found: Sequence[tuple[Goods, Shop]]
) -> list[Service]:
    """Say of each what is left, and whether its offers are for the member (M1)."""
    asked = [each.id for each, _shop in found if each.kind == sale_rules.OFFERED]
    under = offers.of_goods(session, ledger_id=ledger_id, goods_ids=asked)
    own: frozenset[str] = frozenset()
    if under:
        named: Any = {"ledger_id": ledger_id, "member_ids": [member_id]}
        own = groups.of_many(session, **named)[member_id]
    made = []
    for each, shop in found:
        left = each.stock_count - each.reserved_count if each.kind in COUNTED_KINDS else None
        refusal = sale_rules.refusal_of(under.get(each.id, []), own)
        audience = refusal.facts.get("audience") if refusal else None
        made.append(Service(each, shop, left, refusal.code if refusal else "", audience))
    return made


def _is_offered(ledger_id: int) -> sa.ColumnElement[bool]:
    """No offer sells these goods, or one that is open today does."""
    today = clock.today()
    of_goods = sa.and_(Offer.ledger_id == ledger_id, Offer.goods_id == Goods.id)
    is_open = sa.and_(
        Offer.state == "open",
        Offer.from_on <= today,
        sa.or_(Offer.until_on.is_(None), Offer.until_on >= today),
    )
    some = sa.exists().where(of_goods).correlate(Goods)
    one_open = sa.exists().where(of_goods, is_open).correlate(Goods)
    return sa.or_(Goods.kind != sale_rules.OFFERED, ~some, one_open)
