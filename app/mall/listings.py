"""Redemptions to read: of a shop, a day, a member; and the counts that reports print (P4, P9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.mall.models import Goods, Redemption, RedemptionLine


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a redemption with the name of its goods."""

    goods_id: UUID
    number: str
    name: str
    kind: str
    quantity_count: int
    price_points: int


@dataclass(frozen=True, slots=True)
class GiftCount:
    """Completed gift orders of a shop: 人次 are orders, 件 are pieces; never one for the other."""

    shop_id: UUID
    order_count: int
    piece_count: int
    total_points: int


def get(session: Session, *, ledger_id: int, redemption_id: UUID) -> Redemption:
    """Return a redemption of this book as it stands now.

    Raises:
        NotFound: There is none of this id.
    """
    return _one(session, ledger_id, Redemption.id == redemption_id)


def by_number(session: Session, *, ledger_id: int, number: str) -> Redemption:
    """Return a redemption by the number that people see: `JINXI-R20260301-0007`.

    Raises:
        NotFound: There is none of this number in the book.
    """
    return _one(session, ledger_id, Redemption.number == number.strip())


def lines_of(
    session: Session, *, ledger_id: int, redemption_ids: Sequence[UUID]
) -> dict[UUID, list[Listed]]:
    """Return the lines of many redemptions, in their order, in one statement."""
    query = (
        sa.select(
            RedemptionLine.redemption_id,
            Goods.id,
            Goods.number,
            Goods.name,
            Goods.kind,
            RedemptionLine.quantity_count,
            RedemptionLine.price_points,
        )
        .join(
            Goods,
            sa.and_(
                Goods.ledger_id == RedemptionLine.ledger_id,
                Goods.id == RedemptionLine.goods_id,
            ),
        )
        .where(
            RedemptionLine.ledger_id == ledger_id,
            Goods.ledger_id == ledger_id,
            RedemptionLine.redemption_id.in_(redemption_ids),
        )
        .order_by(RedemptionLine.redemption_id, RedemptionLine.line)
    )
    found: dict[UUID, list[Listed]] = {one: [] for one in redemption_ids}
    for row in session.execute(query):
        columns: Any = row[1:]
        found[row[0]].append(Listed(*columns))
    return found


def list_of_shop(
    session: Session,
    *,
    ledger_id: int,
    shop_id: UUID,
    day: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Redemption]:
    """List a shop's redemptions, the newest first; of one Shanghai day if given."""
    query = sa.select(Redemption).where(
        Redemption.ledger_id == ledger_id, Redemption.shop_id == shop_id
    )
    if day is not None:
        begins_at, ends_at = clock.day_bounds(day)
        query = query.where(Redemption.redeemed_at >= begins_at, Redemption.redeemed_at < ends_at)
    return _page(session, query, limit, offset)


def list_of_till(
    session: Session, *, ledger_id: int, till_id: UUID, limit: int = 50, offset: int = 0
) -> list[Redemption]:
    """List what was redeemed on a till, the newest first."""
    query = sa.select(Redemption).where(
        Redemption.ledger_id == ledger_id, Redemption.till_id == till_id
    )
    return _page(session, query, limit, offset)


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Redemption]:
    """List a member's redemptions of every state, the newest first."""
    query = sa.select(Redemption).where(
        Redemption.ledger_id == ledger_id, Redemption.member_id == member_id
    )
    return _page(session, query, limit, offset)


def gift_counts(
    session: Session,
    *,
    ledger_id: int,
    shop_ids: Sequence[UUID],
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> list[GiftCount]:
    """Count 兑换人次 per shop: done redemptions with goods in them, idle shops as 0 (P4, P9).

    Not counted: what was cancelled or refunded, and orders of services only.
    """
    is_goods = sa.and_(
        Goods.ledger_id == RedemptionLine.ledger_id,
        Goods.id == RedemptionLine.goods_id,
        Goods.kind == "goods",
    )
    query = (
        sa.select(
            Redemption.shop_id,
            sa.func.count(Redemption.id.distinct()),
            sa.func.sum(RedemptionLine.quantity_count),
            sa.func.sum(RedemptionLine.quantity_count * RedemptionLine.price_points),
        )
        .join(
            RedemptionLine,
            sa.and_(
                RedemptionLine.ledger_id == Redemption.ledger_id,
                RedemptionLine.redemption_id == Redemption.id,
            ),
        )
        .join(Goods, is_goods)
        .where(
            Redemption.ledger_id == ledger_id,
            RedemptionLine.ledger_id == ledger_id,
            Goods.ledger_id == ledger_id,
            Redemption.shop_id.in_(shop_ids),
            Redemption.state == "done",
        )
        .group_by(Redemption.shop_id)
    )
    if begins_at is not None:
        query = query.where(Redemption.redeemed_at >= begins_at)
    if ends_at is not None:
        query = query.where(Redemption.redeemed_at < ends_at)
    found = {row[0]: GiftCount(row[0], *map(int, row[1:])) for row in session.execute(query)}
    return [found.get(shop_id, GiftCount(shop_id, 0, 0, 0)) for shop_id in shop_ids]


def _one(session: Session, ledger_id: int, condition: sa.ColumnElement[bool]) -> Redemption:
    query = sa.select(Redemption).where(Redemption.ledger_id == ledger_id, condition)
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such redemption")
    return found


def _page(
    session: Session, query: sa.Select[Redemption], limit: int, offset: int
) -> list[Redemption]:
    query = query.order_by(Redemption.redeemed_at.desc(), Redemption.id.desc())
    query = query.limit(limit).offset(offset).execution_options(populate_existing=True)
    return list(session.scalars(query))
