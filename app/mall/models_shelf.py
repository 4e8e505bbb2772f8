"""Mall tables of the supply side: merchants, shops, clerks, tills, goods, stock movements."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    Amount,
    Base,
    Id,
    IdColumn,
    Instant,
    LedgerKey,
    LedgerRow,
    NodeId,
    ledger_fk,
    one_of,
    unique_where,
)

MERCHANT_STATES = ("applied", "approved", "signed", "listed", "suspended", "closed")
SHOP_KINDS = ("store", "partner")
GOODS_KINDS = ("goods", "service", "offer", "honour")
MOVEMENT_KINDS = ("intake", "redemption", "cancel", "refund", "count", "write_off")


class Merchant(LedgerRow, Base):
    """Who stands behind a shop: a village committee, a partner, a business (M1, M3).

    `agreement_no`: the agreement signed before it was listed, and its days, both included.
    """

    __tablename__ = "mall_merchant"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "node_id", "name"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("state", *MERCHANT_STATES),
        sa.CheckConstraint("discount_rate_bp BETWEEN 0 AND 10000", name="discount_rate_in_range"),
        BY_LEDGER,
    )

    node_id: Mapped[NodeId]
    name: Mapped[str] = mapped_column(sa.String(64))
    partner_class: Mapped[str | None] = mapped_column(sa.String(24))
    state: Mapped[str] = mapped_column(sa.String(12))
    discount_rate_bp: Mapped[int]
    applied_by_id: Mapped[IdColumn]
    approved_by_id: Mapped[UUID | None] = mapped_column(Id())
    agreement_no: Mapped[str | None] = mapped_column(sa.String(40))
    agreed_from_on: Mapped[date | None]
    agreed_until_on: Mapped[date | None]


class Shop(LedgerRow, Base):
    """A 积分超市 under a node (`store`), or the place of business of a partner (`partner`).

    Its ledger accounts take in the points, one for each kind of what it gives (P8).
    """

    __tablename__ = "mall_shop"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "node_id", "name"),
        ledger_fk("merchant_id", "mall_merchant"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("state", "open", "suspended", "closed"),
        BY_LEDGER,
    )

    merchant_id: Mapped[IdColumn]
    node_id: Mapped[NodeId]
    name: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[str] = mapped_column(sa.String(12))
    kind: Mapped[str] = mapped_column(sa.String(8), server_default="store")


class Clerk(LedgerKey, Base):
    """A person who may serve at a shop, for a time."""

    __tablename__ = "mall_clerk"
    __table_args__ = (
        ledger_fk("shop_id", "mall_shop"),
        sa.Index(None, "ledger_id", "person_id"),
        BY_LEDGER,
    )

    shop_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    from_on: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    until_on: Mapped[date | None]


class Till(LedgerRow, Base):
    """One opening of a clerk's till; closing it fixes the day-end figures (A14).

    `stall_id`: it stands at that stall of the shop and sells the stall's goods (M4).
    """

    __tablename__ = "mall_till"
    __table_args__ = (
        ledger_fk("shop_id", "mall_shop"),
        unique_where(
            "uq_mall_till_open", "ledger_id", "shop_id", "opened_by_id", where="closed_at IS NULL"
        ),
        BY_LEDGER,
    )

    shop_id: Mapped[IdColumn]
    opened_by_id: Mapped[IdColumn]
    opened_at: Mapped[Instant]
    closed_by_id: Mapped[UUID | None] = mapped_column(Id())
    closed_at: Mapped[Instant | None]
    redemption_count: Mapped[int | None]
    total_points: Mapped[Amount | None]
    difference_count: Mapped[int | None]
    stall_id: Mapped[UUID | None] = mapped_column(Id())


class Goods(LedgerRow, Base):
    """One kind of goods on a shop's shelf. `person_period_max`: at most so many a month (D35).

    `reserved_count`: pieces of the stock that are not on the shelf: at a stall, or set aside.
    `starts_at`: a class whose pieces are places; back until `return_hours` before it (M6).
    """

    __tablename__ = "mall_goods"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "shop_id", "number"),
        ledger_fk("shop_id", "mall_shop"),
        unique_where(
            "uq_mall_goods_barcode",
            "ledger_id",
            "shop_id",
            "barcode",
            where="barcode IS NOT NULL",
        ),
        sa.CheckConstraint("price_points >= 0", name="price_not_negative"),
        sa.CheckConstraint(
            "stock_count >= 0 AND stock_count >= reserved_count AND reserved_count >= 0",
            name="stock_kept",
        ),
        one_of("kind", *GOODS_KINDS),
        BY_LEDGER,
    )

    shop_id: Mapped[IdColumn]
    number: Mapped[str] = mapped_column(sa.String(24))
    barcode: Mapped[str | None] = mapped_column(sa.String(32))
    name: Mapped[str] = mapped_column(sa.String(64))
    kind: Mapped[str] = mapped_column(sa.String(12))
    price_points: Mapped[Amount]
    stock_count: Mapped[int]
    reserved_count: Mapped[int]
    low_stock_count: Mapped[int]
    movement_count: Mapped[Amount]
    person_period_max: Mapped[int | None]
    is_on_sale: Mapped[bool]
    version: Mapped[int]
    starts_at: Mapped[Instant | None]
    ends_at: Mapped[Instant | None]
    return_hours: Mapped[int | None]


class StockMovement(LedgerKey, Base):
    """One change of a shelf count, with what it left. Append-only, gapless per goods.

    `reserved_after`: pieces of what is left that were with stalls; `stall_id`: the stall at
    which a closing count was made.
    """

    __tablename__ = "mall_stock_movement"
    __table_args__ = (
        ledger_fk("goods_id", "mall_goods"),
        ledger_fk("redemption_id", "mall_redemption"),
        sa.Index(None, "ledger_id", "redemption_id"),
        sa.CheckConstraint("change_count <> 0 OR kind = 'count'", name="change_not_zero"),
        one_of("kind", *MOVEMENT_KINDS),
        BY_LEDGER,
    )

    goods_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(12))
    change_count: Mapped[int]
    stock_after: Mapped[int]
    redemption_id: Mapped[UUID | None] = mapped_column(Id())
    actor_id: Mapped[IdColumn]
    reason: Mapped[str | None] = mapped_column(sa.String(120))
    moved_at: Mapped[Instant]
    stall_id: Mapped[UUID | None] = mapped_column(Id())
    reserved_after: Mapped[int] = mapped_column(server_default="0")
    voucher_id: Mapped[UUID | None] = mapped_column(Id())
