"""Create the ledger: books, accounts, journals, transfers, entries, proofs.

Why: minutes and points may move only between two accounts, never below an account's
    floor and never above its ceiling; a hold is resolved once, a journal is reversed
    once. These are checks of the database, so that neither a bug nor a hand-written
    UPDATE can break them. Posted rows are append-only.
Rows: none changed.
Old code: keeps working; nothing reads these tables yet.
Undo: drops the books; refused as soon as one journal is posted.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import append_only, not_append_only, refuse_if_filled, spread

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("owner_id", Id(), nullable=False),
        sa.Column("vintage_on", sa.Date(), nullable=False),
        sa.Column("stripe", sa.SmallInteger(), nullable=False),
        sa.Column("floor_amount", sa.BigInteger(), nullable=True),
        sa.Column("ceiling_amount", sa.BigInteger(), nullable=True),
        sa.Column("debits_posted", sa.BigInteger(), nullable=False),
        sa.Column("credits_posted", sa.BigInteger(), nullable=False),
        sa.Column("debits_pending", sa.BigInteger(), nullable=False),
        sa.Column("credits_pending", sa.BigInteger(), nullable=False),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("last_posted_at", UTCDateTime(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('issuance', 'wallet', 'hours_credited', 'hours_honorary', 'hours_historical', 'household', 'escrow', 'common_pool', 'shop', 'settled', 'expired', 'receivable', 'opening', 'clearing')",
            name=op.f("ck_ledger_account_kind_known"),
        ),
        sa.CheckConstraint(
            "unit IN ('minutes', 'points')", name=op.f("ck_ledger_account_unit_known")
        ),
        sa.CheckConstraint(
            "ceiling_amount IS NULL OR credits_posted + credits_pending - debits_posted <= ceiling_amount",
            name=op.f("ck_ledger_account_ceiling_kept"),
        ),
        sa.CheckConstraint(
            "debits_posted >= 0 AND credits_posted >= 0 AND debits_pending >= 0 AND credits_pending >= 0 AND entry_count >= 0",
            name=op.f("ck_ledger_account_counters_not_negative"),
        ),
        sa.CheckConstraint(
            "floor_amount IS NULL OR credits_posted - debits_posted - debits_pending >= floor_amount",
            name=op.f("ck_ledger_account_floor_kept"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint(
            "ledger_id",
            "unit",
            "kind",
            "owner_id",
            "vintage_on",
            "stripe",
            name="uq_ledger_account_natural",
        ),
        postgresql_with={"fillfactor": 75},
    )
    spread("ledger_account", "ledger_id")
    op.create_index(
        "ix_ledger_account_owner", "ledger_account", ["ledger_id", "owner_id"], unique=False
    )
    op.create_table(
        "ledger_book",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("has_points", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("read_only_at", UTCDateTime(), nullable=True),
        sa.Column("read_only_reason", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_book")),
        sa.UniqueConstraint("code", name=op.f("uq_ledger_book_code")),
    )
    spread("ledger_book", None)
    op.create_table(
        "ledger_entry",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("transfer_id", Id(), nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_ledger_entry_delta_not_zero")),
        sa.PrimaryKeyConstraint("ledger_id", "account_id", "seq", name=op.f("pk_ledger_entry")),
        sqlite_with_rowid=False,
    )
    spread("ledger_entry", "ledger_id")
    op.create_index(
        "ix_ledger_entry_transfer", "ledger_entry", ["ledger_id", "transfer_id"], unique=False
    )
    op.create_table(
        "ledger_journal",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("actor_id", Id(), nullable=False),
        sa.Column("on_behalf_id", Id(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("reverses_id", Id(), nullable=True),
        sa.Column("pair_ledger_id", sa.BigInteger(), nullable=True),
        sa.Column("pair_id", Id(), nullable=True),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("posted_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "reverses_id IS NULL OR reverses_id <> id",
            name=op.f("ck_ledger_journal_reverses_another"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "reverses_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_ledger_journal_ledger_id_reverses_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_ledger_journal")),
        sa.UniqueConstraint("ledger_id", "key", name=op.f("uq_ledger_journal_ledger_id_key")),
        sa.UniqueConstraint(
            "ledger_id", "reverses_id", name=op.f("uq_ledger_journal_ledger_id_reverses_id")
        ),
    )
    spread("ledger_journal", "ledger_id")
    op.create_index(
        "ix_ledger_journal_posted", "ledger_journal", ["ledger_id", "posted_at"], unique=False
    )
    op.create_index(
        "ix_ledger_journal_source", "ledger_journal", ["ledger_id", "source_id"], unique=False
    )
    op.create_table(
        "ledger_proof",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("proved_on", sa.Date(), nullable=False),
        sa.Column("run", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("is_ok", sa.Boolean(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("closing_minutes", sa.BigInteger(), nullable=False),
        sa.Column("closing_points", sa.BigInteger(), nullable=False),
        sa.Column("proved_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ledger_id", "proved_on", "run", name=op.f("pk_ledger_proof")),
    )
    spread("ledger_proof", "ledger_id")
    op.create_table(
        "ledger_transfer",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("journal_id", Id(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.Column("pending_id", Id(), nullable=True),
        sa.Column("debit_account_id", Id(), nullable=False),
        sa.Column("credit_account_id", Id(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("posted_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(phase IN ('post', 'void', 'expire')) = (pending_id IS NOT NULL)",
            name=op.f("ck_ledger_transfer_pending_named"),
        ),
        sa.CheckConstraint(
            "phase IN ('single', 'pending', 'post', 'void', 'expire')",
            name=op.f("ck_ledger_transfer_phase_known"),
        ),
        sa.CheckConstraint(
            "unit IN ('minutes', 'points')", name=op.f("ck_ledger_transfer_unit_known")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_transfer_amount_positive")),
        sa.CheckConstraint(
            "debit_account_id <> credit_account_id", name=op.f("ck_ledger_transfer_two_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_ledger_transfer_ledger_id_journal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "pending_id"],
            ["ledger_transfer.ledger_id", "ledger_transfer.id"],
            name=op.f("fk_ledger_transfer_ledger_id_pending_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_ledger_transfer")),
        sa.UniqueConstraint(
            "ledger_id",
            "journal_id",
            "line",
            name=op.f("uq_ledger_transfer_ledger_id_journal_id_line"),
        ),
    )
    spread("ledger_transfer", "ledger_id")
    op.create_index(
        "ix_ledger_transfer_hold_due",
        "ledger_transfer",
        ["ledger_id", "expires_at"],
        unique=False,
        sqlite_where=sa.text("phase = 'pending'"),
        postgresql_where=sa.text("phase = 'pending'"),
    )
    op.create_index(
        "ix_ledger_transfer_held",
        "ledger_transfer",
        ["ledger_id", "debit_account_id"],
        unique=False,
        sqlite_where=sa.text("phase = 'pending'"),
        postgresql_where=sa.text("phase = 'pending'"),
    )
    op.create_index(
        "uq_ledger_transfer_pending_id",
        "ledger_transfer",
        ["ledger_id", "pending_id"],
        unique=True,
        sqlite_where=sa.text("pending_id IS NOT NULL"),
        postgresql_where=sa.text("pending_id IS NOT NULL"),
    )
    append_only("ledger_journal", "ledger_transfer", "ledger_entry")
    op.execute(
        "INSERT INTO ledger_book (id, code, name, has_points, opened_on)"
        " VALUES (0, 'house', '系统', FALSE, '2025-01-01')"
    )  # acts without a book (sign-up, node import) belong to book 0


def downgrade() -> None:
    refuse_if_filled("ledger_journal")
    not_append_only("ledger_journal", "ledger_transfer", "ledger_entry")
    op.drop_table("ledger_transfer")
    op.drop_table("ledger_proof")
    op.drop_table("ledger_journal")
    op.drop_table("ledger_entry")
    op.drop_table("ledger_book")
    op.drop_table("ledger_account")
