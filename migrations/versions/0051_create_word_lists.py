"""Create the lists of words that places keep: classes of partners, kinds of units.

Why: an administrator names them for the place and all below it, and retires what is used
    no more (T16, X7).
Rows: none changed; a place without a list uses the built-in one.
Old code: keeps working; it knows the built-in words alone.
Undo: refused once a place keeps a list.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    op.create_table(
        "community_term",
        sa.Column("node_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("changed_by_id", Id(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('partner_class', 'unit_kind')", name=op.f("ck_community_term_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_community_term_node_id")
        ),
        sa.PrimaryKeyConstraint("node_id", "kind", "code", name=op.f("pk_community_term")),
    )
    spread("community_term", None)


def downgrade() -> None:
    refuse_if_filled("community_term")
    op.drop_table("community_term")
