"""Create the four lists: needs, joint projects, resources, posts, and the links between them.

Why: a need is met by a resource, a project or a post, and each sees the others (T4).
Rows: none changed; the tables are new.
Old code: keeps working after this; it does not know the tables.
Undo: refused once a row was entered; else drops the tables.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0027"
down_revision = "0026"

PATH_TYPE = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "service_orders_register_entry",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("list_code", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("node_path", PATH_TYPE, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_by_id", Id(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "list_code IN ('need', 'project', 'resource', 'post')",
            name=op.f("ck_service_orders_register_entry_list_code_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'matched', 'done', 'withdrawn')",
            name=op.f("ck_service_orders_register_entry_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"],
            ["community_node.id"],
            name=op.f("fk_service_orders_register_entry_node_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["community_unit.id"],
            name=op.f("fk_service_orders_register_entry_unit_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_service_orders_register_entry")),
        sa.UniqueConstraint(
            "ledger_id", "number", name=op.f("uq_service_orders_register_entry_ledger_id_number")
        ),
    )
    spread("service_orders_register_entry", "ledger_id")
    op.create_index(
        "ix_service_orders_register_entry_list",
        "service_orders_register_entry",
        ["ledger_id", "list_code", "node_path"],
        unique=False,
    )
    op.create_table(
        "service_orders_register_link",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("one_id", Id(), nullable=False),
        sa.Column("other_id", Id(), nullable=False),
        sa.Column("linked_by_id", Id(), nullable=False),
        sa.Column("linked_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "one_id < other_id", name=op.f("ck_service_orders_register_link_written_once")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "one_id"],
            ["service_orders_register_entry.ledger_id", "service_orders_register_entry.id"],
            name=op.f("fk_service_orders_register_link_ledger_id_one_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "other_id"],
            ["service_orders_register_entry.ledger_id", "service_orders_register_entry.id"],
            name=op.f("fk_service_orders_register_link_ledger_id_other_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "one_id", "other_id", name=op.f("pk_service_orders_register_link")
        ),
    )
    spread("service_orders_register_link", "ledger_id")
    op.create_index(
        op.f("ix_service_orders_register_link_ledger_id_other_id"),
        "service_orders_register_link",
        ["ledger_id", "other_id"],
        unique=False,
    )


def downgrade() -> None:
    refuse_if_filled("service_orders_register_entry")
    op.drop_table("service_orders_register_link")
    op.drop_table("service_orders_register_entry")
