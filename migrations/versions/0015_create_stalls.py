"""Create the stalls of a market day.

Why: a shop sells for a day at another place; the goods it takes along leave the shelf
    and come back counted (M4, A14).
Rows: every till gets `stall_id` NULL, every movement `stall_id` NULL and `reserved_after` 0:
    until now nothing was with a stall.
Old code: keeps working; the new columns have defaults. It shows a stall's till as any other.
Undo: drops tables and columns; refused as soon as a stall was opened.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "mall_stall",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("shop_id", Id(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_by_id", Id(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_by_id", Id(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("difference_count", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_mall_stall_state_known")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "shop_id"],
            ["mall_shop.ledger_id", "mall_shop.id"],
            name=op.f("fk_mall_stall_ledger_id_shop_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_mall_stall")),
        sa.UniqueConstraint(
            "ledger_id",
            "shop_id",
            "held_on",
            "place",
            name=op.f("uq_mall_stall_ledger_id_shop_id_held_on_place"),
        ),
    )
    spread("mall_stall", "ledger_id")
    op.create_table(
        "mall_stall_goods",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stall_id", Id(), nullable=False),
        sa.Column("goods_id", Id(), nullable=False),
        sa.Column("taken_count", sa.Integer(), nullable=False),
        sa.Column("left_count", sa.Integer(), nullable=False),
        sa.Column("counted_count", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "left_count BETWEEN 0 AND taken_count", name=op.f("ck_mall_stall_goods_left_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "stall_id"],
            ["mall_stall.ledger_id", "mall_stall.id"],
            name=op.f("fk_mall_stall_goods_ledger_id_stall_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "goods_id"],
            ["mall_goods.ledger_id", "mall_goods.id"],
            name=op.f("fk_mall_stall_goods_ledger_id_goods_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "stall_id", "goods_id", name=op.f("pk_mall_stall_goods")
        ),
    )
    spread("mall_stall_goods", "ledger_id")
    op.add_column("mall_till", sa.Column("stall_id", Id(), nullable=True))
    op.add_column("mall_stock_movement", sa.Column("stall_id", Id(), nullable=True))
    op.add_column(
        "mall_stock_movement",
        sa.Column("reserved_after", sa.Integer(), server_default="0", nullable=False),
    )


def downgrade() -> None:
    refuse_if_filled("mall_stall")
    op.drop_column("mall_stock_movement", "reserved_after")
    op.drop_column("mall_stock_movement", "stall_id")
    op.drop_column("mall_till", "stall_id")
    op.drop_table("mall_stall_goods")
    op.drop_table("mall_stall")
