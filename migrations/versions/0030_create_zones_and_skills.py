"""Create zones whose members have several parents, and skills with what asks for them.

Why: a 商圈 lies across communities and counts once (C20, O18); an activity that asks for a
    lawyer is offered first to lawyers (C21).
Rows: none changed; the tables are new.
Old code: keeps working after this; it does not know the tables.
Undo: drops the tables; what they hold is entered again by hand.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "community_zone_member",
        sa.Column("zone_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("added_by_id", Id(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "zone_id <> node_id", name=op.f("ck_community_zone_member_another_place")
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_community_zone_member_node_id")
        ),
        sa.ForeignKeyConstraint(
            ["zone_id"], ["community_node.id"], name=op.f("fk_community_zone_member_zone_id")
        ),
        sa.PrimaryKeyConstraint("zone_id", "node_id", name=op.f("pk_community_zone_member")),
    )
    spread("community_zone_member", None)
    op.create_index(
        op.f("ix_community_zone_member_node_id"),
        "community_zone_member",
        ["node_id"],
        unique=False,
    )
    op.create_table(
        "people_skill",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("skill", sa.String(length=16), nullable=False),
        sa.Column("noted_by_id", Id(), nullable=False),
        sa.Column("noted_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_skill_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "member_id", "skill", name=op.f("pk_people_skill")),
    )
    spread("people_skill", "ledger_id")
    op.create_index(
        op.f("ix_people_skill_ledger_id_skill"),
        "people_skill",
        ["ledger_id", "skill"],
        unique=False,
    )
    op.create_table(
        "people_skill_call",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("skill", sa.String(length=16), nullable=False),
        sa.Column("called_by_id", Id(), nullable=False),
        sa.Column("called_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('activity', 'post', 'order')", name=op.f("ck_people_skill_call_kind_known")
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "kind", "subject_id", "skill", name=op.f("pk_people_skill_call")
        ),
    )
    spread("people_skill_call", "ledger_id")


def downgrade() -> None:
    refuse_if_filled("people_skill")
    op.drop_table("people_skill_call")
    op.drop_table("people_skill")
    op.drop_table("community_zone_member")
