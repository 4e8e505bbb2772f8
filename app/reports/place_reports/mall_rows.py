"""Rows of the mall: shops, orders of goods and of services, what they cost."""

from typing import Any

import sqlalchemy as sa

from app.mall.models import Goods, Redemption, RedemptionLine, Shop
from app.reports.place_reports.scope import Rows, Scope, rows

IDLE_MAX = 2


def shops(scope: Scope) -> sa.Select[Any]:
    """Every shop that is not closed, with the day of its first order."""
    return _shops(scope, rows(Shop.name, sa.func.min(Redemption.redeemed_at))).group_by(
        Shop.id, Shop.name
    )


def idle_shops(scope: Scope) -> sa.Select[Any]:
    """Shops with two orders or fewer (P9)."""
    return shops(scope).having(sa.func.count(Redemption.id) <= IDLE_MAX)


def orders(kind: str) -> Rows:
    """Return the rows of finished orders of `goods` or `service`: 人次, not pieces (P4, M5)."""

    def select(scope: Scope) -> sa.Select[Any]:
        start = rows(Redemption.number, Redemption.redeemed_at)
        return _sold(scope, start).where(_is_done(scope), _has(scope, kind))

    return select


def pieces(kind: str) -> Rows:
    """Return the rows of pieces given out."""

    def select(scope: Scope) -> sa.Select[Any]:
        start = rows(Goods.name, Redemption.redeemed_at, RedemptionLine.quantity_count)
        joined = _sold(scope, start).join(RedemptionLine, _line(scope)).join(Goods, _goods(scope))
        return joined.where(_is_done(scope), Goods.kind == kind)

    return select


def points(kind: str) -> Rows:
    """Return the rows of points that finished orders of a kind took."""

    def select(scope: Scope) -> sa.Select[Any]:
        start = rows(Redemption.number, Redemption.redeemed_at, Redemption.total_points)
        return _sold(scope, start).where(_is_done(scope), _has(scope, kind))

    return select


def cancelled(scope: Scope) -> sa.Select[Any]:
    """Orders that were given back: they are in no other line (P4)."""
    start = rows(Redemption.number, Redemption.reversed_at)
    return _sold(scope, start).where(Redemption.reversed_at < scope.until_at)


def _is_done(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.or_(Redemption.reversed_at.is_(None), Redemption.reversed_at >= scope.until_at)


def _has(scope: Scope, kind: str) -> sa.ColumnElement[bool]:
    return sa.exists(
        sa.select(RedemptionLine.line)
        .join(Goods, _goods(scope))
        .where(_line(scope), Goods.kind == kind)
        .correlate(Redemption)
    )


def _line(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.and_(
        RedemptionLine.ledger_id == scope.ledger_id,
        RedemptionLine.redemption_id == Redemption.id,
    )


def _goods(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.and_(Goods.ledger_id == scope.ledger_id, Goods.id == RedemptionLine.goods_id)


def _sold(scope: Scope, start: sa.Select[Any]) -> sa.Select[Any]:
    return (
        start.select_from(Redemption)
        .join(Shop, (Shop.ledger_id == Redemption.ledger_id) & (Shop.id == Redemption.shop_id))
        .where(
            Redemption.ledger_id == scope.ledger_id,
            Shop.ledger_id == scope.ledger_id,
            Shop.node_id.in_(scope.places()),
            Redemption.redeemed_at < scope.until_at,
        )
    )


def _shops(scope: Scope, start: sa.Select[Any]) -> sa.Select[Any]:
    order = sa.and_(
        Redemption.ledger_id == scope.ledger_id,
        Redemption.shop_id == Shop.id,
        Redemption.redeemed_at < scope.until_at,
        _is_done(scope),
    )
    return (
        start.select_from(Shop)
        .outerjoin(Redemption, order)
        .where(
            Shop.ledger_id == scope.ledger_id,
            Shop.state != "closed",
            Shop.node_id.in_(scope.places()),
        )
    )
