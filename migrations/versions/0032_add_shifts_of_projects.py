"""Link projects to the activities that are their shifts, and to the team behind them.

Why: a standing project owns recurring shifts, which are sessions of activities (C6); a
    project has a team (T3).
Rows: none changed; old posts have no team and no shifts.
Old code: keeps working; it does not know the table, nor the column, which may be empty.
Undo: refused once a shift was linked; else drops the table and the column.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0032"
down_revision = "0031"

TABLE = "service_orders_post_activity"


def upgrade() -> None:
    op.add_column("service_orders_post", sa.Column("team_id", Id(), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("post_id", Id(), nullable=False),
        sa.Column("activity_id", Id(), nullable=False),
        sa.Column("linked_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "post_id"],
            ["service_orders_post.ledger_id", "service_orders_post.id"],
            name=op.f("fk_service_orders_post_activity_ledger_id_post_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "post_id", "activity_id", name=op.f("pk_service_orders_post_activity")
        ),
    )
    spread(TABLE, "ledger_id")
    op.create_index(
        op.f("ix_service_orders_post_activity_ledger_id_activity_id"),
        TABLE,
        ["ledger_id", "activity_id"],
        unique=False,
    )


def downgrade() -> None:
    refuse_if_filled(TABLE)
    op.drop_table(TABLE)
    op.drop_column("service_orders_post", "team_id")
