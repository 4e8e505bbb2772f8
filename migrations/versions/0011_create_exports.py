"""Create the register of exports.

Why: a file that left the house can be verified later by its SHA-256 (A16).
Rows: none changed.
Old code: keeps working; nothing reads these tables yet.
Undo: drops the register; files made before can no longer be verified.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import spread

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "reports_export",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("verification_code", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_by_id", Id(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_reports_export")),
        sa.UniqueConstraint(
            "ledger_id",
            "verification_code",
            name=op.f("uq_reports_export_ledger_id_verification_code"),
        ),
    )
    spread("reports_export", "ledger_id")


def downgrade() -> None:
    op.drop_table("reports_export")
