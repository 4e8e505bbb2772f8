"""Let a shop take in points on an account for each kind of what it gives.

Why: goods, services, offers and honours each have a counter-account of their own, so that the
    book itself says what the points were used for (P8); the kinds of accounts grow by three.
Rows: none changed. What was redeemed until now stands on the shop's account, and stays there.
Old code: keeps working; it writes the old kinds.
Undo: takes the kinds away again; stops while an account of one of them exists.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import is_postgresql, refuse_if_filled

revision = "0038"
down_revision = "0037"

TABLE, CHECK, INDEX = "ledger_account", "ck_ledger_account_kind_known", "ix_ledger_account_owner"
KINDS_BEFORE = (
    "kind IN ('issuance', 'wallet', 'hours_credited', 'hours_honorary', 'hours_historical',"
    " 'household', 'escrow', 'common_pool', 'shop', 'settled', 'expired', 'receivable',"
    " 'opening', 'clearing')"
)
KINDS = KINDS_BEFORE.replace("'shop',", "'shop', 'shop_service', 'shop_offer', 'shop_honour',")


def upgrade() -> None:
    _change(KINDS_BEFORE, KINDS)


def downgrade() -> None:
    refuse_if_filled(f"{TABLE} WHERE kind IN ('shop_service', 'shop_offer', 'shop_honour')")
    _change(KINDS, KINDS_BEFORE)


def _change(before: str, after: str) -> None:
    if is_postgresql():
        op.drop_constraint(op.f(CHECK), TABLE, type_="check")
        op.create_check_constraint(op.f(CHECK), TABLE, after)
        return
    op.drop_index(INDEX, TABLE)
    with op.batch_alter_table(TABLE, copy_from=_table(before)) as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.create_check_constraint(op.f(CHECK), after)
    op.create_index(INDEX, TABLE, ["ledger_id", "owner_id"], unique=False)


def _table(kinds: str) -> sa.Table:
    """The table as SQLite is to copy it: it cannot change a CHECK in place."""
    counters = ("debits_posted", "credits_posted", "debits_pending", "credits_pending")
    return sa.Table(
        TABLE,
        sa.MetaData(),
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("owner_id", Id(), nullable=False),
        sa.Column("vintage_on", sa.Date(), nullable=False),
        sa.Column("stripe", sa.SmallInteger(), nullable=False),
        sa.Column("floor_amount", sa.BigInteger(), nullable=True),
        sa.Column("ceiling_amount", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in counters),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("last_posted_at", UTCDateTime(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(kinds, name=op.f(CHECK)),
        sa.CheckConstraint(
            "unit IN ('minutes', 'points')", name=op.f("ck_ledger_account_unit_known")
        ),
        sa.CheckConstraint(
            "ceiling_amount IS NULL OR credits_posted + credits_pending - debits_posted"
            " <= ceiling_amount",
            name=op.f("ck_ledger_account_ceiling_kept"),
        ),
        sa.CheckConstraint(
            "debits_posted >= 0 AND credits_posted >= 0 AND debits_pending >= 0"
            " AND credits_pending >= 0 AND entry_count >= 0",
            name=op.f("ck_ledger_account_counters_not_negative"),
        ),
        sa.CheckConstraint(
            "floor_amount IS NULL OR credits_posted - debits_posted - debits_pending"
            " >= floor_amount",
            name=op.f("ck_ledger_account_floor_kept"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint(
            *("ledger_id", "unit", "kind", "owner_id", "vintage_on", "stripe"),
            name="uq_ledger_account_natural",
        ),
    )
