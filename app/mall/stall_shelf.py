"""The goods at a stall: pieces of the shop's stock that are not on its shelf (M4).

They stay in the goods' `stock_count` and count as `reserved_count`, so the shop cannot sell
them; `left_count` says which stall has them. Locks: stall, then goods by id.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.mall import shelf
from app.mall.models import Stall, StallGoods
from app.mall.shelf import GOODS, SEEN, OnShelf

AT_STALL = cast(sa.Table, StallGoods.__table__)


@dataclass(frozen=True, slots=True)
class AtStall:
    """One kind of goods at a stall: taken along, left by the book, brought back by the count."""

    goods_id: UUID
    number: str
    name: str
    taken_count: int
    left_count: int
    counted_count: int | None
    reason: str | None
    barcode: str | None

    @property
    def sold_count(self) -> int:
        """Pieces that were redeemed there and not taken back."""
        return self.taken_count - self.left_count

    @property
    def difference_count(self) -> int:
        """Pieces too many (positive) or missing (negative) by the count."""
        return 0 if self.counted_count is None else self.counted_count - self.left_count


def hold(session: Session, *, ledger_id: int, stall_id: UUID) -> Stall | None:
    """Lock a stall and return it as it stands now."""
    query = sa.select(Stall).where(Stall.ledger_id == ledger_id, Stall.id == stall_id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalars(query).first()


def seen(
    session: Session,
    *,
    ledger_id: int,
    stall_id: UUID,
    goods_ids: Mapping[UUID, Any],
    for_update: bool = False,
) -> dict[UUID, OnShelf]:
    """Read goods as the stall has them: what it does not have, is none there."""
    found = shelf.seen(session, ledger_id=ledger_id, goods_ids=goods_ids, for_update=for_update)
    left = _left_of(session, ledger_id, stall_id, found)
    return {
        goods_id: replace(one, stock_count=left.get(goods_id, 0), reserved_count=0)
        for goods_id, one in found.items()
    }


def sell(
    session: Session, *, ledger_id: int, shop_id: UUID, stall_id: UUID, wanted: Mapping[UUID, int]
) -> dict[UUID, OnShelf]:
    """Hand out goods at a stall; raises as `shelf.sell`, by what the stall has.

    Returned are the goods as the shop's book has them after it, for their movements.
    """
    there = seen(session, ledger_id=ledger_id, stall_id=stall_id, goods_ids=wanted, for_update=True)
    for refusal in shelf.refusals(there, wanted=wanted, shop_id=shop_id):
        raise refusal
    changes = {one: -count for one, count in wanted.items() if there[one].is_counted}
    if not changes:
        return there
    moved = shift(session, ledger_id=ledger_id, stock=changes, reserved=changes)
    change_left(session, ledger_id=ledger_id, stall_id=stall_id, changes=changes)
    return {**there, **moved}


def put_back(
    session: Session, *, ledger_id: int, stall_id: UUID | None, changes: Mapping[UUID, int]
) -> dict[UUID, OnShelf]:
    """Put goods of a sale taken back where they were taken: the shelf, or a stall still open."""
    stall = hold(session, ledger_id=ledger_id, stall_id=stall_id) if stall_id else None
    if stall_id is None or stall is None or stall.state != "open":
        return shelf.move(session, ledger_id=ledger_id, changes=changes)
    shelf.seen(session, ledger_id=ledger_id, goods_ids=changes, for_update=True)
    moved = shift(session, ledger_id=ledger_id, stock=changes, reserved=changes)
    change_left(session, ledger_id=ledger_id, stall_id=stall_id, changes=changes)
    return moved


def shift(
    session: Session,
    *,
    ledger_id: int,
    stock: Mapping[UUID, int],
    reserved: Mapping[UUID, int],
) -> dict[UUID, OnShelf]:
    """Change stock and set-aside pieces of goods that the caller has locked and judged.

    Goods named in `stock` get the number of one more movement, which the caller writes.
    """
    statement = (
        sa.update(GOODS)
        .where(GOODS.c.ledger_id == ledger_id, GOODS.c.id.in_({*stock, *reserved}))
        .values(
            stock_count=GOODS.c.stock_count + _by_goods(GOODS.c.id, stock),
            reserved_count=GOODS.c.reserved_count + _by_goods(GOODS.c.id, reserved),
            movement_count=GOODS.c.movement_count + _by_goods(GOODS.c.id, dict.fromkeys(stock, 1)),
        )
        .returning(*SEEN)
    )
    return {row.id: OnShelf(*row) for row in session.connection().execute(statement)}


def change_left(
    session: Session, *, ledger_id: int, stall_id: UUID, changes: Mapping[UUID, int]
) -> None:
    """Change what a stall has left; the goods are locked."""
    statement = (
        sa.update(AT_STALL)
        .where(
            AT_STALL.c.ledger_id == ledger_id,
            AT_STALL.c.stall_id == stall_id,
            AT_STALL.c.goods_id.in_(changes),
        )
        .values(left_count=AT_STALL.c.left_count + _by_goods(AT_STALL.c.goods_id, changes))
        .returning(AT_STALL.c.goods_id)
    )
    rows = session.connection().execute(statement).all()
    assert len(rows) == len(changes), "goods that were never taken to the stall"


def _left_of(
    session: Session, ledger_id: int, stall_id: UUID, goods_ids: Collection[UUID]
) -> dict[UUID, int]:
    query = sa.select(AT_STALL.c.goods_id, AT_STALL.c.left_count).where(
        AT_STALL.c.ledger_id == ledger_id,
        AT_STALL.c.stall_id == stall_id,
        AT_STALL.c.goods_id.in_(goods_ids),
    )
    return {row.goods_id: row.left_count for row in session.connection().execute(query)}


def _by_goods(column: Any, changes: Mapping[UUID, int]) -> Any:
    """What to add to each row, by its goods (searched CASE, decision 0002)."""
    if not changes:
        return sa.literal(0)
    whens = [(column == goods_id, sa.literal(count)) for goods_id, count in changes.items()]
    return sa.case(*whens, else_=0)
