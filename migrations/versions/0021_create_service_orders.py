"""Create the service orders: workflow templates, kinds, orders, their work and their log.

Why: what people ask for is filed, assigned, done and rated, under each place's own step
    names (T8, T11, T22).
Rows: none changed; the tables are new.
Old code: keeps working after this; it does not know the tables.
Undo: refused once an order was filed; else drops the tables.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import append_only, not_append_only, refuse_if_filled, spread

revision = "0021"
down_revision = "0020"

PATH_TYPE = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "service_orders_category",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("handler_kind", sa.String(length=12), nullable=False),
        sa.Column("due_hours", sa.Integer(), nullable=False),
        sa.Column("credit_category_code", sa.String(length=32), nullable=True),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "handler_kind IN ('volunteer', 'staff')",
            name=op.f("ck_service_orders_category_handler_kind_known"),
        ),
        sa.CheckConstraint(
            "due_hours BETWEEN 1 AND 8760",
            name=op.f("ck_service_orders_category_due_hours_in_range"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "code", name=op.f("pk_service_orders_category")),
    )
    spread("service_orders_category", "ledger_id")
    op.create_table(
        "service_orders_template",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("version", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("created_by_id", Id(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_service_orders_template")),
    )
    spread("service_orders_template", None)
    op.create_table(
        "service_orders_order",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("node_path", PATH_TYPE, nullable=False),
        sa.Column("category_code", sa.String(length=24), nullable=False),
        sa.Column("template_code", sa.String(length=24), nullable=False),
        sa.Column("template_version", sa.SmallInteger(), nullable=False),
        sa.Column("step_no", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("requester_id", Id(), nullable=True),
        sa.Column("filed_by_id", Id(), nullable=False),
        sa.Column("filed_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("handler_kind", sa.String(length=12), nullable=False),
        sa.Column("team_id", Id(), nullable=True),
        sa.Column("handler_id", Id(), nullable=True),
        sa.Column("escalated_at", UTCDateTime(), nullable=True),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("rated_at", UTCDateTime(), nullable=True),
        sa.Column("stars", sa.SmallInteger(), nullable=True),
        sa.Column("reopened_count", sa.SmallInteger(), nullable=False),
        sa.Column("credited_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "handler_kind IN ('volunteer', 'staff')",
            name=op.f("ck_service_orders_order_handler_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'finished', 'withdrawn')",
            name=op.f("ck_service_orders_order_state_known"),
        ),
        sa.CheckConstraint(
            "stars BETWEEN 1 AND 5", name=op.f("ck_service_orders_order_stars_in_range")
        ),
        sa.CheckConstraint("step_no >= 1", name=op.f("ck_service_orders_order_step_taken")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "category_code"],
            ["service_orders_category.ledger_id", "service_orders_category.code"],
            name=op.f("fk_service_orders_order_ledger_id_category_code"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_service_orders_order")),
        sa.UniqueConstraint(
            "ledger_id", "external_id", name=op.f("uq_service_orders_order_ledger_id_external_id")
        ),
        sa.UniqueConstraint(
            "ledger_id", "number", name=op.f("uq_service_orders_order_ledger_id_number")
        ),
    )
    spread("service_orders_order", "ledger_id")
    op.create_index(
        op.f("ix_service_orders_order_ledger_id_node_path_filed_at"),
        "service_orders_order",
        ["ledger_id", "node_path", "filed_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_service_orders_order_ledger_id_requester_id"),
        "service_orders_order",
        ["ledger_id", "requester_id"],
        unique=False,
    )
    op.create_index(
        "ix_service_orders_order_open",
        "service_orders_order",
        ["ledger_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_service_orders_order_uncredited",
        "service_orders_order",
        ["ledger_id", "finished_at"],
        unique=False,
        sqlite_where=sa.text("credited_at IS NULL"),
        postgresql_where=sa.text("credited_at IS NULL"),
    )

    op.create_table(
        "service_orders_log",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", Id(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("step_code", sa.String(length=24), nullable=True),
        sa.Column("meaning", sa.String(length=12), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("actor_id", Id(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "act IN ('step', 'returned', 'rerouted', 'escalated', 'reopened', 'withdrawn', 'credited')",
            name=op.f("ck_service_orders_log_act_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "order_id"],
            ["service_orders_order.ledger_id", "service_orders_order.id"],
            name=op.f("fk_service_orders_log_ledger_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "order_id", "seq", name=op.f("pk_service_orders_log")),
    )
    spread("service_orders_log", "ledger_id")
    op.create_table(
        "service_orders_template_choice",
        sa.Column("node_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("template_code", sa.String(length=24), nullable=False),
        sa.Column("chosen_by_id", Id(), nullable=False),
        sa.Column("chosen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["node_id"],
            ["community_node.id"],
            name=op.f("fk_service_orders_template_choice_node_id"),
        ),
        sa.PrimaryKeyConstraint("node_id", name=op.f("pk_service_orders_template_choice")),
    )
    spread("service_orders_template_choice", None)
    op.create_table(
        "service_orders_work",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("order_id", Id(), nullable=False),
        sa.Column("round_no", sa.SmallInteger(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("grant_id", Id(), nullable=True),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 1440", name=op.f("ck_service_orders_work_minutes_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "order_id"],
            ["service_orders_order.ledger_id", "service_orders_order.id"],
            name=op.f("fk_service_orders_work_ledger_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_service_orders_work")),
        sa.UniqueConstraint(
            "ledger_id",
            "order_id",
            "round_no",
            "member_id",
            name=op.f("uq_service_orders_work_ledger_id_order_id_round_no_member_id"),
        ),
    )
    spread("service_orders_work", "ledger_id")

    append_only("service_orders_log")


def downgrade() -> None:
    refuse_if_filled("service_orders_order")
    not_append_only("service_orders_log")
    op.drop_table("service_orders_work")
    op.drop_table("service_orders_template_choice")
    op.drop_table("service_orders_log")
    op.drop_table("service_orders_order")
    op.drop_table("service_orders_template")
    op.drop_table("service_orders_category")
