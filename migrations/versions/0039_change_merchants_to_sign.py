"""Let merchants sign, and shops be settled.

Why: a merchant signs an agreement before it is listed (M3); a shop is a store of a community or
    a partner's place; a settlement says by what rate and value it was reckoned, and names the
    redemptions and the reversals in it, each once (D39, L14, E12).
Rows: merchants keep their state, without an agreement; every shop is a `store`. No settlement
    existed, so that table is filled with nothing.
Old code: keeps working; it lists a merchant without a signature and settles nothing.
Undo: stops when a merchant has signed or a settlement exists; else takes the columns away.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import is_postgresql, refuse_if_filled

revision = "0039"
down_revision = "0038"

MERCHANT, SETTLEMENT = "mall_merchant", "mall_settlement"
CHECK = "ck_mall_merchant_state_known"
STATES_BEFORE = "state IN ('applied', 'approved', 'listed', 'suspended', 'closed')"
STATES = "state IN ('applied', 'approved', 'signed', 'listed', 'suspended', 'closed')"
AGREEMENT = {
    "agreement_no": sa.String(length=40),
    "agreed_from_on": sa.Date(),
    "agreed_until_on": sa.Date(),
}
RECKONED = {
    "number": sa.String(length=48),
    "captured_points": sa.BigInteger(),
    "reversed_points": sa.BigInteger(),
    "discount_rate_bp": sa.Integer(),
    "reference_fen": sa.Integer(),
    "settled_by_id": Id(),
}
NUMBERED = "uq_mall_settlement_ledger_id_number"


def upgrade() -> None:
    refuse_if_filled(SETTLEMENT)
    for name, kind in AGREEMENT.items():
        op.add_column(MERCHANT, sa.Column(name, kind, nullable=True))
    _change_states(STATES_BEFORE, STATES)
    op.add_column(
        "mall_shop",
        sa.Column("kind", sa.String(length=8), server_default="store", nullable=False),
    )
    with op.batch_alter_table(SETTLEMENT, copy_from=_settlement({})) as batch:
        for name, kind in RECKONED.items():
            batch.add_column(sa.Column(name, kind, nullable=False))
        batch.alter_column("journal_id", existing_type=Id(), nullable=True)
        batch.create_unique_constraint(op.f(NUMBERED), ["ledger_id", "number"])
    op.add_column("mall_redemption", sa.Column("reversal_settlement_id", Id(), nullable=True))
    op.create_index(
        "ix_mall_redemption_settlement", "mall_redemption", ["ledger_id", "settlement_id"]
    )


def downgrade() -> None:
    refuse_if_filled(SETTLEMENT)
    refuse_if_filled(f"{MERCHANT} WHERE state = 'signed' OR agreement_no IS NOT NULL")
    op.drop_index("ix_mall_redemption_settlement", "mall_redemption")
    op.drop_column("mall_redemption", "reversal_settlement_id")
    with op.batch_alter_table(SETTLEMENT, copy_from=_settlement(RECKONED)) as batch:
        batch.drop_constraint(op.f(NUMBERED), type_="unique")
        for name in RECKONED:
            batch.drop_column(name)
        batch.alter_column("journal_id", existing_type=Id(), nullable=False)
    op.drop_column("mall_shop", "kind")
    _change_states(STATES, STATES_BEFORE)
    for name in reversed(AGREEMENT):
        op.drop_column(MERCHANT, name)


def _change_states(before: str, after: str) -> None:
    if is_postgresql():
        op.drop_constraint(op.f(CHECK), MERCHANT, type_="check")
        op.create_check_constraint(op.f(CHECK), MERCHANT, after)
        return
    with op.batch_alter_table(MERCHANT, copy_from=_merchant(before)) as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.create_check_constraint(op.f(CHECK), after)


def _merchant(states: str) -> sa.Table:
    """The table as SQLite is to copy it: it cannot change a CHECK in place."""
    return sa.Table(
        MERCHANT,
        sa.MetaData(),
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("partner_class", sa.String(length=24), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("discount_rate_bp", sa.Integer(), nullable=False),
        sa.Column("applied_by_id", Id(), nullable=False),
        sa.Column("approved_by_id", Id(), nullable=True),
        *(sa.Column(name, kind, nullable=True) for name, kind in AGREEMENT.items()),
        sa.CheckConstraint(states, name=op.f(CHECK)),
        sa.CheckConstraint(
            "discount_rate_bp BETWEEN 0 AND 10000",
            name=op.f("ck_mall_merchant_discount_rate_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_mall_merchant_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_mall_merchant")),
        sa.UniqueConstraint(
            "ledger_id", "node_id", "name", name=op.f("uq_mall_merchant_ledger_id_node_id_name")
        ),
    )


def _settlement(more: dict[str, sa.types.TypeEngine[object]]) -> sa.Table:
    """The table as SQLite is to copy it: it cannot drop a NOT NULL in place."""
    unique = ("ledger_id", "shop_id", "period", "version")
    numbered = (sa.UniqueConstraint("ledger_id", "number", name=op.f(NUMBERED)),) if more else ()
    return sa.Table(
        SETTLEMENT,
        sa.MetaData(),
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("shop_id", Id(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("total_points", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("journal_id", Id(), nullable=bool(more)),
        sa.Column("settled_at", UTCDateTime(), nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in more.items()),
        sa.ForeignKeyConstraint(
            ["ledger_id", "journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_mall_settlement_ledger_id_journal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "shop_id"],
            ["mall_shop.ledger_id", "mall_shop.id"],
            name=op.f("fk_mall_settlement_ledger_id_shop_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_mall_settlement")),
        sa.UniqueConstraint(*unique, name=op.f(f"uq_{SETTLEMENT}_{'_'.join(unique)}")),
        *numbered,
    )
