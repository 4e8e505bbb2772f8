"""Create the registers of who reported in: units to a community, people to their home.

Why: they are no members until they join, come in by lists, and are counted apart (T1, T2).
Rows: none changed; the tables are new.
Old code: keeps working after this; it does not know the tables.
Undo: refused once somebody reported in; else drops the tables.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "people_enlistment",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("name_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("name_masked", sa.String(length=32), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("standing", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("enlisted_on", sa.Date(), nullable=False),
        sa.Column("member_id", Id(), nullable=True),
        sa.Column("entered_by_id", Id(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "source IN ('online', 'offline')", name=op.f("ck_people_enlistment_source_known")
        ),
        sa.CheckConstraint(
            "standing IN ('serving', 'retired')", name=op.f("ck_people_enlistment_standing_known")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_enlistment_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_people_enlistment_node_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["community_unit.id"], name=op.f("fk_people_enlistment_unit_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_enlistment")),
        sa.UniqueConstraint(
            "ledger_id", "external_id", name=op.f("uq_people_enlistment_ledger_id_external_id")
        ),
    )
    spread("people_enlistment", "ledger_id")
    for column in ("node_id", "phone_hash", "unit_id"):
        op.create_index(
            op.f(f"ix_people_enlistment_ledger_id_{column}"),
            "people_enlistment",
            ["ledger_id", column],
            unique=False,
        )
    op.create_index(
        "uq_people_enlistment_member",
        "people_enlistment",
        ["ledger_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("member_id IS NOT NULL"),
        postgresql_where=sa.text("member_id IS NOT NULL"),
    )
    op.create_table(
        "people_unit_enlistment",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("enlisted_on", sa.Date(), nullable=False),
        sa.Column("entered_by_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_people_unit_enlistment_node_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["community_unit.id"], name=op.f("fk_people_unit_enlistment_unit_id")
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "unit_id", "node_id", name=op.f("pk_people_unit_enlistment")
        ),
    )
    spread("people_unit_enlistment", "ledger_id")


def downgrade() -> None:
    refuse_if_filled("people_enlistment")
    op.drop_table("people_unit_enlistment")
    op.drop_table("people_enlistment")
