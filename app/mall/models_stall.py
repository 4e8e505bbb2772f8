"""Mall tables of a market day: a stall of a shop, and the goods it took along (M4)."""

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
    ledger_fk,
    one_of,
)


class Stall(LedgerRow, Base):
    """A shop's stall at a market, for one day; what it sells is the shop's all the same.

    `node_id`: the community that hosts it: its orders count there (M4); None: at the shop's.
    `activity_id`: the market itself; no foreign key, another room's row.
    """

    __tablename__ = "mall_stall"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "shop_id", "held_on", "place"),
        ledger_fk("shop_id", "mall_shop"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("state", "open", "closed"),
        BY_LEDGER,
    )

    shop_id: Mapped[IdColumn]
    place: Mapped[str] = mapped_column(sa.String(64))
    held_on: Mapped[date]
    state: Mapped[str] = mapped_column(sa.String(8))
    opened_by_id: Mapped[IdColumn]
    opened_at: Mapped[Instant]
    closed_by_id: Mapped[UUID | None] = mapped_column(Id())
    closed_at: Mapped[Instant | None]
    difference_count: Mapped[int | None]
    node_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    activity_id: Mapped[UUID | None] = mapped_column(Id())


class StallGoods(LedgerKey, Base):
    """Pieces of one kind of goods at a stall; `counted_count`: brought back, as counted."""

    __tablename__ = "mall_stall_goods"
    __table_args__ = (
        ledger_fk("stall_id", "mall_stall"),
        ledger_fk("goods_id", "mall_goods"),
        sa.CheckConstraint("left_count BETWEEN 0 AND taken_count", name="left_in_range"),
        BY_LEDGER,
    )

    stall_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    goods_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    taken_count: Mapped[int]
    left_count: Mapped[int]
    counted_count: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(sa.String(120))
