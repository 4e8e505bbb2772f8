"""What a till sells now: the shop's goods on sale, or what its stall took along (M4).

Not among them: places of a class, and what only offers sell that are not open today (M1, M6).
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.mall import goods, offers, stalls
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Goods, Till
from app.mall.sale_rules import OFFERED


@dataclass(frozen=True, slots=True)
class ForSale:
    """Goods at a till. `available_count`: pieces that may be taken; None where none are counted."""

    id: UUID
    number: str
    barcode: str | None
    name: str
    kind: str
    price_points: int
    person_period_max: int | None
    available_count: int | None


def at_till(session: Session, *, ledger_id: int, till: Till) -> list[ForSale]:
    """List what may be redeemed at a till, by number."""
    found = goods.list_of_shop(
        session, ledger_id=ledger_id, shop_id=till.shop_id, on_sale_only=True
    )
    found = _at_tills(session, ledger_id, found)
    if till.stall_id is None:
        return [_one(each, each.stock_count - each.reserved_count) for each in found]
    there = stalls.goods_of(session, ledger_id=ledger_id, stall_id=till.stall_id)
    left = {each.goods_id: each.left_count for each in there}
    is_there = [each for each in found if each.id in left or each.kind not in COUNTED_KINDS]
    return [_one(each, left.get(each.id, 0)) for each in is_there]


def _at_tills(session: Session, ledger_id: int, found: list[Goods]) -> list[Goods]:
    """Leave out what no till would sell to anybody today."""
    asked = [each.id for each in found if each.kind == OFFERED]
    under = offers.of_goods(session, ledger_id=ledger_id, goods_ids=asked)
    shut = {goods_id for goods_id, some in under.items() if not any(map(offers.is_open, some))}
    return [each for each in found if each.starts_at is None and each.id not in shut]


def _one(one: Goods, available_count: int) -> ForSale:
    return ForSale(
        one.id,
        one.number,
        one.barcode,
        one.name,
        one.kind,
        one.price_points,
        one.person_period_max,
        available_count if one.kind in COUNTED_KINDS else None,
    )
