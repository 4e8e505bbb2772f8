"""Mall tables of the demand side: redemptions, their lines, settlements."""

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
    Small,
    ledger_fk,
    one_of,
)


class Redemption(LedgerRow, Base):
    """Goods that a member took and the points that paid for them, in one transaction.

    `number` is what people see and type: `<book>-R20250731-0007`. `presentation_id`:
    the showing of code or card that it answers; each pays at most once (D34, E17).
    `household_id`: whose limits it counted against, where the programme pools (D29, D35).
    `settlement_id`, `reversal_settlement_id`: the statements that count it, and its taking back.
    """

    __tablename__ = "mall_redemption"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        sa.UniqueConstraint("ledger_id", "presentation_id"),
        ledger_fk("member_id", "people_member"),
        ledger_fk("shop_id", "mall_shop"),
        ledger_fk("till_id", "mall_till"),
        ledger_fk("journal_id", "ledger_journal"),
        ledger_fk("reversal_journal_id", "ledger_journal"),
        ledger_fk("settlement_id", "mall_settlement"),
        sa.Index(None, "ledger_id", "member_id", "redeemed_at"),
        sa.Index(None, "ledger_id", "shop_id", "redeemed_at"),
        sa.Index(None, "ledger_id", "till_id"),
        sa.Index("ix_mall_redemption_settlement", "ledger_id", "settlement_id"),
        sa.CheckConstraint("total_points >= 0", name="total_not_negative"),
        one_of("state", "done", "cancelled", "refunded"),
        one_of("presented", "code", "card"),
        one_of("confirmed_by", "none", "pin", "phone", "second_staff"),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(48))
    member_id: Mapped[IdColumn]
    shop_id: Mapped[IdColumn]
    till_id: Mapped[IdColumn]
    clerk_person_id: Mapped[IdColumn]
    presentation_id: Mapped[IdColumn]
    presented: Mapped[str] = mapped_column(sa.String(8))
    confirmed_by: Mapped[str] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(12))
    total_points: Mapped[Amount]
    journal_id: Mapped[UUID | None] = mapped_column(Id())
    reversal_journal_id: Mapped[UUID | None] = mapped_column(Id())
    reversal_reason: Mapped[str | None] = mapped_column(sa.String(200))
    reversed_by_id: Mapped[UUID | None] = mapped_column(Id())
    reversed_at: Mapped[Instant | None]
    settlement_id: Mapped[UUID | None] = mapped_column(Id())
    redeemed_at: Mapped[Instant]
    household_id: Mapped[UUID | None] = mapped_column(Id())
    reversal_settlement_id: Mapped[UUID | None] = mapped_column(Id())


class RedemptionLine(LedgerKey, Base):
    """So many pieces of one kind of goods, at the price of that moment."""

    __tablename__ = "mall_redemption_line"
    __table_args__ = (
        ledger_fk("redemption_id", "mall_redemption"),
        ledger_fk("goods_id", "mall_goods"),
        sa.CheckConstraint("quantity_count > 0", name="quantity_positive"),
        BY_LEDGER,
    )

    redemption_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    line: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    goods_id: Mapped[IdColumn]
    quantity_count: Mapped[int]
    price_points: Mapped[Amount]


class Settlement(LedgerRow, Base):
    """What a shop took in a month, settled once and for good (D39, L14).

    Captured less reversed points; paid by the merchant's rate on the reference value of a
    point, which is for procurement only (D40). `version` is always 1: nothing is settled twice.
    """

    __tablename__ = "mall_settlement"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "shop_id", "period", "version"),
        sa.UniqueConstraint("ledger_id", "number"),
        ledger_fk("shop_id", "mall_shop"),
        ledger_fk("journal_id", "ledger_journal"),
        BY_LEDGER,
    )

    shop_id: Mapped[IdColumn]
    period: Mapped[str] = mapped_column(sa.String(7))
    version: Mapped[Small]
    total_points: Mapped[Amount]
    amount_fen: Mapped[Amount]
    journal_id: Mapped[UUID | None] = mapped_column(Id())
    settled_at: Mapped[Instant]
    number: Mapped[str] = mapped_column(sa.String(48))
    captured_points: Mapped[Amount]
    reversed_points: Mapped[Amount]
    discount_rate_bp: Mapped[int]
    reference_fen: Mapped[int]
    settled_by_id: Mapped[IdColumn]
