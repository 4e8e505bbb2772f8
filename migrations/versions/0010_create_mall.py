"""Create the mall: shops, goods, stock, redemptions, settlements.

Why: points go out for goods, and the shelf moves with them; stock movements are
    append-only, so that the day end can be proved (A14).
Rows: none changed.
Old code: keeps working; nothing reads these tables yet.
Undo: drops them; refused as soon as something was redeemed.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import append_only, not_append_only, refuse_if_filled, spread

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "mall_merchant",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("partner_class", sa.String(length=24), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("discount_rate_bp", sa.Integer(), nullable=False),
        sa.Column("applied_by_id", Id(), nullable=False),
        sa.Column("approved_by_id", Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('applied', 'approved', 'listed', 'suspended', 'closed')",
            name=op.f("ck_mall_merchant_state_known"),
        ),
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
    spread("mall_merchant", "ledger_id")
    op.create_table(
        "mall_shop",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("merchant_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'suspended', 'closed')", name=op.f("ck_mall_shop_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "merchant_id"],
            ["mall_merchant.ledger_id", "mall_merchant.id"],
            name=op.f("fk_mall_shop_ledger_id_merchant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_mall_shop_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_mall_shop")),
        sa.UniqueConstraint(
            "ledger_id", "node_id", "name", name=op.f("uq_mall_shop_ledger_id_node_id_name")
        ),
    )
    spread("mall_shop", "ledger_id")
    op.create_table(
        "mall_clerk",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shop_id", Id(), nullable=False),
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ledger_id", "shop_id"],
            ["mall_shop.ledger_id", "mall_shop.id"],
            name=op.f("fk_mall_clerk_ledger_id_shop_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "shop_id", "person_id", "from_on", name=op.f("pk_mall_clerk")
        ),
    )
    spread("mall_clerk", "ledger_id")
    op.create_index(
        op.f("ix_mall_clerk_ledger_id_person_id"),
        "mall_clerk",
        ["ledger_id", "person_id"],
        unique=False,
    )
    op.create_table(
        "mall_goods",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("shop_id", Id(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("barcode", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("price_points", sa.BigInteger(), nullable=False),
        sa.Column("stock_count", sa.Integer(), nullable=False),
        sa.Column("reserved_count", sa.Integer(), nullable=False),
        sa.Column("low_stock_count", sa.Integer(), nullable=False),
        sa.Column("movement_count", sa.BigInteger(), nullable=False),
        sa.Column("person_period_max", sa.Integer(), nullable=True),
        sa.Column("is_on_sale", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('goods', 'service', 'offer', 'honour')", name=op.f("ck_mall_goods_kind_known")
        ),
        sa.CheckConstraint("price_points >= 0", name=op.f("ck_mall_goods_price_not_negative")),
        sa.CheckConstraint(
            "stock_count >= 0 AND stock_count >= reserved_count AND reserved_count >= 0",
            name=op.f("ck_mall_goods_stock_kept"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "shop_id"],
            ["mall_shop.ledger_id", "mall_shop.id"],
            name=op.f("fk_mall_goods_ledger_id_shop_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_mall_goods")),
        sa.UniqueConstraint(
            "ledger_id", "shop_id", "number", name=op.f("uq_mall_goods_ledger_id_shop_id_number")
        ),
    )
    spread("mall_goods", "ledger_id")
    op.create_index(
        "uq_mall_goods_barcode",
        "mall_goods",
        ["ledger_id", "shop_id", "barcode"],
        unique=True,
        sqlite_where=sa.text("barcode IS NOT NULL"),
        postgresql_where=sa.text("barcode IS NOT NULL"),
    )
    op.create_table(
        "mall_settlement",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("shop_id", Id(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("total_points", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("journal_id", Id(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=False),
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
        sa.UniqueConstraint(
            "ledger_id",
            "shop_id",
            "period",
            "version",
            name=op.f("uq_mall_settlement_ledger_id_shop_id_period_version"),
        ),
    )
    spread("mall_settlement", "ledger_id")
    op.create_table(
        "mall_till",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("shop_id", Id(), nullable=False),
        sa.Column("opened_by_id", Id(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_by_id", Id(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("redemption_count", sa.Integer(), nullable=True),
        sa.Column("total_points", sa.BigInteger(), nullable=True),
        sa.Column("difference_count", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ledger_id", "shop_id"],
            ["mall_shop.ledger_id", "mall_shop.id"],
            name=op.f("fk_mall_till_ledger_id_shop_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_mall_till")),
    )
    spread("mall_till", "ledger_id")
    op.create_index(
        "uq_mall_till_open",
        "mall_till",
        ["ledger_id", "shop_id", "opened_by_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "mall_redemption",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=48), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("shop_id", Id(), nullable=False),
        sa.Column("till_id", Id(), nullable=False),
        sa.Column("clerk_person_id", Id(), nullable=False),
        sa.Column("presentation_id", Id(), nullable=False),
        sa.Column("presented", sa.String(length=8), nullable=False),
        sa.Column("confirmed_by", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("total_points", sa.BigInteger(), nullable=False),
        sa.Column("journal_id", Id(), nullable=True),
        sa.Column("reversal_journal_id", Id(), nullable=True),
        sa.Column("reversal_reason", sa.String(length=200), nullable=True),
        sa.Column("reversed_by_id", Id(), nullable=True),
        sa.Column("reversed_at", UTCDateTime(), nullable=True),
        sa.Column("settlement_id", Id(), nullable=True),
        sa.Column("redeemed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by IN ('none', 'pin', 'phone', 'second_staff')",
            name=op.f("ck_mall_redemption_confirmed_by_known"),
        ),
        sa.CheckConstraint(
            "presented IN ('code', 'card')", name=op.f("ck_mall_redemption_presented_known")
        ),
        sa.CheckConstraint(
            "state IN ('done', 'cancelled', 'refunded')",
            name=op.f("ck_mall_redemption_state_known"),
        ),
        sa.CheckConstraint("total_points >= 0", name=op.f("ck_mall_redemption_total_not_negative")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_mall_redemption_ledger_id_journal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_mall_redemption_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "reversal_journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_mall_redemption_ledger_id_reversal_journal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "settlement_id"],
            ["mall_settlement.ledger_id", "mall_settlement.id"],
            name=op.f("fk_mall_redemption_ledger_id_settlement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "shop_id"],
            ["mall_shop.ledger_id", "mall_shop.id"],
            name=op.f("fk_mall_redemption_ledger_id_shop_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "till_id"],
            ["mall_till.ledger_id", "mall_till.id"],
            name=op.f("fk_mall_redemption_ledger_id_till_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_mall_redemption")),
        sa.UniqueConstraint(
            "ledger_id", "number", name=op.f("uq_mall_redemption_ledger_id_number")
        ),
        sa.UniqueConstraint(
            "ledger_id",
            "presentation_id",
            name=op.f("uq_mall_redemption_ledger_id_presentation_id"),
        ),
    )
    spread("mall_redemption", "ledger_id")
    op.create_index(
        op.f("ix_mall_redemption_ledger_id_member_id_redeemed_at"),
        "mall_redemption",
        ["ledger_id", "member_id", "redeemed_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_mall_redemption_ledger_id_shop_id_redeemed_at"),
        "mall_redemption",
        ["ledger_id", "shop_id", "redeemed_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_mall_redemption_ledger_id_till_id"),
        "mall_redemption",
        ["ledger_id", "till_id"],
        unique=False,
    )
    op.create_table(
        "mall_redemption_line",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("redemption_id", Id(), nullable=False),
        sa.Column("line", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("goods_id", Id(), nullable=False),
        sa.Column("quantity_count", sa.Integer(), nullable=False),
        sa.Column("price_points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity_count > 0", name=op.f("ck_mall_redemption_line_quantity_positive")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "goods_id"],
            ["mall_goods.ledger_id", "mall_goods.id"],
            name=op.f("fk_mall_redemption_line_ledger_id_goods_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "redemption_id"],
            ["mall_redemption.ledger_id", "mall_redemption.id"],
            name=op.f("fk_mall_redemption_line_ledger_id_redemption_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "redemption_id", "line", name=op.f("pk_mall_redemption_line")
        ),
    )
    spread("mall_redemption_line", "ledger_id")
    op.create_table(
        "mall_stock_movement",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("goods_id", Id(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("change_count", sa.Integer(), nullable=False),
        sa.Column("stock_after", sa.Integer(), nullable=False),
        sa.Column("redemption_id", Id(), nullable=True),
        sa.Column("actor_id", Id(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=True),
        sa.Column("moved_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "change_count <> 0 OR kind = 'count'",
            name=op.f("ck_mall_stock_movement_change_not_zero"),
        ),
        sa.CheckConstraint(
            "kind IN ('intake', 'redemption', 'cancel', 'refund', 'count', 'write_off')",
            name=op.f("ck_mall_stock_movement_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "goods_id"],
            ["mall_goods.ledger_id", "mall_goods.id"],
            name=op.f("fk_mall_stock_movement_ledger_id_goods_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "redemption_id"],
            ["mall_redemption.ledger_id", "mall_redemption.id"],
            name=op.f("fk_mall_stock_movement_ledger_id_redemption_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "goods_id", "seq", name=op.f("pk_mall_stock_movement")
        ),
    )
    spread("mall_stock_movement", "ledger_id")
    op.create_index(
        op.f("ix_mall_stock_movement_ledger_id_redemption_id"),
        "mall_stock_movement",
        ["ledger_id", "redemption_id"],
        unique=False,
    )
    append_only("mall_stock_movement")


def downgrade() -> None:
    refuse_if_filled("mall_redemption")
    not_append_only("mall_stock_movement")
    op.drop_table("mall_stock_movement")
    op.drop_table("mall_redemption_line")
    op.drop_table("mall_redemption")
    op.drop_table("mall_till")
    op.drop_table("mall_settlement")
    op.drop_table("mall_goods")
    op.drop_table("mall_clerk")
    op.drop_table("mall_shop")
    op.drop_table("mall_merchant")
