"""Create the tables of neighbours who help each other: offers and exchanges.

Why: points change hands between members through escrow, hours are recorded (P1, L5-L7).
Rows: none changed; the tables are new.
Old code: keeps working after this; it does not know the tables.
Undo: refused once there was an exchange; else drops the tables.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0022"
down_revision = "0021"

PATH_TYPE = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "service_orders_exchange",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("node_path", PATH_TYPE, nullable=False),
        sa.Column("asker_id", Id(), nullable=False),
        sa.Column("helper_id", Id(), nullable=True),
        sa.Column("offer_id", Id(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("lapses_at", UTCDateTime(), nullable=False),
        sa.Column("accepted_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=8), nullable=True),
        sa.Column("confirmer_id", Id(), nullable=True),
        sa.Column("escrow_journal_id", Id(), nullable=False),
        sa.Column("end_journal_id", Id(), nullable=True),
        sa.Column("grant_id", Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by IN ('code', 'staff')",
            name=op.f("ck_service_orders_exchange_confirmed_by_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'done', 'withdrawn', 'lapsed')",
            name=op.f("ck_service_orders_exchange_state_known"),
        ),
        sa.CheckConstraint(
            "helper_id IS NULL OR helper_id <> asker_id",
            name=op.f("ck_service_orders_exchange_helper_another"),
        ),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 1440", name=op.f("ck_service_orders_exchange_minutes_in_range")
        ),
        sa.CheckConstraint(
            "points BETWEEN 1 AND 100000", name=op.f("ck_service_orders_exchange_points_in_range")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_service_orders_exchange")),
        sa.UniqueConstraint(
            "ledger_id", "number", name=op.f("uq_service_orders_exchange_ledger_id_number")
        ),
    )
    spread("service_orders_exchange", "ledger_id")
    op.create_index(
        op.f("ix_service_orders_exchange_ledger_id_asker_id"),
        "service_orders_exchange",
        ["ledger_id", "asker_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_service_orders_exchange_ledger_id_helper_id"),
        "service_orders_exchange",
        ["ledger_id", "helper_id"],
        unique=False,
    )
    op.create_index(
        "ix_service_orders_exchange_live",
        "service_orders_exchange",
        ["ledger_id", "lapses_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'accepted')"),
        postgresql_where=sa.text("state IN ('open', 'accepted')"),
    )

    op.create_table(
        "service_orders_offer",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("node_path", PATH_TYPE, nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("offered_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_service_orders_offer")),
    )
    spread("service_orders_offer", "ledger_id")
    op.create_index(
        op.f("ix_service_orders_offer_ledger_id_member_id"),
        "service_orders_offer",
        ["ledger_id", "member_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_service_orders_offer_ledger_id_node_path"),
        "service_orders_offer",
        ["ledger_id", "node_path"],
        unique=False,
    )


def downgrade() -> None:
    refuse_if_filled("service_orders_exchange")
    op.drop_table("service_orders_offer")
    op.drop_table("service_orders_exchange")
