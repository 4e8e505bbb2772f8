"""Ledger tables: books, accounts, journals, transfers, entries, proofs.

Units: every amount is a whole number of minutes or of points (`unit` says which).
A balance is credits − debits, seen from the account. Posted rows are never
changed or deleted; a mistake is undone by a journal that names the first in
`reverses_id`.
"""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    REFERENCE,
    Amount,
    Base,
    Digest,
    Id,
    IdColumn,
    Instant,
    LedgerKey,
    LedgerRow,
    Small,
    index_where,
    ledger_fk,
    one_of,
    spread_by,
    unique_where,
)

UNITS = ("minutes", "points")
KINDS = (
    "issuance",
    "wallet",
    "hours_credited",
    "hours_honorary",
    "hours_historical",
    "household",
    "escrow",
    "common_pool",
    "shop",
    "shop_service",
    "shop_offer",
    "shop_honour",
    "settled",
    "expired",
    "receivable",
    "opening",
    "clearing",
)
PHASES = ("single", "pending", "post", "void", "expire")


class Book(Base):
    """The book of one programme. Points of one book are not valid in another."""

    __tablename__ = "ledger_book"
    __table_args__ = (sa.UniqueConstraint("code"), REFERENCE)

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(sa.String(32))
    name: Mapped[str] = mapped_column(sa.String(64))
    has_points: Mapped[bool]
    opened_on: Mapped[date]
    read_only_at: Mapped[Instant | None]
    read_only_reason: Mapped[str | None] = mapped_column(sa.String(200))


class Account(LedgerRow, Base):
    """One pot of one unit: four counters that only grow, a floor and a ceiling.

    Only `posting` writes the counters, and `last_posted_at`, behind which no later
    posting on this account may fall (clocks of two machines differ). `floor_amount`
    is the least the available balance may be (0 for wallets, None for control
    accounts); `ceiling_amount` is the most (0 for a receivable, which must not turn
    into a credit).
    """

    __tablename__ = "ledger_account"
    __table_args__ = (
        sa.UniqueConstraint(
            "ledger_id",
            "unit",
            "kind",
            "owner_id",
            "vintage_on",
            "stripe",
            name="uq_ledger_account_natural",
        ),
        sa.Index("ix_ledger_account_owner", "ledger_id", "owner_id"),
        one_of("unit", *UNITS),
        one_of("kind", *KINDS),
        sa.CheckConstraint(
            "debits_posted >= 0 AND credits_posted >= 0 AND debits_pending >= 0"
            " AND credits_pending >= 0 AND entry_count >= 0",
            name="counters_not_negative",
        ),
        sa.CheckConstraint(
            "floor_amount IS NULL OR"
            " credits_posted - debits_posted - debits_pending >= floor_amount",
            name="floor_kept",
        ),
        sa.CheckConstraint(
            "ceiling_amount IS NULL OR"
            " credits_posted + credits_pending - debits_posted <= ceiling_amount",
            name="ceiling_kept",
        ),
        spread_by("ledger_id", postgresql_with={"fillfactor": 75}),
    )

    unit: Mapped[str] = mapped_column(sa.String(8))
    kind: Mapped[str] = mapped_column(sa.String(20))
    owner_id: Mapped[IdColumn]
    vintage_on: Mapped[date]
    stripe: Mapped[Small]
    floor_amount: Mapped[Amount | None]
    ceiling_amount: Mapped[Amount | None]
    debits_posted: Mapped[Amount]
    credits_posted: Mapped[Amount]
    debits_pending: Mapped[Amount]
    credits_pending: Mapped[Amount]
    entry_count: Mapped[Amount]
    last_posted_at: Mapped[Instant | None]
    opened_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]


class Journal(LedgerRow, Base):
    """One business event in the book. `key` is its natural name: written once.

    `source_id` names the row that caused it (an attendance's grant, a redemption).
    `occurred_at` is when it happened, `posted_at` when it was written (D8).
    """

    __tablename__ = "ledger_journal"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "key"),
        sa.UniqueConstraint("ledger_id", "reverses_id"),
        sa.Index("ix_ledger_journal_source", "ledger_id", "source_id"),
        sa.Index("ix_ledger_journal_posted", "ledger_id", "posted_at"),
        ledger_fk("reverses_id", "ledger_journal"),
        sa.CheckConstraint("reverses_id IS NULL OR reverses_id <> id", name="reverses_another"),
        BY_LEDGER,
    )

    key: Mapped[str] = mapped_column(sa.String(120))
    content_hash: Mapped[Digest]
    kind: Mapped[str] = mapped_column(sa.String(32))
    source_id: Mapped[IdColumn]
    actor_id: Mapped[IdColumn]
    on_behalf_id: Mapped[UUID | None] = mapped_column(Id())
    reason: Mapped[str] = mapped_column(sa.String(200))
    reverses_id: Mapped[UUID | None] = mapped_column(Id())
    pair_ledger_id: Mapped[Amount | None]
    pair_id: Mapped[UUID | None] = mapped_column(Id())
    occurred_at: Mapped[Instant]
    posted_at: Mapped[Instant]


class Transfer(LedgerRow, Base):
    """One double entry: an amount leaves the debited account for the credited one.

    `phase` is `single`, or `pending` (a hold), or what resolved the hold that
    `pending_id` names: `post`, `void`, `expire`. No foreign key to the accounts:
    the posting's own UPDATE proves that they exist, the daily proof looks for orphans.
    """

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "journal_id", "line"),
        ledger_fk("journal_id", "ledger_journal"),
        ledger_fk("pending_id", "ledger_transfer"),
        unique_where(
            "uq_ledger_transfer_pending_id",
            "ledger_id",
            "pending_id",
            where="pending_id IS NOT NULL",
        ),
        index_where(
            "ix_ledger_transfer_hold_due", "ledger_id", "expires_at", where="phase = 'pending'"
        ),
        index_where(
            "ix_ledger_transfer_held", "ledger_id", "debit_account_id", where="phase = 'pending'"
        ),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        one_of("unit", *UNITS),
        one_of("phase", *PHASES),
        sa.CheckConstraint(
            "(phase IN ('post', 'void', 'expire')) = (pending_id IS NOT NULL)",
            name="pending_named",
        ),
        BY_LEDGER,
    )

    journal_id: Mapped[IdColumn]
    line: Mapped[Small]
    phase: Mapped[str] = mapped_column(sa.String(8))
    pending_id: Mapped[UUID | None] = mapped_column(Id())
    debit_account_id: Mapped[IdColumn]
    credit_account_id: Mapped[IdColumn]
    unit: Mapped[str] = mapped_column(sa.String(8))
    amount: Mapped[Amount]
    expires_at: Mapped[Instant | None]
    posted_at: Mapped[Instant]


class Entry(LedgerKey, Base):
    """One account's side of a posted transfer, with the balance it left.

    `seq` counts the account's entries from 1 without gaps, so a statement, or the
    balance at any past moment, is one index probe.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.CheckConstraint("delta <> 0", name="delta_not_zero"),
        sa.Index("ix_ledger_entry_transfer", "ledger_id", "transfer_id"),
        spread_by("ledger_id", sqlite_with_rowid=False),
    )

    account_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    transfer_id: Mapped[IdColumn]
    delta: Mapped[Amount]
    balance_after: Mapped[Amount]
    posted_at: Mapped[Instant]


class Proof(LedgerKey, Base):
    """The outcome of one run of the daily proof over one book."""

    __tablename__ = "ledger_proof"
    __table_args__ = BY_LEDGER

    proved_on: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    run: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    is_ok: Mapped[bool]
    checks: Mapped[list[dict[str, object]]] = mapped_column(sa.JSON)
    closing_minutes: Mapped[Amount]
    closing_points: Mapped[Amount]
    proved_at: Mapped[Instant]
