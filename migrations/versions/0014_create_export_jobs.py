"""Create the exports under way, and the pieces of their files.

Why: a long export shows how far it is, and is fetched when it is done (D42, D45).
Rows: none changed.
Old code: keeps working; it writes files at once.
Undo: drops both tables; files that wait to be fetched are lost and ordered again.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import spread

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "reports_export_job",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("file_kind", sa.String(length=4), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("try_count", sa.SmallInteger(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=True),
        sa.Column("ordered_by_id", Id(), nullable=False),
        sa.Column("on_behalf_id", Id(), nullable=True),
        sa.Column("ordered_at", UTCDateTime(), nullable=False),
        sa.Column("leased_until_at", UTCDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=True),
        sa.Column("export_id", Id(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'expired')",
            name=op.f("ck_reports_export_job_state_known"),
        ),
        sa.CheckConstraint("done_count >= 0", name=op.f("ck_reports_export_job_done_not_negative")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "export_id"],
            ["reports_export.ledger_id", "reports_export.id"],
            name=op.f("fk_reports_export_job_ledger_id_export_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_reports_export_job_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_reports_export_job")),
    )
    spread("reports_export_job", "ledger_id")
    op.create_index(
        op.f("ix_reports_export_job_ledger_id_ordered_by_id_ordered_at"),
        "reports_export_job",
        ["ledger_id", "ordered_by_id", "ordered_at"],
        unique=False,
    )
    live = sa.text("state IN ('queued', 'running', 'done')")
    op.create_index(
        "ix_reports_export_job_live",
        "reports_export_job",
        ["ledger_id", "state"],
        unique=False,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_table(
        "reports_export_piece",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job_id", Id(), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "job_id"],
            ["reports_export_job.ledger_id", "reports_export_job.id"],
            name=op.f("fk_reports_export_piece_ledger_id_job_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "job_id", "ordinal", name=op.f("pk_reports_export_piece")
        ),
    )
    spread("reports_export_piece", "ledger_id")


def downgrade() -> None:
    op.drop_table("reports_export_piece")
    op.drop_table("reports_export_job")
