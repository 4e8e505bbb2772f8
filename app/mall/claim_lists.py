"""Vouchers and reservations of a place's shops, for staff: by number, by state, in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.mall.models import Goods, Reservation, Shop, Voucher
from app.people.models import Member

Claimed = TypeVar("Claimed", Voucher, Reservation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which ones: of these shops, with a number that contains this, in this state."""

    ledger_id: int
    shop_ids: Sequence[UUID]
    number: str = ""
    state: str | None = None


def listed(
    session: Session, model: type[Claimed], asked: Asked, *, limit: int, offset: int = 0
) -> list[tuple[Claimed, Goods, Shop, Member]]:
    """List vouchers and places, or what was set aside, the newest first."""
    query = _joined(model, asked).order_by(_begun_at(model).desc(), model.id.desc())
    rows = session.execute(query.limit(limit).offset(offset))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def count(session: Session, model: type[Claimed], asked: Asked) -> int:
    """Count what a list has on all its pages."""
    query = sa.select(sa.func.count()).select_from(model).where(*_chosen(model, asked))
    return session.scalar(query) or 0


def _begun_at(model: type[Claimed]) -> Any:
    return Voucher.issued_at if model is Voucher else Reservation.reserved_at


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
