"""Create the tables of what people claim: posts, projects, wishes and campaigns.

Why: a slot is claimed by one, done by a deadline and accepted (T3); a wish is fulfilled
    once, by somebody else (T6, A11); a campaign counts what belongs to it (T7).
Rows: none changed; the tables are new.
Old code: keeps working after this; it does not know the tables.
Undo: refused once there was a claim or a wish; else drops the tables.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0023"
down_revision = "0022"

PATH_TYPE = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "service_orders_campaign",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ledger_id", "code", name=op.f("pk_service_orders_campaign")),
    )
    spread("service_orders_campaign", "ledger_id")
    op.create_table(
        "service_orders_post",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("node_path", PATH_TYPE, nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("category_code", sa.String(length=32), nullable=False),
        sa.Column("slot_count", sa.Integer(), nullable=False),
        sa.Column("taken_count", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("made_by_id", Id(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('post', 'project')", name=op.f("ck_service_orders_post_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'closed')", name=op.f("ck_service_orders_post_state_known")
        ),
        sa.CheckConstraint(
            "taken_count BETWEEN 0 AND slot_count",
            name=op.f("ck_service_orders_post_taken_in_range"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_service_orders_post")),
        sa.UniqueConstraint(
            "ledger_id", "number", name=op.f("uq_service_orders_post_ledger_id_number")
        ),
    )
    spread("service_orders_post", "ledger_id")
    op.create_index(
        op.f("ix_service_orders_post_ledger_id_node_path"),
        "service_orders_post",
        ["ledger_id", "node_path"],
        unique=False,
    )

    op.create_table(
        "service_orders_wish",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("node_path", PATH_TYPE, nullable=False),
        sa.Column("wisher_id", Id(), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("value_max_yuan", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_by_id", Id(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("claimer_id", Id(), nullable=True),
        sa.Column("claimed_at", UTCDateTime(), nullable=True),
        sa.Column("activity_id", Id(), nullable=True),
        sa.Column("fulfilled_at", UTCDateTime(), nullable=True),
        sa.Column("rated_at", UTCDateTime(), nullable=True),
        sa.Column("stars", sa.SmallInteger(), nullable=True),
        sa.Column("ended_reason", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'claimed', 'fulfilled', 'rated', 'returned')",
            name=op.f("ck_service_orders_wish_state_known"),
        ),
        sa.CheckConstraint(
            "claimer_id IS NULL OR claimer_id <> wisher_id",
            name=op.f("ck_service_orders_wish_claimer_another"),
        ),
        sa.CheckConstraint(
            "stars BETWEEN 1 AND 5", name=op.f("ck_service_orders_wish_stars_in_range")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_service_orders_wish")),
        sa.UniqueConstraint(
            "ledger_id", "number", name=op.f("uq_service_orders_wish_ledger_id_number")
        ),
    )
    spread("service_orders_wish", "ledger_id")
    op.create_index(
        "ix_service_orders_wish_activity",
        "service_orders_wish",
        ["ledger_id", "activity_id"],
        unique=False,
        sqlite_where=sa.text("activity_id IS NOT NULL"),
        postgresql_where=sa.text("activity_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_service_orders_wish_ledger_id_node_path_state"),
        "service_orders_wish",
        ["ledger_id", "node_path", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_service_orders_wish_ledger_id_wisher_id"),
        "service_orders_wish",
        ["ledger_id", "wisher_id"],
        unique=False,
    )

    op.create_table(
        "service_orders_campaign_item",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign_code", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('wish', 'post', 'activity')",
            name=op.f("ck_service_orders_campaign_item_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "campaign_code"],
            ["service_orders_campaign.ledger_id", "service_orders_campaign.code"],
            name=op.f("fk_service_orders_campaign_item_ledger_id_campaign_code"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id",
            "campaign_code",
            "kind",
            "subject_id",
            name=op.f("pk_service_orders_campaign_item"),
        ),
    )
    spread("service_orders_campaign_item", "ledger_id")
    op.create_table(
        "service_orders_claim",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("post_id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=True),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by_id", Id(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("grant_id", Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('claimed', 'submitted', 'accepted', 'refused', 'withdrawn', 'released')",
            name=op.f("ck_service_orders_claim_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "post_id"],
            ["service_orders_post.ledger_id", "service_orders_post.id"],
            name=op.f("fk_service_orders_claim_ledger_id_post_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_service_orders_claim")),
    )
    spread("service_orders_claim", "ledger_id")
    op.create_index(
        op.f("ix_service_orders_claim_ledger_id_member_id"),
        "service_orders_claim",
        ["ledger_id", "member_id"],
        unique=False,
    )
    op.create_index(
        "uq_service_orders_claim_live",
        "service_orders_claim",
        ["ledger_id", "post_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('claimed', 'submitted', 'accepted')"),
        postgresql_where=sa.text("state IN ('claimed', 'submitted', 'accepted')"),
    )


def downgrade() -> None:
    refuse_if_filled("service_orders_claim")
    refuse_if_filled("service_orders_wish")
    op.drop_table("service_orders_claim")
    op.drop_table("service_orders_campaign_item")
    op.drop_table("service_orders_wish")
    op.drop_table("service_orders_post")
    op.drop_table("service_orders_campaign")
