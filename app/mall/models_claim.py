"""Mall tables of what is claimed by a code: vouchers and places (L8, M6), reservations (D34)."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    Amount,
    Base,
    Cipher,
    Digest,
    Id,
    IdColumn,
    Instant,
    LedgerRow,
    index_where,
    ledger_fk,
    one_of,
)

VOUCHER_STATES = ("open", "used", "returned", "lapsed", "missed")
RESERVATION_STATES = ("held", "collected", "cancelled", "lapsed")


class Voucher(LedgerRow, Base):
    """A service bought for points, honoured once by its partner (券); or a place of a class.

    Posted at issue to the shop's account (L8); its use posts nothing. `starts_at`: a place of
    that session (M6). Points come back when it is returned in time, or when it lapses unused.
    `household_id`: whose limits it counted against, where the programme pools (D29, D35).
    """

    __tablename__ = "mall_voucher"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        sa.UniqueConstraint("ledger_id", "token_hash"),
        sa.UniqueConstraint("ledger_id", "digits_hash"),
        ledger_fk("member_id", "people_member"),
        ledger_fk("shop_id", "mall_shop"),
        ledger_fk("goods_id", "mall_goods"),
        ledger_fk("journal_id", "ledger_journal"),
        ledger_fk("reversal_journal_id", "ledger_journal"),
        sa.Index(None, "ledger_id", "member_id"),
        sa.Index(None, "ledger_id", "shop_id", "issued_at"),
        sa.Index("ix_mall_voucher_settlement", "ledger_id", "settlement_id"),
        index_where("ix_mall_voucher_open", "ledger_id", "valid_until_on", where="state = 'open'"),
        sa.CheckConstraint("total_points >= 0", name="total_not_negative"),
        one_of("state", *VOUCHER_STATES),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(48))
    member_id: Mapped[IdColumn]
    shop_id: Mapped[IdColumn]
    goods_id: Mapped[IdColumn]
    total_points: Mapped[Amount]
    state: Mapped[str] = mapped_column(sa.String(12))
    token_hash: Mapped[Digest]
    digits_hash: Mapped[Digest]
    code_cipher: Mapped[Cipher]
    issued_at: Mapped[Instant]
    starts_at: Mapped[Instant | None]
    return_until_at: Mapped[Instant | None]
    valid_until_on: Mapped[date]
    used_at: Mapped[Instant | None]
    used_by_id: Mapped[UUID | None] = mapped_column(Id())
    journal_id: Mapped[UUID | None] = mapped_column(Id())
    reversal_journal_id: Mapped[UUID | None] = mapped_column(Id())
    reversed_at: Mapped[Instant | None]
    settlement_id: Mapped[UUID | None] = mapped_column(Id())
    reversal_settlement_id: Mapped[UUID | None] = mapped_column(Id())
    household_id: Mapped[UUID | None] = mapped_column(Id())


class Reservation(LedgerRow, Base):
    """Goods set aside for a member, with the points held, until they collect them (D34).

    Held, not spent: the pieces count as reserved, the points as pending. Collected at a till it
    becomes a redemption; cancelled or lapsed, both are free again. `household_id`: as a voucher's.
    """

    __tablename__ = "mall_reservation"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        sa.UniqueConstraint("ledger_id", "token_hash"),
        sa.UniqueConstraint("ledger_id", "digits_hash"),
        ledger_fk("member_id", "people_member"),
        ledger_fk("shop_id", "mall_shop"),
        ledger_fk("goods_id", "mall_goods"),
        ledger_fk("hold_journal_id", "ledger_journal"),
        ledger_fk("redemption_id", "mall_redemption"),
        sa.Index(None, "ledger_id", "member_id"),
        index_where("ix_mall_reservation_held", "ledger_id", "lapses_at", where="state = 'held'"),
        sa.CheckConstraint("quantity_count > 0", name="quantity_positive"),
        sa.CheckConstraint("total_points >= 0", name="total_not_negative"),
        one_of("state", *RESERVATION_STATES),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(48))
    member_id: Mapped[IdColumn]
    shop_id: Mapped[IdColumn]
    goods_id: Mapped[IdColumn]
    quantity_count: Mapped[int]
    total_points: Mapped[Amount]
    state: Mapped[str] = mapped_column(sa.String(12))
    token_hash: Mapped[Digest]
    digits_hash: Mapped[Digest]
    code_cipher: Mapped[Cipher]
    hold_journal_id: Mapped[UUID | None] = mapped_column(Id())
    redemption_id: Mapped[UUID | None] = mapped_column(Id())
    reserved_at: Mapped[Instant]
    lapses_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    household_id: Mapped[UUID | None] = mapped_column(Id())
