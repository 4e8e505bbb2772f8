"""Create quarter reports, assessments, the board's rule and certificates.

Why: a closed quarter's board must be read out years later as it was (S2, A15); three bodies
    score who served (S1, S9); a certificate is looked up and withdrawn by its number (D44).
Rows: none changed; the tables are new.
Old code: keeps working; it reads none of them.
Undo: refused once a quarter was frozen, a score given or a certificate issued.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import append_only, not_append_only, refuse_if_filled, spread

revision = "0043"
down_revision = "0042"

TABLES = (
    "reports_quarter",
    "reports_quarter_line",
    "points_assessor",
    "points_board_rule",
    "reports_certificate",
    "points_assessment",
    "reports_certificate_print",
)


def upgrade() -> None:
    op.create_table(
        "reports_quarter",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("frozen_by_id", Id(), nullable=False),
        sa.Column("frozen_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ledger_id", "period", name=op.f("pk_reports_quarter")),
    )
    spread("reports_quarter", "ledger_id")
    op.create_table(
        "reports_quarter_line",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("subject_kind", sa.String(length=8), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("credited_minutes", sa.BigInteger(), nullable=False),
        sa.Column("honorary_minutes", sa.BigInteger(), nullable=False),
        sa.Column("historical_minutes", sa.BigInteger(), nullable=False),
        sa.Column("adjustment_minutes", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("grant_count", sa.Integer(), nullable=False),
        sa.Column("rating_stars", sa.Integer(), nullable=False),
        sa.Column("rating_count", sa.Integer(), nullable=False),
        sa.Column("review_hundredths", sa.SmallInteger(), nullable=True),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "subject_kind IN ('member', 'team')",
            name=op.f("ck_reports_quarter_line_subject_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "period"],
            ["reports_quarter.ledger_id", "reports_quarter.period"],
            name=op.f("fk_reports_quarter_line_ledger_id_period"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_reports_quarter_line_node_id")
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id",
            "period",
            "subject_kind",
            "subject_id",
            name=op.f("pk_reports_quarter_line"),
        ),
    )
    spread("reports_quarter_line", "ledger_id")
    op.create_table(
        "points_assessor",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("body", sa.String(length=12), nullable=False),
        sa.Column("appointed_by_id", Id(), nullable=False),
        sa.Column("appointed_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "body IN ('committee', 'owners', 'property')",
            name=op.f("ck_points_assessor_body_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_assessor_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_points_assessor_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_assessor")),
    )
    spread("points_assessor", "ledger_id")
    op.create_index(
        "uq_points_assessor_live",
        "points_assessor",
        ["ledger_id", "node_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "points_board_rule",
        sa.Column("programme_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hours_weight", sa.SmallInteger(), nullable=False),
        sa.Column("rating_weight", sa.SmallInteger(), nullable=False),
        sa.Column("review_weight", sa.SmallInteger(), nullable=False),
        sa.Column("full_minutes", sa.BigInteger(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("made_by_id", Id(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "full_minutes > 0", name=op.f("ck_points_board_rule_full_minutes_positive")
        ),
        sa.CheckConstraint(
            "hours_weight + rating_weight + review_weight = 100",
            name=op.f("ck_points_board_rule_weights_sum_to_100"),
        ),
        sa.CheckConstraint(
            "hours_weight > 0 AND rating_weight >= 0 AND review_weight >= 0",
            name=op.f("ck_points_board_rule_weights_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["points_programme.id"],
            name=op.f("fk_points_board_rule_programme_id"),
        ),
        sa.PrimaryKeyConstraint("programme_id", "version", name=op.f("pk_points_board_rule")),
    )
    spread("points_board_rule", None)
    op.create_table(
        "reports_certificate",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("credited_minutes", sa.BigInteger(), nullable=False),
        sa.Column("honorary_minutes", sa.BigInteger(), nullable=False),
        sa.Column("historical_minutes", sa.BigInteger(), nullable=False),
        sa.Column("grant_count", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=96), nullable=False),
        sa.Column("in_charge", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("verification_code", sa.String(length=24), nullable=False),
        sa.Column("issued_by_id", Id(), nullable=False),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_by_id", Id(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdraw_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "kind IN ('service', 'merit')", name=op.f("ck_reports_certificate_kind_known")
        ),
        sa.CheckConstraint("begins_on <= ends_on", name=op.f("ck_reports_certificate_ends_later")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_reports_certificate_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_reports_certificate_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_reports_certificate")),
        sa.UniqueConstraint(
            "ledger_id", "number", name=op.f("uq_reports_certificate_ledger_id_number")
        ),
        sa.UniqueConstraint("ledger_id", "verification_code", name="uq_reports_certificate_code"),
    )
    spread("reports_certificate", "ledger_id")
    op.create_index(
        op.f("ix_reports_certificate_ledger_id_member_id_issued_at"),
        "reports_certificate",
        ["ledger_id", "member_id", "issued_at"],
        unique=False,
    )

    op.create_table(
        "points_assessment",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("subject_kind", sa.String(length=8), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("body", sa.String(length=12), nullable=False),
        sa.Column("assessor_id", Id(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("assessed_by_id", Id(), nullable=False),
        sa.Column("assessed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "body IN ('committee', 'owners', 'property')",
            name=op.f("ck_points_assessment_body_known"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('member', 'team')",
            name=op.f("ck_points_assessment_subject_kind_known"),
        ),
        sa.CheckConstraint(
            "score BETWEEN 0 AND 100", name=op.f("ck_points_assessment_score_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "assessor_id"],
            ["points_assessor.ledger_id", "points_assessor.id"],
            name=op.f("fk_points_assessment_ledger_id_assessor_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_assessment")),
        sa.UniqueConstraint(
            "ledger_id",
            "period",
            "subject_kind",
            "subject_id",
            "assessor_id",
            name="uq_points_assessment_once",
        ),
    )
    spread("points_assessment", "ledger_id")
    op.create_table(
        "reports_certificate_print",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("certificate_id", Id(), nullable=False),
        sa.Column("printed_by_id", Id(), nullable=False),
        sa.Column("printed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "certificate_id"],
            ["reports_certificate.ledger_id", "reports_certificate.id"],
            name=op.f("fk_reports_certificate_print_ledger_id_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_reports_certificate_print")),
    )
    spread("reports_certificate_print", "ledger_id")
    op.create_index(
        "ix_reports_certificate_print_of",
        "reports_certificate_print",
        ["ledger_id", "certificate_id", "printed_at"],
        unique=False,
    )
    append_only("reports_quarter", "reports_quarter_line", "reports_certificate_print")


def downgrade() -> None:
    for table in (
        "reports_quarter",
        "points_assessment",
        "reports_certificate",
    ):
        refuse_if_filled(table)
    not_append_only("reports_quarter", "reports_quarter_line", "reports_certificate_print")
    for table in reversed(TABLES):
        op.drop_table(table)
