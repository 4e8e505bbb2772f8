"""Create the sentences of places' reports.

Why: each place tells its report in its own words; the figures in them are counted when
    they are read, so that no number is ever written down twice.
Rows: none changed; the table is new.
Old code: keeps working; it does not read it.
Undo: refused once a place has written sentences.
"""

import sqlalchemy as sa
from alembic import op

from migrations.house import refuse_if_filled, spread

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.create_table(
        "reports_sentence",
        sa.Column("node_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("text_zh", sa.String(length=400), nullable=False),
        sa.Column("text_en", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_reports_sentence_node_id")
        ),
        sa.PrimaryKeyConstraint("node_id", "place", name=op.f("pk_reports_sentence")),
    )
    spread("reports_sentence", None)


def downgrade() -> None:
    refuse_if_filled("reports_sentence")
    op.drop_table("reports_sentence")
