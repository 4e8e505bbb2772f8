"""Create figures that came from elsewhere, and their kinds.

Why: a number from a report keeps its qualifier, unit, span, day and source, and a later one
    stands beside it.
Rows: none changed; the tables are new. Figures are append-only.
Old code: keeps working after this; it does not know the tables.
Undo: refused once a figure was entered; else drops the tables.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import append_only, not_append_only, refuse_if_filled, spread

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "community_figure_kind",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_community_figure_kind")),
    )
    spread("community_figure_kind", None)
    op.create_table(
        "community_figure",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("kind_code", sa.String(length=32), nullable=False),
        sa.Column("digits", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.SmallInteger(), nullable=False),
        sa.Column("qualifier", sa.String(length=4), nullable=False),
        sa.Column("span", sa.String(length=40), nullable=False),
        sa.Column("as_of_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("entered_by_id", Id(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "places BETWEEN 0 AND 4", name=op.f("ck_community_figure_places_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["kind_code"],
            ["community_figure_kind.code"],
            name=op.f("fk_community_figure_kind_code"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_community_figure_node_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_figure")),
        sa.UniqueConstraint(
            "node_id",
            "kind_code",
            "as_of_on",
            "span",
            "source",
            name="uq_community_figure_once",
        ),
    )
    spread("community_figure", None)
    append_only("community_figure")


def downgrade() -> None:
    refuse_if_filled("community_figure")
    not_append_only("community_figure")
    op.drop_table("community_figure")
    op.drop_table("community_figure_kind")
