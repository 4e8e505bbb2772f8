"""Day end: what a till sold, and the shelf by the book against the shelf by the count (A14)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.mall import stalls
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Goods, Redemption, RedemptionLine, StockMovement, Till


@dataclass(frozen=True, slots=True)
class ShelfLine:
    """One kind of goods at day end. `counted_count` is None where nobody counted."""

    goods_id: UUID
    number: str
    name: str
    sold_count: int
    expected_count: int
    counted_count: int | None
    barcode: str | None = None

    @property
    def difference_count(self) -> int:
        """Pieces too many (positive) or missing (negative) by the count."""
        return 0 if self.counted_count is None else self.counted_count - self.expected_count


@dataclass(frozen=True, slots=True)
class DayEnd:
    """The day-end list of a till; fixed once the till is closed.

    Attributes:
        redemption_count: Done redemptions, without what was taken back.
        difference_count: Sum of the counted differences; the lines say where.
    """

    till_id: UUID
    shop_id: UUID
    opened_at: datetime
    closed_at: datetime | None
    redemption_count: int
    total_points: int
    difference_count: int | None
    shelf: tuple[ShelfLine, ...]


def read(session: Session, *, ledger_id: int, till_id: UUID) -> DayEnd:
    """Return the list of a till: so far while it is open, final once it is closed.

    Raises:
        NotFound: No such till.
    """
    query = sa.select(Till).where(Till.ledger_id == ledger_id, Till.id == till_id)
    till = session.scalars(query.execution_options(populate_existing=True)).first()
    if till is None:
        raise NotFound("no such till")
    redemption_count, total_points = till.redemption_count, till.total_points
    if redemption_count is None or total_points is None:
        redemption_count, total_points = totals(session, till)
    return DayEnd(
        till_id=till.id,
        shop_id=till.shop_id,
        opened_at=till.opened_at,
        closed_at=till.closed_at,
        redemption_count=redemption_count,
        total_points=total_points,
        difference_count=till.difference_count,
        shelf=tuple(_shelf(session, till)),
    )


def totals(session: Session, till: Till) -> tuple[int, int]:
    """Return how many redemptions of the till stand, and their points."""
    query = sa.select(
        sa.func.count(), sa.func.coalesce(sa.func.sum(Redemption.total_points), 0)
    ).where(
        Redemption.ledger_id == till.ledger_id,
        Redemption.till_id == till.id,
        Redemption.state == "done",
    )
    redemption_count, total_points = session.execute(query).one()
    return int(redemption_count), int(total_points)


def require_of_shop(session: Session, till: Till, goods_ids: Collection[UUID]) -> None:
    """Refuse to count goods of another shop at this till, or anything at a stall's.

    Raises:
        ValidationFailed: Some goods do not belong to the till's shop, or it is at a stall.
    """
    if till.stall_id is not None:
        raise ValidationFailed("a stall is counted when it is closed", field="counted")
    query = sa.select(sa.func.count()).where(
        Goods.ledger_id == till.ledger_id,
        Goods.id.in_(goods_ids),
        Goods.shop_id == till.shop_id,
    )
    if session.scalar(query) != len(goods_ids):
        raise ValidationFailed("count only goods of this shop", field="counted")


def _shelf(session: Session, till: Till) -> list[ShelfLine]:
    """Every shelf of the shop: sold on this till, expected, and the last count during it."""
    sold = _sold(session, till)
    if till.stall_id is not None:
        return _at_stall(session, till, till.stall_id, sold)
    counts = {one.goods_id: one for one in _counts(session, till)}
    query = (
        sa.select(
            Goods.id,
            Goods.number,
            Goods.name,
            Goods.barcode,
            (Goods.stock_count - Goods.reserved_count).label("on_shelf_count"),
        )
        .where(
            Goods.ledger_id == till.ledger_id,
            Goods.shop_id == till.shop_id,
            Goods.kind.in_(COUNTED_KINDS),
        )
        .order_by(Goods.number)
    )
    lines = []
    for one in session.execute(query):
        last = counts.get(one.id)
        counted = None if last is None else last.stock_after - last.reserved_after
        expected = one.on_shelf_count
        if last is not None and counted is not None:
            expected = counted - last.change_count
        sold_count = sold.get(one.id, 0)
        lines.append(
            ShelfLine(one.id, one.number, one.name, sold_count, expected, counted, one.barcode)
        )
    return lines


def _at_stall(
    session: Session, till: Till, stall_id: UUID, sold: dict[UUID, int]
) -> list[ShelfLine]:
    """What the till's stall took along and has left; counted when the stall was closed."""
    found = stalls.goods_of(session, ledger_id=till.ledger_id, stall_id=stall_id)
    return [
        ShelfLine(
            one.goods_id,
            one.number,
            one.name,
            sold.get(one.goods_id, 0),
            one.left_count,
            one.counted_count,
            one.barcode,
        )
        for one in found
    ]


def _sold(session: Session, till: Till) -> dict[UUID, int]:
    query = (
        sa.select(RedemptionLine.goods_id, sa.func.sum(RedemptionLine.quantity_count))
        .join(
            Redemption,
            sa.and_(
                Redemption.ledger_id == RedemptionLine.ledger_id,
                Redemption.id == RedemptionLine.redemption_id,
            ),
        )
        .where(
            RedemptionLine.ledger_id == till.ledger_id,
            Redemption.ledger_id == till.ledger_id,
            Redemption.till_id == till.id,
            Redemption.state == "done",
        )
        .group_by(RedemptionLine.goods_id)
    )
    return {goods_id: int(count) for goods_id, count in session.execute(query)}


def _counts(session: Session, till: Till) -> list[StockMovement]:
    """The counts of the shelf made while the till was open, oldest first."""
    query = (
        sa.select(StockMovement)
        .join(
            Goods,
            sa.and_(
                Goods.ledger_id == StockMovement.ledger_id,
                Goods.id == StockMovement.goods_id,
            ),
        )
        .where(
            StockMovement.ledger_id == till.ledger_id,
            Goods.ledger_id == till.ledger_id,
            Goods.shop_id == till.shop_id,
            StockMovement.kind == "count",
            StockMovement.stall_id.is_(None),
            StockMovement.moved_at >= till.opened_at,
            StockMovement.moved_at <= (till.closed_at or clock.now()),
        )
        .order_by(StockMovement.goods_id, StockMovement.seq)
    )
    return list(session.scalars(query))
