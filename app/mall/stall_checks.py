"""The stalls' part of the daily proof: what is set aside is with a stall, or for a member."""

from typing import Any

import sqlalchemy as sa

from app.mall.models import Goods, Redemption, RedemptionLine, Reservation, Stall, StallGoods, Till


def findings(ledger_id: int) -> dict[str, sa.Select[Any]]:
    """What could be wrong, each with the statement that names the goods concerned."""
    return {
        "set aside differs from stalls": _set_aside_differs(ledger_id),
        "stall differs from its sales": _sales_differ(ledger_id),
    }


def _set_aside_differs(ledger_id: int) -> sa.Select[Any]:
    """Goods whose reserved pieces are not what open stalls have left and members reserved."""
    kept = (
        sa.select(Reservation.goods_id, sa.func.sum(Reservation.quantity_count).label("pieces"))
        .where(Reservation.ledger_id == ledger_id, Reservation.state == "held")
        .group_by(Reservation.goods_id)
        .subquery("kept")
    )
    left = (
        sa.select(StallGoods.goods_id, sa.func.sum(StallGoods.left_count).label("pieces"))
        .join(
            Stall,
            sa.and_(Stall.ledger_id == StallGoods.ledger_id, Stall.id == StallGoods.stall_id),
        )
        .where(
            StallGoods.ledger_id == ledger_id,
            Stall.ledger_id == ledger_id,
            Stall.state == "open",
        )
        .group_by(StallGoods.goods_id)
        .subquery("at_stalls")
    )
    return (
        sa.select(Goods.number)
        .outerjoin(left, left.c.goods_id == Goods.id)
        .outerjoin(kept, kept.c.goods_id == Goods.id)
        .where(
            Goods.ledger_id == ledger_id,
            Goods.reserved_count
            != sa.func.coalesce(left.c.pieces, 0) + sa.func.coalesce(kept.c.pieces, 0),
        )
        .order_by(Goods.number)
    )


def _sales_differ(ledger_id: int) -> sa.Select[Any]:
    """Goods of which a stall gave out more or fewer than its redemptions say."""
    sold = _sold(ledger_id)
    same = sa.and_(sold.c.stall_id == StallGoods.stall_id, sold.c.goods_id == StallGoods.goods_id)
    return (
        sa.select(Goods.number)
        .join(
            StallGoods,
            sa.and_(StallGoods.ledger_id == Goods.ledger_id, StallGoods.goods_id == Goods.id),
        )
        .outerjoin(sold, same)
        .where(
            Goods.ledger_id == ledger_id,
            StallGoods.ledger_id == ledger_id,
            StallGoods.taken_count - StallGoods.left_count != sa.func.coalesce(sold.c.pieces, 0),
        )
        .distinct()
        .order_by(Goods.number)
    )


def _sold(ledger_id: int) -> sa.Subquery:
    """Pieces by stall and goods that were redeemed there, and not taken back while it stood."""
    stands = sa.or_(Redemption.state == "done", Redemption.reversed_at >= Stall.closed_at)
    return (
        sa.select(
            Till.stall_id,
            RedemptionLine.goods_id,
            sa.func.sum(RedemptionLine.quantity_count).label("pieces"),
        )
        .join(
            Redemption,
            sa.and_(
                Redemption.ledger_id == RedemptionLine.ledger_id,
                Redemption.id == RedemptionLine.redemption_id,
            ),
        )
        .join(Till, sa.and_(Till.ledger_id == Redemption.ledger_id, Till.id == Redemption.till_id))
        .join(Stall, sa.and_(Stall.ledger_id == Till.ledger_id, Stall.id == Till.stall_id))
        .where(
            RedemptionLine.ledger_id == ledger_id,
            Redemption.ledger_id == ledger_id,
            Till.ledger_id == ledger_id,
            Stall.ledger_id == ledger_id,
            stands,
        )
        .group_by(Till.stall_id, RedemptionLine.goods_id)
        .subquery("sold")
    )
