"""Add the own deadline of a claim.

Why: a slot that nobody works at is freed some days after it was claimed, while the post
    still takes others; before, it was freed when nobody could claim it any more (T3).
Rows: none changed; claims of before have no deadline but their post's.
Old code: keeps working; its claims have the post's deadline.
Undo: drops the index and the column; claims have the post's deadline again.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import UTCDateTime

revision = "0056"
down_revision = "0055"

TABLE, INDEX = "service_orders_claim", "ix_service_orders_claim_under_way"
WHERE = "state = 'claimed'"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("due_at", UTCDateTime(), nullable=True))
    op.create_index(
        INDEX,
        TABLE,
        ["ledger_id", "due_at"],
        sqlite_where=sa.text(WHERE),
        postgresql_where=sa.text(WHERE),
    )


def downgrade() -> None:
    op.drop_index(INDEX, table_name=TABLE)
    op.drop_column(TABLE, "due_at")
