"""Add to a stall which community hosts it, and at which activity.

Why: what is redeemed at a market counts to the community that holds it, which need not be
    the shop's own (M4).
Rows: none changed; a stall of before counts at its shop's place.
Old code: keeps working; its stalls count at their shops' places.
Undo: takes the columns away; orders at markets count at their shops' places again.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id

revision = "0061"
down_revision = "0060"

TABLE, KEY = "mall_stall", "fk_mall_stall_node_id"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(sa.Column("node_id", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("activity_id", Id(), nullable=True))
        batch.create_foreign_key(op.f(KEY), "community_node", ["node_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f(KEY), type_="foreignkey")
        batch.drop_column("activity_id")
        batch.drop_column("node_id")
