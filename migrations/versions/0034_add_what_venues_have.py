"""Tell venues apart by what they have, and keep what units agreed to.

Why: a venue has facilities, other names, opening hours and a centre it belongs to (O15, V6,
    V10); units sign agreements, pair with a place, or claim a building (T17, T18, T20).
Rows: venues get no centre, no opening hours, and are open.
Old code: keeps working after this; it does not know the columns.
Undo: refused once there is an agreement; else drops the tables and the columns.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import UTCDateTime
from migrations.house import is_postgresql, refuse_if_filled, spread

revision = "0034"
down_revision = "0033"

VENUE, FK, CHECK = (
    "community_venue",
    "fk_community_venue_parent_id",
    "ck_community_venue_parent_another",
)
ANOTHER = "parent_id IS NULL OR parent_id <> id"
NEW = {
    "parent_id": sa.BigInteger(),
    "opening": sa.String(length=80),
    "closed_on": sa.Date(),
}


def upgrade() -> None:
    _widen()
    op.create_table(
        "community_venue_tag",
        sa.Column("venue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tag", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["community_venue.id"], name=op.f("fk_community_venue_tag_venue_id")
        ),
        sa.PrimaryKeyConstraint("venue_id", "tag", name=op.f("pk_community_venue_tag")),
    )
    spread("community_venue_tag", None)
    op.create_table(
        "community_venue_alias",
        sa.Column("venue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["community_venue.id"], name=op.f("fk_community_venue_alias_venue_id")
        ),
        sa.PrimaryKeyConstraint("venue_id", "name", name=op.f("pk_community_venue_alias")),
    )
    spread("community_venue_alias", None)
    op.create_table(
        "community_agreement",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("standard", sa.String(length=32), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.String(length=200), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('joint', 'pairing', 'claim')", name=op.f("ck_community_agreement_kind_known")
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= begins_on",
            name=op.f("ck_community_agreement_ends_later"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_community_agreement_node_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["community_unit.id"], name=op.f("fk_community_agreement_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_agreement")),
    )
    spread("community_agreement", None)
    op.create_index(
        op.f("ix_community_agreement_node_id"), "community_agreement", ["node_id"], unique=False
    )
    op.create_index(
        op.f("ix_community_agreement_unit_id"), "community_agreement", ["unit_id"], unique=False
    )
    op.create_index(
        "uq_community_agreement_claim",
        "community_agreement",
        ["node_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'claim' AND ended_on IS NULL"),
        postgresql_where=sa.text("kind = 'claim' AND ended_on IS NULL"),
    )


def downgrade() -> None:
    refuse_if_filled("community_agreement")
    op.drop_table("community_agreement")
    op.drop_table("community_venue_alias")
    op.drop_table("community_venue_tag")
    if is_postgresql():
        op.drop_constraint(op.f(CHECK), VENUE, type_="check")
        op.drop_constraint(op.f(FK), VENUE, type_="foreignkey")
        for name in NEW:
            op.drop_column(VENUE, name)
        return
    with op.batch_alter_table(VENUE, copy_from=_table(is_wide=True)) as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.drop_constraint(op.f(FK), type_="foreignkey")
        for name in NEW:
            batch.drop_column(name)


def _widen() -> None:
    if is_postgresql():
        for name, kind in NEW.items():
            op.add_column(VENUE, sa.Column(name, kind, nullable=True))
        op.create_foreign_key(op.f(FK), VENUE, VENUE, ["parent_id"], ["id"])
        op.create_check_constraint(op.f(CHECK), VENUE, ANOTHER)
        return
    with op.batch_alter_table(VENUE, copy_from=_table(is_wide=False)) as batch:
        for name, kind in NEW.items():
            batch.add_column(sa.Column(name, kind, nullable=True))
        batch.create_foreign_key(op.f(FK), VENUE, ["parent_id"], ["id"])
        batch.create_check_constraint(op.f(CHECK), ANOTHER)


def _table(*, is_wide: bool) -> sa.Table:
    """The table as SQLite is to copy it: it cannot add constraints in place."""
    table = sa.Table(
        VENUE,
        sa.MetaData(),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        *(sa.Column(name, kind, nullable=True) for name, kind in NEW.items() if is_wide),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_community_venue_node_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_venue")),
    )
    sa.Index(op.f("ix_community_venue_node_id"), table.c.node_id)
    if is_wide:
        table.append_constraint(
            sa.ForeignKeyConstraint(["parent_id"], ["community_venue.id"], name=op.f(FK))
        )
        table.append_constraint(sa.CheckConstraint(ANOTHER, name=op.f(CHECK)))
    return table
