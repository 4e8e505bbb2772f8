"""Mall tables of merchants' offers (专属优惠): what is offered, and each use of it (M1, L9)."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    Base,
    Id,
    IdColumn,
    Instant,
    LedgerKey,
    LedgerRow,
    Small,
    ledger_fk,
    one_of,
)

USE_DOORS = ("code", "own", "list")


class Offer(LedgerRow, Base):
    """What a merchant offers members; `audience`: the group it is meant for (M1).

    `goods_id`: it costs the points of these goods, sold under it alone; without, nothing.
    """

    __tablename__ = "mall_offer"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        ledger_fk("merchant_id", "mall_merchant"),
        ledger_fk("goods_id", "mall_goods"),
        sa.Index(None, "ledger_id", "merchant_id"),
        sa.CheckConstraint("person_period_max > 0", name="person_max_positive"),
        one_of("state", "open", "ended"),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(16))
    merchant_id: Mapped[IdColumn]
    title: Mapped[str] = mapped_column(sa.String(64))
    terms: Mapped[str] = mapped_column(sa.String(200))
    audience: Mapped[str | None] = mapped_column(sa.String(16))
    person_period_max: Mapped[int]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    goods_id: Mapped[UUID | None] = mapped_column(Id())
    state: Mapped[str] = mapped_column(sa.String(8))
    made_by_id: Mapped[IdColumn]
    made_at: Mapped[Instant]


class OfferUse(LedgerKey, Base):
    """One use of an offer by a member: the `ordinal`-th of that day. Posts nothing (L9).

    `door`: the member's code was scanned, they scanned the merchant's, or the merchant's list.
    """

    __tablename__ = "mall_offer_use"
    __table_args__ = (
        ledger_fk("offer_id", "mall_offer"),
        ledger_fk("member_id", "people_member"),
        sa.Index(None, "ledger_id", "period", "offer_id"),
        one_of("door", *USE_DOORS),
        BY_LEDGER,
    )

    offer_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    used_on: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    ordinal: Mapped[Small] = mapped_column(primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(sa.String(7))
    door: Mapped[str] = mapped_column(sa.String(8))
    recorded_by_id: Mapped[IdColumn]
    recorded_at: Mapped[Instant]
