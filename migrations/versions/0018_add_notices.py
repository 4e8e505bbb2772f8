"""Add public notices and their lines.

Why: what is put up for objection is a list as it stood that day, so its lines are rows.
Rows: none changed.
Old code: keeps working; it reads neither table.
Undo: drops every notice.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import spread

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "points_notice",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("published_by_id", Id(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_by_id", Id(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdraw_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("kind IN ('hours', 'grants')", name=op.f("ck_points_notice_kind_known")),
        sa.CheckConstraint("begins_on <= ends_on", name=op.f("ck_points_notice_ends_later")),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_points_notice_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_notice")),
    )
    spread("points_notice", "ledger_id")
    op.create_index(
        op.f("ix_points_notice_ledger_id_node_id_closes_on"),
        "points_notice",
        ["ledger_id", "node_id", "closes_on"],
        unique=False,
    )
    op.create_table(
        "points_notice_line",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("notice_id", Id(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("grant_id", Id(), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "grant_id"],
            ["points_grant.ledger_id", "points_grant.id"],
            name=op.f("fk_points_notice_line_ledger_id_grant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_notice_line_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "notice_id"],
            ["points_notice.ledger_id", "points_notice.id"],
            name=op.f("fk_points_notice_line_ledger_id_notice_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_notice_line")),
        sa.UniqueConstraint(
            "ledger_id",
            "notice_id",
            "line",
            name=op.f("uq_points_notice_line_ledger_id_notice_id_line"),
        ),
    )
    spread("points_notice_line", "ledger_id")


def downgrade() -> None:
    op.drop_table("points_notice_line")
    op.drop_table("points_notice")
