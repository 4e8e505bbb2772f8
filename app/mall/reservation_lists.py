"""Reservations to read: a member's own, and what a shop keeps."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.mall import claim_owners
from app.mall.models import Goods, Reservation, Shop


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[tuple[Reservation, Goods, Shop]]:
    """List a member's reservations with goods and shops: what is held first, then the newest."""
    is_held = sa.case((Reservation.state == "held", 0), else_=1)
    is_theirs = claim_owners.rows_of(Reservation, ledger_id=ledger_id, member_id=member_id)
    newest = (Reservation.reserved_at.desc(), Reservation.id.desc())
    query = _with_names(ledger_id).where(is_theirs).order_by(is_held, *newest)
    query = query.limit(limit).offset(offset)
    return [(one, goods_row, shop) for one, goods_row, shop in session.execute(query)]


def list_held(
    session: Session, *, ledger_id: int, shop_id: UUID
) -> list[tuple[Reservation, Goods, Shop]]:
    """List what a shop keeps for members, by when it lapses."""
    query = _with_names(ledger_id).where(
        Reservation.shop_id == shop_id, Reservation.state == "held"
    )
    query = query.order_by(Reservation.lapses_at, Reservation.id)
    return [(one, goods_row, shop) for one, goods_row, shop in session.execute(query)]


def _with_names(ledger_id: int) -> sa.Select[Reservation, Goods, Shop]:
    same_goods = sa.and_(Goods.ledger_id == Reservation.ledger_id, Goods.id == Reservation.goods_id)
    same_shop = sa.and_(Shop.ledger_id == Reservation.ledger_id, Shop.id == Reservation.shop_id)
    return (
        sa.select(Reservation, Goods, Shop)
        .join(Goods, same_goods)
        .join(Shop, same_shop)
        .where(
            Reservation.ledger_id == ledger_id,
            Goods.ledger_id == ledger_id,
            Shop.ledger_id == ledger_id,
        )
        .execution_options(populate_existing=True)
    )
