"""Create points: programmes, rates, grants and what they leave.

Why: deeds become minutes and points by a versioned rate; only credited minutes earn; one
    time is credited once; every exception is decided by another person.
Rows: none changed.
Old code: keeps working; nothing reads these tables yet.
Undo: drops every grant; refused as soon as one exists.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "points_day",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", Id(), nullable=False),
        sa.Column("category_code", sa.String(length=24), nullable=False),
        sa.Column("provenance", sa.String(length=12), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("grant_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "ledger_id",
            "member_id",
            "counted_on",
            "node_id",
            "team_id",
            "category_code",
            "provenance",
            name=op.f("pk_points_day"),
        ),
    )
    spread("points_day", "ledger_id")
    op.create_index(
        "ix_points_day_counted", "points_day", ["ledger_id", "counted_on"], unique=False
    )
    op.create_table(
        "points_decision",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("decided_by_id", Id(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('approved', 'refused')", name=op.f("ck_points_decision_verdict_known")
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "subject_id", "level", name=op.f("pk_points_decision")
        ),
    )
    spread("points_decision", "ledger_id")
    op.create_table(
        "points_programme",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("ledger_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("has_points", sa.Boolean(), nullable=False),
        sa.Column("expiry_policy", sa.String(length=20), nullable=False),
        sa.Column("funding_source", sa.String(length=120), nullable=True),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "expiry_policy IN ('never', 'calendar_year', 'rolling_36_months')",
            name=op.f("ck_points_programme_expiry_policy_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id"], ["ledger_book.id"], name=op.f("fk_points_programme_ledger_id")
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_points_programme_node_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_programme")),
        sa.UniqueConstraint("ledger_id", name=op.f("uq_points_programme_ledger_id")),
        sa.UniqueConstraint("node_id", name=op.f("uq_points_programme_node_id")),
    )
    spread("points_programme", None)
    op.create_table(
        "points_backfill",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("session_id", Id(), nullable=True),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("category_code", sa.String(length=24), nullable=True),
        sa.Column("provenance", sa.String(length=12), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("minutes_planned", sa.BigInteger(), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("applied_by_id", Id(), nullable=False),
        sa.Column("entered_by_id", Id(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("required_level", sa.SmallInteger(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("grant_id", Id(), nullable=True),
        sa.CheckConstraint(
            "provenance IN ('honorary', 'historical')",
            name=op.f("ck_points_backfill_provenance_known"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused', 'reversed')",
            name=op.f("ck_points_backfill_state_known"),
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_points_backfill_minutes_positive")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_backfill_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_backfill")),
    )
    spread("points_backfill", "ledger_id")
    op.create_table(
        "points_carry",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("indicator_code", sa.String(length=24), nullable=False),
        sa.Column("rate_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("remainder_quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_carry_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "member_id", "indicator_code", "rate_version", name=op.f("pk_points_carry")
        ),
    )
    spread("points_carry", "ledger_id")
    op.create_table(
        "points_indicator",
        sa.Column("programme_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("measure", sa.String(length=8), nullable=False),
        sa.Column("approver_role", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "measure IN ('minutes', 'times', 'pieces')",
            name=op.f("ck_points_indicator_measure_known"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["points_programme.id"], name=op.f("fk_points_indicator_programme_id")
        ),
        sa.PrimaryKeyConstraint("programme_id", "code", name=op.f("pk_points_indicator")),
    )
    spread("points_indicator", None)
    op.create_table(
        "points_opening",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("document_no", sa.String(length=48), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("as_of_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("entered_by_id", Id(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("journal_id", Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused')",
            name=op.f("ck_points_opening_state_known"),
        ),
        sa.CheckConstraint(
            "minutes >= 0 AND points >= 0 AND minutes + points > 0",
            name=op.f("ck_points_opening_amounts_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_points_opening_ledger_id_journal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_opening_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_opening")),
        sa.UniqueConstraint(
            "ledger_id",
            "document_no",
            "member_id",
            name=op.f("uq_points_opening_ledger_id_document_no_member_id"),
        ),
    )
    spread("points_opening", "ledger_id")
    op.create_table(
        "points_presence",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("source_kind", sa.String(length=16), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_points_presence_ends_later")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_presence_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "member_id", "starts_at", "source_id", name=op.f("pk_points_presence")
        ),
    )
    spread("points_presence", "ledger_id")
    op.create_index(
        op.f("ix_points_presence_ledger_id_source_kind_source_id"),
        "points_presence",
        ["ledger_id", "source_kind", "source_id"],
        unique=False,
    )
    op.create_table(
        "points_category",
        sa.Column("programme_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("indicator_code", sa.String(length=24), nullable=True),
        sa.Column("earns_hours", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id", "indicator_code"],
            ["points_indicator.programme_id", "points_indicator.code"],
            name=op.f("fk_points_category_programme_id_indicator_code"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["points_programme.id"], name=op.f("fk_points_category_programme_id")
        ),
        sa.PrimaryKeyConstraint("programme_id", "code", name=op.f("pk_points_category")),
    )
    spread("points_category", None)
    op.create_table(
        "points_rate",
        sa.Column("programme_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("indicator_code", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("per_quantity", sa.BigInteger(), nullable=False),
        sa.Column("remainder", sa.String(length=8), nullable=False),
        sa.Column("cap_points_day", sa.BigInteger(), nullable=True),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "remainder IN ('carried', 'dropped')", name=op.f("ck_points_rate_remainder_known")
        ),
        sa.CheckConstraint(
            "points >= 0 AND per_quantity > 0", name=op.f("ck_points_rate_rate_rational")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "indicator_code"],
            ["points_indicator.programme_id", "points_indicator.code"],
            name=op.f("fk_points_rate_programme_id_indicator_code"),
        ),
        sa.PrimaryKeyConstraint(
            "programme_id", "indicator_code", "version", name=op.f("pk_points_rate")
        ),
        sa.UniqueConstraint(
            "programme_id",
            "indicator_code",
            "valid_from_on",
            name=op.f("uq_points_rate_programme_id_indicator_code_valid_from_on"),
        ),
    )
    spread("points_rate", None)
    op.create_table(
        "points_grant",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("source_kind", sa.String(length=16), nullable=False),
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("source_version", sa.Integer(), nullable=False),
        sa.Column("provenance", sa.String(length=12), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("carry_before", sa.BigInteger(), nullable=False),
        sa.Column("carry_after", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=True),
        sa.Column("indicator_code", sa.String(length=24), nullable=True),
        sa.Column("rate_version", sa.Integer(), nullable=True),
        sa.Column("vintage_on", sa.Date(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", Id(), nullable=True),
        sa.Column("category_code", sa.String(length=24), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("hold_reasons", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("evidence", sa.String(length=200), nullable=True),
        sa.Column("journal_id", Id(), nullable=True),
        sa.Column("reversal_journal_id", Id(), nullable=True),
        sa.Column("made_by_id", Id(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "provenance IN ('credited', 'honorary', 'historical', 'none')",
            name=op.f("ck_points_grant_provenance_known"),
        ),
        sa.CheckConstraint(
            "provenance IN ('credited', 'none') OR points = 0 OR source_kind = 'opening'",
            name=op.f("ck_points_grant_only_credited_earns"),
        ),
        sa.CheckConstraint(
            "source_kind IN ('attendance', 'manual', 'backfill', 'opening', 'order', 'claim', 'exchange')",
            name=op.f("ck_points_grant_source_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting_level_2', 'waiting_level_3', 'posted', 'refused', 'reversed')",
            name=op.f("ck_points_grant_state_known"),
        ),
        sa.CheckConstraint(
            "minutes >= 0 AND points >= 0 AND quantity >= 0",
            name=op.f("ck_points_grant_amounts_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_points_grant_ledger_id_journal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_grant_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "reversal_journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_points_grant_ledger_id_reversal_journal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "team_id"],
            ["people_team.ledger_id", "people_team.id"],
            name=op.f("fk_points_grant_ledger_id_team_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_points_grant_node_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "indicator_code", "rate_version"],
            ["points_rate.programme_id", "points_rate.indicator_code", "points_rate.version"],
            name="fk_points_grant_rate",
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_grant")),
        sa.UniqueConstraint(
            "ledger_id", "source_kind", "source_id", "source_version", name="uq_points_grant_source"
        ),
    )
    spread("points_grant", "ledger_id")
    op.create_index(
        op.f("ix_points_grant_ledger_id_member_id_served_on"),
        "points_grant",
        ["ledger_id", "member_id", "served_on"],
        unique=False,
    )
    op.create_index(
        "ix_points_grant_waiting", "points_grant", ["ledger_id", "state", "made_at"], unique=False
    )


def downgrade() -> None:
    refuse_if_filled("points_grant")
    op.drop_table("points_grant")
    op.drop_table("points_rate")
    op.drop_table("points_category")
    op.drop_table("points_presence")
    op.drop_table("points_opening")
    op.drop_table("points_indicator")
    op.drop_table("points_carry")
    op.drop_table("points_backfill")
    op.drop_table("points_programme")
    op.drop_table("points_decision")
    op.drop_table("points_day")
