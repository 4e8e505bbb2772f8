"""Add evidence photos.

Why: a back-fill or an objection may be shown by a photo; it is kept encrypted, and its hash
    finds the same picture used twice.
Rows: none changed.
Old code: keeps working; it does not read the table.
Undo: drops every photo.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import spread

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "points_photo",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", Id(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "subject_kind IN ('backfill', 'objection')",
            name=op.f("ck_points_photo_subject_kind_known"),
        ),
        sa.CheckConstraint(
            "ordinal BETWEEN 1 AND 3", name=op.f("ck_points_photo_ordinal_sensible")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_photo_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_photo")),
        sa.UniqueConstraint(
            "ledger_id",
            "subject_kind",
            "subject_id",
            "ordinal",
            name=op.f("uq_points_photo_ledger_id_subject_kind_subject_id_ordinal"),
        ),
    )
    spread("points_photo", "ledger_id")
    op.create_index(
        op.f("ix_points_photo_ledger_id_member_id"),
        "points_photo",
        ["ledger_id", "member_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_points_photo_ledger_id_sha256"),
        "points_photo",
        ["ledger_id", "sha256"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("points_photo")
