"""Rows of the mall: shops, merchants and their offers, orders of goods and of services."""

from typing import Any

import sqlalchemy as sa

from app.mall import figures, order_places
from app.mall.models import (
    Goods,
    Merchant,
    Offer,
    OfferUse,
    Redemption,
    RedemptionLine,
    Shop,
    Voucher,
)
from app.reports.place_reports.scope import Rows, Scope, Selected, rows

CARING = "商企发展"
"""The class of partners whose merchants are called 爱心商户 (M3, T16)."""


def shops(scope: Scope) -> sa.Select[Any]:
    """Every 积分超市 that is not closed, with the day of its first order; no partner's place."""
    return _shops(scope, rows(Shop.name, sa.func.min(Redemption.redeemed_at))).group_by(
        Shop.id, Shop.name
    )


def idle_shops(scope: Scope) -> sa.Select[Any]:
    """Shops that gave out goods twice or less; what else they gave does not count (P9)."""
    return (
        _shops(scope, rows(Shop.name, sa.func.min(Redemption.redeemed_at)), _has(scope, "goods"))
        .group_by(Shop.id, Shop.name)
        .having(sa.func.count(Redemption.id) <= figures.IDLE_MAX)
    )


def caring_merchants(scope: Scope) -> sa.Select[Any]:
    """Merchants of the class 商企发展 that are listed, since the day of their agreement (M1)."""
    return rows(Merchant.name, Merchant.agreed_from_on).where(
        Merchant.ledger_id == scope.ledger_id,
        Merchant.partner_class == CARING,
        Merchant.state == "listed",
        Merchant.agreed_from_on <= scope.as_of_on,
        Merchant.node_id.in_(scope.places()),
    )


def offers_used(scope: Scope) -> sa.Select[Any]:
    """Every use of an offer of the place's merchants: it posts nothing (L9)."""
    return (
        rows(Merchant.name, OfferUse.used_on)
        .select_from(OfferUse)
        .join(Offer, (Offer.ledger_id == OfferUse.ledger_id) & (Offer.id == OfferUse.offer_id))
        .join(
            Merchant,
            (Merchant.ledger_id == Offer.ledger_id) & (Merchant.id == Offer.merchant_id),
        )
        .where(
            OfferUse.ledger_id == scope.ledger_id,
            Offer.ledger_id == scope.ledger_id,
            Merchant.ledger_id == scope.ledger_id,
            OfferUse.used_on <= scope.as_of_on,
            Merchant.node_id.in_(scope.places()),
        )
    )


def orders(kind: str) -> Rows:
    """Return the rows of finished orders of `goods` or `service`: 人次, not pieces (P4, M5).

    A service is bought as a voucher; one that was given back is no order.
    """

    def select(scope: Scope) -> Selected:
        start = rows(Redemption.number, Redemption.redeemed_at)
        at_tills = _sold(scope, start).where(_is_done(scope), _has(scope, kind))
        return sa.union_all(at_tills, _vouchers(scope, kind, sa.literal(1)))

    return select


def pieces(kind: str) -> Rows:
    """Return the rows of pieces given out."""

    def select(scope: Scope) -> sa.Select[Any]:
        start = rows(Goods.name, Redemption.redeemed_at, RedemptionLine.quantity_count)
        joined = _sold(scope, start).join(RedemptionLine, _line(scope)).join(Goods, _goods(scope))
        return joined.where(_is_done(scope), Goods.kind == kind)

    return select


def points(kind: str) -> Rows:
    """Return the rows of points that goods of a kind took in finished orders.

    Of a basket with several kinds only the lines of the kind: no point is in two figures (M5).
    """
    taken = sa.func.sum(RedemptionLine.quantity_count * RedemptionLine.price_points)

    def select(scope: Scope) -> Selected:
        start = rows(Redemption.number, Redemption.redeemed_at, taken)
        joined = _sold(scope, start).join(RedemptionLine, _line(scope)).join(Goods, _goods(scope))
        at_tills = joined.where(_is_done(scope), Goods.kind == kind).group_by(
            Redemption.id, Redemption.number, Redemption.redeemed_at
        )
        return sa.union_all(at_tills, _vouchers(scope, kind, Voucher.total_points))

    return select


def cancelled(scope: Scope) -> sa.Select[Any]:
    """Orders that were given back: they are in no other line (P4)."""
    start = rows(Redemption.number, Redemption.reversed_at)
    return _sold(scope, start).where(Redemption.reversed_at < scope.until_at)


def _vouchers(scope: Scope, kind: str, amount: Any) -> sa.Select[Any]:
    """Vouchers of a kind of goods that were not taken back."""
    return (
        rows(Voucher.number, Voucher.issued_at, amount)
        .join(Goods, (Goods.ledger_id == Voucher.ledger_id) & (Goods.id == Voucher.goods_id))
        .join(Shop, (Shop.ledger_id == Voucher.ledger_id) & (Shop.id == Voucher.shop_id))
        .where(
            Voucher.ledger_id == scope.ledger_id,
            Goods.ledger_id == scope.ledger_id,
            Shop.ledger_id == scope.ledger_id,
            Goods.kind == kind,
            Shop.node_id.in_(scope.places()),
            Voucher.issued_at < scope.until_at,
            sa.or_(Voucher.reversed_at.is_(None), Voucher.reversed_at >= scope.until_at),
        )
    )


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
    """Prepare the orders that count at the place: those of its shops, and at its markets (M4)."""
    return order_places.placed(start, scope.ledger_id).where(
        order_places.NODE_ID.in_(scope.places()), Redemption.redeemed_at < scope.until_at
    )


def _shops(
    scope: Scope, start: sa.Select[Any], *of_orders: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    order = sa.and_(
        Redemption.ledger_id == scope.ledger_id,
        Redemption.shop_id == Shop.id,
        Redemption.redeemed_at < scope.until_at,
        _is_done(scope),
        *of_orders,
    )
    return (
        start.select_from(Shop)
        .outerjoin(Redemption, order)
        .where(
            Shop.ledger_id == scope.ledger_id,
            Shop.state != "closed",
            Shop.kind == "store",
            Shop.node_id.in_(scope.places()),
        )
    )
