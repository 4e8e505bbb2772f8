"""Settlement (结算): what a shop took in until a month's end, once, and locked (D39, L14).

Counted is every capture up to the end of the month that no statement has yet, and every
taking back up to then; a later one goes to the next statement. The posting moves the net
from the shop's accounts to what is settled. The merchant is paid by its rate on the
reference value of a point; that value stands here and nowhere a member sees it (D40).
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.community import settings, tree
from app.community.models import Node
from app.ledger import books, posting
from app.ledger.accounts import AccountRef
from app.ledger.posting import Line
from app.mall import captures, merchants, settlement_rows, shops
from app.mall.errors import AlreadySettled, NothingToSettle
from app.mall.models import Merchant, Settlement, Shop
from app.people import audit

REFERENCE = "mall.reference_fen"
DECEMBER = 12


def settle(
    session: Session, *, ledger_id: int, shop_id: UUID, period: str, actor: Actor
) -> Settlement:
    """Settle a shop's month that is over; the statement is locked from then on (E12).

    Raises:
        NotFound: No such shop.
        ValidationFailed: The period is no month, or the month is not over.
        AlreadySettled: It was settled before; fact `number`.
        NothingToSettle: No statement would have anything to say.
    """
    ends_at = end_of(period)
    if ends_at > clock.now():
        raise ValidationFailed("the month is not over", field="period")
    shops.hold(session, ledger_id=ledger_id, shop_id=shop_id)
    known = find(session, ledger_id=ledger_id, shop_id=shop_id, period=period)
    if known is not None:
        raise AlreadySettled(number=known.number)
    made = _open(session, ledger_id, shop_id, period, actor)
    if not settlement_rows.gather(session, made, ends_at):
        raise NothingToSettle(period=period)
    settlement_rows.reckon(session, made)
    _post(session, made, actor)
    session.flush()
    _note(session, made, actor)
    return made


def settle_all(
    session: Session, *, ledger_id: int, node: Node, period: str, actor: Actor
) -> list[Settlement]:
    """Settle the month of every shop of a place that has something to settle.

    Raises:
        ValidationFailed: The period is no month, or the month is not over.
    """
    made = []
    for shop in shops.list_within(session, ledger_id=ledger_id, node=node):
        if shop.id in due(session, ledger_id=ledger_id, shop_ids=[shop.id], period=period):
            named: Any = {"ledger_id": ledger_id, "shop_id": shop.id, "period": period}
            made.append(settle(session, **named, actor=actor))
    return made


def due(
    session: Session, *, ledger_id: int, shop_ids: Sequence[UUID], period: str
) -> dict[UUID, int]:
    """Return the net points of the shops whose month is not settled and not empty.

    Raises:
        ValidationFailed: The period is no month.
    """
    ends_at, all_rows = end_of(period), captures.rows(ledger_id).c
    is_new = sa.and_(all_rows.settlement_id.is_(None), all_rows.taken_at < ends_at)
    is_back = sa.and_(
        all_rows.reversed_at < ends_at,
        all_rows.reversal_settlement_id.is_(None),
        all_rows.taken_at < ends_at,
    )
    taken = sa.case((is_new, all_rows.total_points), else_=0)
    back = sa.case((is_back, all_rows.total_points), else_=0)
    settled = sa.select(Settlement.shop_id).where(
        Settlement.ledger_id == ledger_id, Settlement.period == period
    )
    query = (
        sa.select(all_rows.shop_id, sa.func.sum(taken - back))
        .where(all_rows.shop_id.in_(shop_ids), all_rows.shop_id.not_in(settled))
        .where(sa.or_(is_new, is_back))
        .group_by(all_rows.shop_id)
    )
    return {shop_id: int(points) for shop_id, points in session.execute(query)}


def get(session: Session, *, ledger_id: int, settlement_id: UUID) -> Settlement:
    """Return a settlement of this book.

    Raises:
        NotFound: There is none of this id.
    """
    query = sa.select(Settlement).where(
        Settlement.ledger_id == ledger_id, Settlement.id == settlement_id
    )
    found = session.scalars(query).first()
    if found is None:
        raise NotFound("no such settlement")
    return found


def find(session: Session, *, ledger_id: int, shop_id: UUID, period: str) -> Settlement | None:
    """Find the settlement of a shop's month."""
    query = sa.select(Settlement).where(
        Settlement.ledger_id == ledger_id,
        Settlement.shop_id == shop_id,
        Settlement.period == period,
    )
    return session.scalars(query).first()


def list_within(
    session: Session, *, ledger_id: int, node: Node, period: str | None = None
) -> list[Settlement]:
    """List the settlements of a place and of everything below it, the newest first."""
    query = (
        sa.select(Settlement)
        .join(Shop, sa.and_(Shop.ledger_id == Settlement.ledger_id, Shop.id == Settlement.shop_id))
        .join(Node, Node.id == Shop.node_id)
        .where(
            Settlement.ledger_id == ledger_id,
            Shop.ledger_id == ledger_id,
            tree.within(Node.path, node),
        )
        .order_by(Settlement.period.desc(), Settlement.number.desc())
    )
    if period is not None:
        query = query.where(Settlement.period == period)
    return list(session.scalars(query))


def end_of(period: str) -> datetime:
    """Return the first instant after a month, such as 2026-02.

    Raises:
        ValidationFailed: It is no month.
    """
    try:
        first = date.fromisoformat(f"{period}-01")
    except ValueError as error:
        raise ValidationFailed("a month such as 2026-02", field="period") from error
    year, month = (first.year + 1, 1) if first.month == DECEMBER else (first.year, first.month + 1)
    return clock.local_instant(date(year, month, 1))


def _open(session: Session, ledger_id: int, shop_id: UUID, period: str, actor: Actor) -> Settlement:
    """Begin the statement, with the rate and the value of this moment."""
    shop = shops.get(session, ledger_id=ledger_id, shop_id=shop_id)
    merchant: Merchant = merchants.get(session, ledger_id=ledger_id, merchant_id=shop.merchant_id)
    held = settings.read(session, tree.get(session, shop.node_id), REFERENCE)
    month = period.replace("-", "")
    serial = serials.take(session, ledger_id=ledger_id, name=f"settlement:{month}")
    made = Settlement(
        ledger_id=ledger_id,
        id=new_id(),
        number=f"{books.get(session, ledger_id).code}-S{month}-{serial:04d}",
        shop_id=shop_id,
        period=period,
        version=1,
        captured_points=0,
        reversed_points=0,
        total_points=0,
        amount_fen=0,
        discount_rate_bp=merchant.discount_rate_bp,
        reference_fen=held[REFERENCE],
        settled_at=clock.now(),
        settled_by_id=actor.person_id,
    )
    session.add(made)
    session.flush()
    return made


def _post(session: Session, made: Settlement, actor: Actor) -> None:
    """Move the net of each kind from the shop to what is settled (L14)."""
    settled = AccountRef("points", "settled", owner_id=made.shop_id)
    lines = []
    for kind, points in settlement_rows.moved_by_kind(session, made).items():
        shop = AccountRef("points", kind, owner_id=made.shop_id)
        if points:
            pair = (shop, settled) if points > 0 else (settled, shop)
            lines.append(Line(*pair, abs(points)))
    if lines:
        draft = posting.JournalDraft(
            key=f"settle:{made.id}",
            kind="settlement",
            lines=tuple(lines),
            actor=actor,
            source_id=made.id,
        )
        made.journal_id = posting.post_one(session, ledger_id=made.ledger_id, draft=draft)


def _note(session: Session, made: Settlement, actor: Actor) -> None:
    audit.write(
        session,
        ledger_id=made.ledger_id,
        actor=actor,
        action="shop_settled",
        subject_kind="shop",
        subject_id=made.shop_id,
        number=made.number,
        total_points=made.total_points,
        amount_fen=made.amount_fen,
    )
