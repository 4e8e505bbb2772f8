"""Create activities: plans, sessions, enrolments, attendances.

Why: the main job: plan, respond, enrol, check in and out, confirm. One open presence per
    person and three pairs at most per session are facts of the database (D11, D13).
Rows: none changed.
Old code: keeps working; nothing reads these tables yet.
Undo: drops them; refused as soon as somebody attended.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import append_only, not_append_only, refuse_if_filled, spread

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "activities_activity",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=48), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", Id(), nullable=True),
        sa.Column("alliance_id", Id(), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=1000), nullable=False),
        sa.Column("category_code", sa.String(length=24), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.Column("is_emergency", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("planned_by_id", Id(), nullable=False),
        sa.Column("planned_at", UTCDateTime(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=True),
        sa.Column("approved_by_id", Id(), nullable=True),
        sa.Column("approved_at", UTCDateTime(), nullable=True),
        sa.Column("respond_by_at", UTCDateTime(), nullable=False),
        sa.Column("first_response_at", UTCDateTime(), nullable=True),
        sa.Column("ended_reason", sa.String(length=200), nullable=True),
        sa.Column("beneficiary_count", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'called', 'open', 'finished', 'archived', 'refused', 'no_response', 'cancelled')",
            name=op.f("ck_activities_activity_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "alliance_id"],
            ["people_alliance.ledger_id", "people_alliance.id"],
            name=op.f("fk_activities_activity_ledger_id_alliance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "team_id"],
            ["people_team.ledger_id", "people_team.id"],
            name=op.f("fk_activities_activity_ledger_id_team_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_activities_activity_node_id")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["community_venue.id"], name=op.f("fk_activities_activity_venue_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_activities_activity")),
        sa.UniqueConstraint(
            "ledger_id", "number", name=op.f("uq_activities_activity_ledger_id_number")
        ),
    )
    spread("activities_activity", "ledger_id")
    op.create_index(
        op.f("ix_activities_activity_ledger_id_node_id_state"),
        "activities_activity",
        ["ledger_id", "node_id", "state"],
        unique=False,
    )
    op.create_table(
        "activities_organiser",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("activity_id", Id(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "activity_id"],
            ["activities_activity.ledger_id", "activities_activity.id"],
            name=op.f("fk_activities_organiser_ledger_id_activity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["community_unit.id"], name=op.f("fk_activities_organiser_unit_id")
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "activity_id", "unit_id", name=op.f("pk_activities_organiser")
        ),
    )
    spread("activities_organiser", "ledger_id")
    op.create_table(
        "activities_response",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("activity_id", Id(), nullable=False),
        sa.Column("team_id", Id(), nullable=False),
        sa.Column("responded_by_id", Id(), nullable=False),
        sa.Column("responded_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ledger_id", "activity_id"],
            ["activities_activity.ledger_id", "activities_activity.id"],
            name=op.f("fk_activities_response_ledger_id_activity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "team_id"],
            ["people_team.ledger_id", "people_team.id"],
            name=op.f("fk_activities_response_ledger_id_team_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "activity_id", "team_id", name=op.f("pk_activities_response")
        ),
    )
    spread("activities_response", "ledger_id")
    op.create_table(
        "activities_session",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("session_no", sa.BigInteger(), nullable=False),
        sa.Column("activity_id", Id(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("opens_at", UTCDateTime(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("quota_count", sa.Integer(), nullable=True),
        sa.Column("enrolled_count", sa.Integer(), nullable=False),
        sa.Column("waiting_count", sa.Integer(), nullable=False),
        sa.Column("code_key_version", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'closed', 'cancelled')",
            name=op.f("ck_activities_session_state_known"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_activities_session_ends_later")),
        sa.CheckConstraint(
            "enrolled_count >= 0 AND (quota_count IS NULL OR enrolled_count <= quota_count)",
            name=op.f("ck_activities_session_quota_kept"),
        ),
        sa.CheckConstraint(
            "opens_at <= starts_at", name=op.f("ck_activities_session_opens_before")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "activity_id"],
            ["activities_activity.ledger_id", "activities_activity.id"],
            name=op.f("fk_activities_session_ledger_id_activity_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_activities_session")),
        sa.UniqueConstraint(
            "ledger_id",
            "activity_id",
            "ordinal",
            name=op.f("uq_activities_session_ledger_id_activity_id_ordinal"),
        ),
        sa.UniqueConstraint(
            "ledger_id", "session_no", name=op.f("uq_activities_session_ledger_id_session_no")
        ),
    )
    spread("activities_session", "ledger_id")
    op.create_index(
        op.f("ix_activities_session_ledger_id_starts_at"),
        "activities_session",
        ["ledger_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "activities_attendance",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("session_id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("team_id", Id(), nullable=True),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("checked_in_at", UTCDateTime(), nullable=False),
        sa.Column("in_door", sa.String(length=16), nullable=False),
        sa.Column("in_slot", sa.BigInteger(), nullable=True),
        sa.Column("in_by_id", Id(), nullable=False),
        sa.Column("checked_out_at", UTCDateTime(), nullable=True),
        sa.Column("out_door", sa.String(length=16), nullable=True),
        sa.Column("out_slot", sa.BigInteger(), nullable=True),
        sa.Column("out_by_id", Id(), nullable=True),
        sa.Column("credited_minutes", sa.Integer(), nullable=True),
        sa.Column("zero_reason", sa.String(length=32), nullable=True),
        sa.Column("confirmed_by_id", Id(), nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("second_confirmed_by_id", Id(), nullable=True),
        sa.Column("device_hash", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint(
            "in_door IN ('code', 'personal_code', 'card', 'roll', 'correction')",
            name=op.f("ck_activities_attendance_in_door_known"),
        ),
        sa.CheckConstraint(
            "out_door IN ('code', 'personal_code', 'card', 'roll', 'correction', 'auto')",
            name=op.f("ck_activities_attendance_out_door_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'closed', 'needs_confirmation', 'confirmed', 'refused', 'reversed')",
            name=op.f("ck_activities_attendance_state_known"),
        ),
        sa.CheckConstraint(
            "checked_out_at IS NULL OR checked_out_at >= checked_in_at",
            name=op.f("ck_activities_attendance_out_after_in"),
        ),
        sa.CheckConstraint(
            "ordinal BETWEEN 1 AND 3", name=op.f("ck_activities_attendance_three_pairs_at_most")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_activities_attendance_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "session_id"],
            ["activities_session.ledger_id", "activities_session.id"],
            name=op.f("fk_activities_attendance_ledger_id_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "team_id"],
            ["people_team.ledger_id", "people_team.id"],
            name=op.f("fk_activities_attendance_ledger_id_team_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_activities_attendance")),
        sa.UniqueConstraint(
            "ledger_id", "session_id", "member_id", "ordinal", name="uq_activities_attendance_pair"
        ),
    )
    spread("activities_attendance", "ledger_id")
    op.create_index(
        op.f("ix_activities_attendance_ledger_id_member_id_checked_in_at"),
        "activities_attendance",
        ["ledger_id", "member_id", "checked_in_at"],
        unique=False,
    )
    op.create_index(
        "ix_activities_attendance_unconfirmed",
        "activities_attendance",
        ["ledger_id", "session_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'closed', 'needs_confirmation')"),
        postgresql_where=sa.text("state IN ('open', 'closed', 'needs_confirmation')"),
    )
    op.create_index(
        "uq_activities_attendance_open",
        "activities_attendance",
        ["ledger_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "activities_enrolment",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("session_id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("team_id", Id(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", UTCDateTime(), nullable=False),
        sa.Column("enrolled_by_id", Id(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('enrolled', 'waiting', 'withdrawn', 'absent')",
            name=op.f("ck_activities_enrolment_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_activities_enrolment_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "session_id"],
            ["activities_session.ledger_id", "activities_session.id"],
            name=op.f("fk_activities_enrolment_ledger_id_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "team_id"],
            ["people_team.ledger_id", "people_team.id"],
            name=op.f("fk_activities_enrolment_ledger_id_team_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "session_id", "member_id", name=op.f("pk_activities_enrolment")
        ),
    )
    spread("activities_enrolment", "ledger_id")
    op.create_index(
        op.f("ix_activities_enrolment_ledger_id_member_id"),
        "activities_enrolment",
        ["ledger_id", "member_id"],
        unique=False,
    )
    op.create_table(
        "activities_scan",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("session_id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=True),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("device_hash", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["ledger_id", "session_id"],
            ["activities_session.ledger_id", "activities_session.id"],
            name=op.f("fk_activities_scan_ledger_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_activities_scan")),
    )
    spread("activities_scan", "ledger_id")
    op.create_index(
        op.f("ix_activities_scan_ledger_id_session_id_seen_at"),
        "activities_scan",
        ["ledger_id", "session_id", "seen_at"],
        unique=False,
    )
    op.create_table(
        "activities_correction",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("attendance_id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("before_in_at", UTCDateTime(), nullable=False),
        sa.Column("before_out_at", UTCDateTime(), nullable=True),
        sa.Column("before_minutes", sa.Integer(), nullable=True),
        sa.Column("after_in_at", UTCDateTime(), nullable=True),
        sa.Column("after_out_at", UTCDateTime(), nullable=True),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("corrected_by_id", Id(), nullable=False),
        sa.Column("corrected_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "attendance_id"],
            ["activities_attendance.ledger_id", "activities_attendance.id"],
            name=op.f("fk_activities_correction_ledger_id_attendance_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_activities_correction")),
        sa.UniqueConstraint(
            "ledger_id",
            "attendance_id",
            "version",
            name=op.f("uq_activities_correction_ledger_id_attendance_id_version"),
        ),
    )
    spread("activities_correction", "ledger_id")
    append_only("activities_correction")


def downgrade() -> None:
    refuse_if_filled("activities_attendance")
    not_append_only("activities_correction")
    op.drop_table("activities_correction")
    op.drop_table("activities_scan")
    op.drop_table("activities_enrolment")
    op.drop_table("activities_attendance")
    op.drop_table("activities_session")
    op.drop_table("activities_response")
    op.drop_table("activities_organiser")
    op.drop_table("activities_activity")
