"""Add star boards.

Why: whether a place's board is public, and what it ranks, is decided place by place and
    is off until staff switch it on.
Rows: none changed.
Old code: keeps working; it does not read the table.
Undo: drops the switches; every board is off again.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import spread

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "points_board",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("counts", sa.String(length=8), nullable=False),
        sa.Column("row_max", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", Id(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "counts IN ('all', 'credited')", name=op.f("ck_points_board_counts_known")
        ),
        sa.CheckConstraint(
            "period IN ('month', 'quarter', 'year')", name=op.f("ck_points_board_period_known")
        ),
        sa.CheckConstraint(
            "row_max BETWEEN 10 AND 50", name=op.f("ck_points_board_row_max_sensible")
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_points_board_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "node_id", name=op.f("pk_points_board")),
    )
    spread("points_board", "ledger_id")


def downgrade() -> None:
    op.drop_table("points_board")
