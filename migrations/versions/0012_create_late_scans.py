"""Create the late scans: evidence from phones that had no network.

Why: a code scanned without network is sent later, and waits for the leader (issue 3.8).
Rows: none changed.
Old code: keeps working; nothing reads this table yet.
Undo: drops the table; scans that still wait are lost, records made from them stay.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import spread

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "activities_late_scan",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("session_id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("device_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decided_by_id", Id(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "direction IN ('in', 'out')", name=op.f("ck_activities_late_scan_direction_known")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'taken', 'dismissed')",
            name=op.f("ck_activities_late_scan_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_activities_late_scan_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "session_id"],
            ["activities_session.ledger_id", "activities_session.id"],
            name=op.f("fk_activities_late_scan_ledger_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_activities_late_scan")),
        sa.UniqueConstraint(
            "ledger_id", "session_id", "member_id", "direction", name="uq_activities_late_scan_once"
        ),
    )
    spread("activities_late_scan", "ledger_id")
    op.create_index(
        op.f("ix_activities_late_scan_ledger_id_member_id"),
        "activities_late_scan",
        ["ledger_id", "member_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("activities_late_scan")
