"""What a till sells now: the shop's goods on sale, or what its stall took along (M4)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.mall import goods, stalls
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Goods, Till


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
    if till.stall_id is None:
        return [_one(each, each.stock_count - each.reserved_count) for each in found]
    there = stalls.goods_of(session, ledger_id=ledger_id, stall_id=till.stall_id)
    left = {each.goods_id: each.left_count for each in there}
    is_there = [each for each in found if each.id in left or each.kind not in COUNTED_KINDS]
    return [_one(each, left.get(each.id, 0)) for each in is_there]


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
