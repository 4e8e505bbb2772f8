"""Create the tables of applications, cases, deductions, the common pool, gifts and relatives.

Why: household points are applied for and put up (D30), a case pays once whoever shares it
    (A10, K4), and points may be given to the common pool or to close kin (D32).
Rows: none changed; the tables are new.
Old code: keeps working after this; it does not know the tables.
Undo: refused once there was an application, a case, a deduction, a donation or a gift.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0037"
down_revision = "0036"

TABLES = (
    *("points_gift_lot", "points_gift", "people_relative", "points_help", "points_donation"),
    *("points_deduction", "points_case_share", "points_case", "points_application"),
)


def upgrade() -> None:
    op.add_column("people_household", sa.Column("honoured_at", UTCDateTime(), nullable=True))
    _create_what_is_applied_for()
    _create_what_is_given()


def _create_what_is_applied_for() -> None:
    op.create_table(
        "points_application",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("category_code", sa.String(length=24), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("case_no", sa.String(length=60), nullable=True),
        sa.Column("is_on_duty", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("points_shown", sa.BigInteger(), nullable=True),
        sa.Column("applied_by_id", Id(), nullable=False),
        sa.Column("applied_at", UTCDateTime(), nullable=False),
        sa.Column("reviewed_by_id", Id(), nullable=True),
        sa.Column("reviewed_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("notice_id", Id(), nullable=True),
        sa.Column("grant_id", Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'reviewed', 'noticed', 'posted', 'refused', 'withdrawn')",
            name=op.f("ck_points_application_state_known"),
        ),
        sa.CheckConstraint("minutes + quantity > 0", name=op.f("ck_points_application_something")),
        sa.CheckConstraint(
            "minutes >= 0 AND quantity >= 0",
            name=op.f("ck_points_application_amounts_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "grant_id"],
            ["points_grant.ledger_id", "points_grant.id"],
            name=op.f("fk_points_application_ledger_id_grant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_application_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "notice_id"],
            ["points_notice.ledger_id", "points_notice.id"],
            name=op.f("fk_points_application_ledger_id_notice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_points_application_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_application")),
    )
    spread("points_application", "ledger_id")
    op.create_index(
        op.f("ix_points_application_ledger_id_member_id"),
        "points_application",
        ["ledger_id", "member_id"],
        unique=False,
    )
    op.create_index(
        "ix_points_application_live",
        "points_application",
        ["ledger_id", "node_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'reviewed', 'noticed')"),
        postgresql_where=sa.text("state IN ('waiting', 'reviewed', 'noticed')"),
    )
    op.create_table(
        "points_case",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_no", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source_kind", sa.String(length=12), nullable=False),
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("category_code", sa.String(length=24), nullable=False),
        sa.Column("indicator_code", sa.String(length=24), nullable=True),
        sa.Column("rate_version", sa.Integer(), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("entered_by_id", Id(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "source_kind IN ('application', 'manual', 'case')",
            name=op.f("ck_points_case_source_kind_known"),
        ),
        sa.CheckConstraint("points >= 0", name=op.f("ck_points_case_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_points_case_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "case_no", name=op.f("pk_points_case")),
    )
    spread("points_case", "ledger_id")
    op.create_table(
        "points_case_share",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_no", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("is_on_duty", sa.Boolean(), nullable=False),
        sa.Column("grant_id", Id(), nullable=True),
        sa.CheckConstraint(
            "points = 0 OR NOT is_on_duty", name=op.f("ck_points_case_share_duty_earns_nothing")
        ),
        sa.CheckConstraint("points >= 0", name=op.f("ck_points_case_share_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "case_no"],
            ["points_case.ledger_id", "points_case.case_no"],
            name=op.f("fk_points_case_share_ledger_id_case_no"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "grant_id"],
            ["points_grant.ledger_id", "points_grant.id"],
            name=op.f("fk_points_case_share_ledger_id_grant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_case_share_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "case_no", "version", "member_id", name=op.f("pk_points_case_share")
        ),
    )
    spread("points_case_share", "ledger_id")
    op.create_table(
        "points_deduction",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("household_id", Id(), nullable=True),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("indicator_code", sa.String(length=24), nullable=False),
        sa.Column("rate_version", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("entered_by_id", Id(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("journal_id", Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused')",
            name=op.f("ck_points_deduction_state_known"),
        ),
        sa.CheckConstraint(
            "points > 0 AND quantity > 0", name=op.f("ck_points_deduction_amounts_positive")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "household_id"],
            ["people_household.ledger_id", "people_household.id"],
            name=op.f("fk_points_deduction_ledger_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_points_deduction_ledger_id_journal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_deduction_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_points_deduction_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_deduction")),
    )
    spread("points_deduction", "ledger_id")
    op.create_index(
        op.f("ix_points_deduction_ledger_id_member_id"),
        "points_deduction",
        ["ledger_id", "member_id"],
        unique=False,
    )
    op.create_index(
        "ix_points_deduction_waiting",
        "points_deduction",
        ["ledger_id", "node_id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _create_what_is_given() -> None:
    op.create_table(
        "points_donation",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("donated_at", UTCDateTime(), nullable=False),
        sa.Column("journal_id", Id(), nullable=False),
        sa.Column("reversal_journal_id", Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('given', 'taken_back')", name=op.f("ck_points_donation_state_known")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_points_donation_points_positive")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_points_donation_ledger_id_journal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_donation_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "reversal_journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_points_donation_ledger_id_reversal_journal_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_donation")),
    )
    spread("points_donation", "ledger_id")
    op.create_index(
        op.f("ix_points_donation_ledger_id_donated_at"),
        "points_donation",
        ["ledger_id", "donated_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_points_donation_ledger_id_member_id"),
        "points_donation",
        ["ledger_id", "member_id"],
        unique=False,
    )
    op.create_table(
        "points_help",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("entered_by_id", Id(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("journal_id", Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused')", name=op.f("ck_points_help_state_known")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_points_help_points_positive")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_points_help_ledger_id_journal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_help_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_points_help_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_help")),
    )
    spread("points_help", "ledger_id")
    op.create_index(
        "ix_points_help_waiting",
        "points_help",
        ["ledger_id", "node_id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "people_relative",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("relative_id", Id(), nullable=False),
        sa.Column("relation", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_by_id", Id(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=8), nullable=True),
        sa.Column("confirmed_by_id", Id(), nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "confirmed_by IN ('member', 'staff')",
            name=op.f("ck_people_relative_confirmed_by_known"),
        ),
        sa.CheckConstraint(
            "relation IN ('parent', 'child', 'grandparent', 'grandchild', 'spouse', 'friend')",
            name=op.f("ck_people_relative_relation_known"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'ended')", name=op.f("ck_people_relative_state_known")
        ),
        sa.CheckConstraint("member_id <> relative_id", name=op.f("ck_people_relative_two_members")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_relative_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "relative_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_relative_ledger_id_relative_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_relative")),
    )
    spread("people_relative", "ledger_id")
    op.create_index(
        op.f("ix_people_relative_ledger_id_relative_id"),
        "people_relative",
        ["ledger_id", "relative_id"],
        unique=False,
    )
    op.create_index(
        "uq_people_relative_live",
        "people_relative",
        ["ledger_id", "member_id", "relative_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'ended'"),
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_table(
        "points_gift",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("giver_id", Id(), nullable=False),
        sa.Column("receiver_id", Id(), nullable=False),
        sa.Column("to_owner_id", Id(), nullable=False),
        sa.Column("relative_id", Id(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("given_by_id", Id(), nullable=False),
        sa.Column("journal_id", Id(), nullable=False),
        sa.CheckConstraint("giver_id <> receiver_id", name=op.f("ck_points_gift_two_members")),
        sa.CheckConstraint("points > 0", name=op.f("ck_points_gift_points_positive")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "giver_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_gift_ledger_id_giver_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "journal_id"],
            ["ledger_journal.ledger_id", "ledger_journal.id"],
            name=op.f("fk_points_gift_ledger_id_journal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "receiver_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_gift_ledger_id_receiver_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "relative_id"],
            ["people_relative.ledger_id", "people_relative.id"],
            name=op.f("fk_points_gift_ledger_id_relative_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_gift")),
    )
    spread("points_gift", "ledger_id")
    op.create_index(
        op.f("ix_points_gift_ledger_id_giver_id_given_on"),
        "points_gift",
        ["ledger_id", "giver_id", "given_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_points_gift_ledger_id_receiver_id"),
        "points_gift",
        ["ledger_id", "receiver_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_points_gift_ledger_id_to_owner_id"),
        "points_gift",
        ["ledger_id", "to_owner_id"],
        unique=False,
    )
    op.create_table(
        "points_gift_lot",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gift_id", Id(), nullable=False),
        sa.Column("vintage_on", sa.Date(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_points_gift_lot_points_positive")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "gift_id"],
            ["points_gift.ledger_id", "points_gift.id"],
            name=op.f("fk_points_gift_lot_ledger_id_gift_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "gift_id", "vintage_on", name=op.f("pk_points_gift_lot")
        ),
    )
    spread("points_gift_lot", "ledger_id")


def downgrade() -> None:
    for table in TABLES:
        refuse_if_filled(table)
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("people_household", "honoured_at")
