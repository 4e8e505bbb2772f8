"""Vouchers and reservations of a place's shops, for staff: by number, by state, in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.mall.models import Goods, Reservation, Shop, Voucher
from app.people.models import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which ones: of these shops, with a number that contains this, in this state."""

    ledger_id: int
    shop_ids: Sequence[UUID]
    number: str = ""
    state: str | None = None


def vouchers(
    session: Session, asked: Asked, *, limit: int, offset: int = 0
) -> list[tuple[Voucher, Goods, Shop, Member]]:
    """List vouchers and places, the newest first."""
    query = _joined(Voucher, asked).order_by(Voucher.issued_at.desc(), Voucher.id.desc())
    return [_row(row) for row in session.execute(query.limit(limit).offset(offset))]


def reservations(
    session: Session, asked: Asked, *, limit: int, offset: int = 0
) -> list[tuple[Reservation, Goods, Shop, Member]]:
    """List what was set aside, the newest first."""
    query = _joined(Reservation, asked)
    query = query.order_by(Reservation.reserved_at.desc(), Reservation.id.desc())
    return [_row(row) for row in session.execute(query.limit(limit).offset(offset))]


def count(session: Session, model: type[Voucher] | type[Reservation], asked: Asked) -> int:
    """Count what a list has on all its pages."""
    query = sa.select(sa.func.count()).select_from(model).where(*_chosen(model, asked))
    return session.scalar(query) or 0


def _joined(model: Any, asked: Asked) -> Any:
    same = [
        (table, sa.and_(table.ledger_id == model.ledger_id, table.id == column))
        for table, column in (
            (Goods, model.goods_id),
            (Shop, model.shop_id),
            (Member, model.member_id),
        )
    ]
    query: Any = sa.select(model, Goods, Shop, Member)
    for table, condition in same:
        query = query.join(table, condition).where(table.ledger_id == asked.ledger_id)
    return query.where(*_chosen(model, asked)).execution_options(populate_existing=True)


def _chosen(model: Any, asked: Asked) -> list[Any]:
    conditions = [model.ledger_id == asked.ledger_id, model.shop_id.in_(asked.shop_ids)]
    if asked.number:
        conditions.append(model.number.icontains(asked.number, autoescape=True))
    if asked.state:
        conditions.append(model.state == asked.state)
    return conditions


def _row(row: Any) -> Any:
    return (row[0], row[1], row[2], row[3])
