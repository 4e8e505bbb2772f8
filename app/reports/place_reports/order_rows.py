"""Rows of what people asked for: orders (诉求), small wishes, help between neighbours."""

from typing import Any

import sqlalchemy as sa

from app.reports.place_reports.scope import Rows, Scope, rows
from app.service_orders.models import Exchange, Order, OrderCategory, OrderLog, Post, Wish

CONTENT_STARS = 4


def filed(scope: Scope) -> sa.Select[Any]:
    """Every order that was asked for and not taken back (T9)."""
    return _orders(scope, rows(Order.number, Order.filed_at))


def finished(scope: Scope) -> sa.Select[Any]:
    """Orders that were finished and not opened again (办结, T9)."""
    return _orders(scope, rows(Order.number, Order.finished_at)).where(_is_finished(scope))


def unfinished(*, is_escalated: bool, meaning: str | None = None) -> Rows:
    """Return open orders: on the 督办 list, or off it and last at a step of this meaning."""

    def select(scope: Scope) -> sa.Select[Any]:
        late = sa.and_(Order.escalated_at.is_not(None), Order.escalated_at < scope.until_at)
        found = _orders(scope, rows(Order.number, Order.filed_at)).where(
            ~_is_finished(scope), late if is_escalated else ~late
        )
        return found if meaning is None else found.where(_last_meaning(scope) == meaning)

    return select


def hard(scope: Scope) -> sa.Select[Any]:
    """Orders of the kinds that a book calls 难题 (T12)."""
    return (
        _orders(scope, rows(Order.number, Order.filed_at))
        .join(
            OrderCategory,
            (OrderCategory.ledger_id == Order.ledger_id)
            & (OrderCategory.code == Order.category_code),
        )
        .where(OrderCategory.ledger_id == scope.ledger_id, OrderCategory.is_hard)
    )


def content(scope: Scope) -> sa.Select[Any]:
    """Orders rated with four stars or five (S4)."""
    return _orders(scope, rows(Order.number, Order.rated_at)).where(
        Order.rated_at < scope.until_at, Order.stars >= CONTENT_STARS
    )


def wishes(scope: Scope) -> sa.Select[Any]:
    """Every wish that was made and not sent back (T6)."""
    return _wishes(scope, rows(Wish.number, Wish.made_at))


def wishes_fulfilled(scope: Scope) -> sa.Select[Any]:
    """Wishes that came true (C22)."""
    start = rows(Wish.number, Wish.fulfilled_at)
    return _wishes(scope, start).where(Wish.fulfilled_at < scope.until_at)


def wishes_claimed(scope: Scope) -> sa.Select[Any]:
    """Wishes that somebody promised to fulfil, and has not yet."""
    return _wishes(scope, rows(Wish.number, Wish.claimed_at)).where(
        Wish.claimed_at < scope.until_at, _not_yet(Wish.fulfilled_at, scope)
    )


def wishes_open(scope: Scope) -> sa.Select[Any]:
    """Wishes that nobody has promised to fulfil yet."""
    return _wishes(scope, rows(Wish.number, Wish.made_at)).where(
        _not_yet(Wish.claimed_at, scope), _not_yet(Wish.fulfilled_at, scope)
    )


def exchanges_done(scope: Scope) -> sa.Select[Any]:
    """Help between neighbours that was confirmed (L6)."""
    start = rows(Exchange.number, Exchange.ended_at)
    return _exchanges(scope, start).where(
        Exchange.grant_id.is_not(None), Exchange.ended_at < scope.until_at
    )


def exchanges_waiting(scope: Scope) -> sa.Select[Any]:
    """Help that was asked for, whose points wait in escrow (L5)."""
    start = rows(Exchange.number, Exchange.asked_at)
    return _exchanges(scope, start).where(_not_yet(Exchange.ended_at, scope))


def posts(scope: Scope) -> sa.Select[Any]:
    """Posts and projects that can be, or were, claimed (T3)."""
    return rows(Post.title, Post.made_at).where(
        Post.ledger_id == scope.ledger_id,
        scope.is_here(Post.node_path),
        Post.made_at < scope.until_at,
    )


def _is_finished(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.and_(Order.finished_at.is_not(None), Order.finished_at < scope.until_at)


def _not_yet(column: Any, scope: Scope) -> sa.ColumnElement[bool]:
    return sa.or_(column.is_(None), column >= scope.until_at)


def _last_meaning(scope: Scope) -> sa.ScalarSelect[str]:
    return (
        sa.select(OrderLog.meaning)
        .where(
            OrderLog.ledger_id == scope.ledger_id,
            OrderLog.order_id == Order.id,
            OrderLog.meaning.is_not(None),
            OrderLog.at < scope.until_at,
        )
        .order_by(OrderLog.seq.desc())
        .limit(1)
        .correlate(Order)
        .scalar_subquery()
    )


def _orders(scope: Scope, start: sa.Select[Any]) -> sa.Select[Any]:
    return start.select_from(Order).where(
        Order.ledger_id == scope.ledger_id,
        scope.is_here(Order.node_path),
        Order.filed_at < scope.until_at,
        Order.state != "withdrawn",
    )


def _wishes(scope: Scope, start: sa.Select[Any]) -> sa.Select[Any]:
    return start.select_from(Wish).where(
        Wish.ledger_id == scope.ledger_id,
        scope.is_here(Wish.node_path),
        Wish.made_at < scope.until_at,
        Wish.state != "returned",
    )


def _exchanges(scope: Scope, start: sa.Select[Any]) -> sa.Select[Any]:
    return start.select_from(Exchange).where(
        Exchange.ledger_id == scope.ledger_id,
        scope.is_here(Exchange.node_path),
        Exchange.asked_at < scope.until_at,
    )
