"""Create risk: rules, quotas, freezes, signals.

Why: limits must block and not only flag, so they are counters that a conditional update
    raises; a freeze is lifted by another person; a signal is for people to judge.
Rows: none changed.
Old code: keeps working; nothing reads these tables yet.
Undo: drops them.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import spread

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "risk_freeze",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("frozen_by_id", Id(), nullable=False),
        sa.Column("frozen_at", UTCDateTime(), nullable=False),
        sa.Column("released_by_id", Id(), nullable=True),
        sa.Column("released_at", UTCDateTime(), nullable=True),
        sa.Column("release_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "subject_kind IN ('member', 'card')", name=op.f("ck_risk_freeze_subject_kind_known")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_risk_freeze")),
    )
    spread("risk_freeze", "ledger_id")
    op.create_index(
        "uq_risk_freeze_live",
        "risk_freeze",
        ["ledger_id", "subject_kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "risk_quota",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("rule_code", sa.String(length=48), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_risk_quota_used_not_negative")),
        sa.PrimaryKeyConstraint(
            "ledger_id", "subject_id", "rule_code", "period", name=op.f("pk_risk_quota")
        ),
    )
    spread("risk_quota", "ledger_id")
    op.create_table(
        "risk_rule",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "action IN ('flag', 'hold', 'refuse')", name=op.f("ck_risk_rule_action_known")
        ),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_risk_rule")),
    )
    spread("risk_rule", None)
    op.create_table(
        "risk_signal",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("rule_code", sa.String(length=32), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by_id", Id(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["rule_code", "rule_version"],
            ["risk_rule.code", "risk_rule.version"],
            name=op.f("fk_risk_signal_rule_code_rule_version"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_risk_signal")),
    )
    spread("risk_signal", "ledger_id")
    op.create_index(
        "ix_risk_signal_open",
        "risk_signal",
        ["ledger_id", "seen_at"],
        unique=False,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("risk_signal")
    op.drop_table("risk_rule")
    op.drop_table("risk_quota")
    op.drop_table("risk_freeze")
