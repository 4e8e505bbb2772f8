"""Create the tables of shifts: routes, visits, logs, series and duty rosters.

Why: a patrol is proven by checkpoints in order (C13), a visit by the resident's code (C27), a
    grid worker's shift by its log (T14); a lecture is held each month (C32); a venue has a
    roster (V2).
Rows: none changed; the tables are new.
Old code: keeps working after this; it does not know the tables, and takes every activity for
    one that is attended by the screen's code.
Undo: refused once a checkpoint was scanned, a visit confirmed or a log written; else drops
    the tables.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0035"
down_revision = "0034"

KEPT = ("activities_checkpoint_scan", "activities_visit", "activities_shift_log")


def upgrade() -> None:
    op.create_table(
        "activities_attending",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("activity_id", Id(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("checkpoint_min_count", sa.SmallInteger(), nullable=True),
        sa.Column("needs_log", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(way = 'route') = (checkpoint_min_count IS NOT NULL)",
            name=op.f("ck_activities_attending_route_counts"),
        ),
        sa.CheckConstraint(
            "way IN ('screen', 'route', 'visit')", name=op.f("ck_activities_attending_way_known")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "activity_id"],
            ["activities_activity.ledger_id", "activities_activity.id"],
            name=op.f("fk_activities_attending_ledger_id_activity_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "activity_id", name=op.f("pk_activities_attending")),
    )
    spread("activities_attending", "ledger_id")
    op.create_table(
        "activities_checkpoint",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("activity_id", Id(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "ordinal BETWEEN 1 AND 20", name=op.f("ck_activities_checkpoint_ordinal_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "activity_id"],
            ["activities_activity.ledger_id", "activities_activity.id"],
            name=op.f("fk_activities_checkpoint_ledger_id_activity_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "activity_id", "ordinal", name=op.f("pk_activities_checkpoint")
        ),
    )
    spread("activities_checkpoint", "ledger_id")
    op.create_table(
        "activities_checkpoint_scan",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attendance_id", Id(), nullable=False),
        sa.Column("lap", sa.SmallInteger(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("scanned_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "attendance_id"],
            ["activities_attendance.ledger_id", "activities_attendance.id"],
            name=op.f("fk_activities_checkpoint_scan_ledger_id_attendance_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id",
            "attendance_id",
            "lap",
            "ordinal",
            name=op.f("pk_activities_checkpoint_scan"),
        ),
    )
    spread("activities_checkpoint_scan", "ledger_id")
    op.create_table(
        "activities_visit",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attendance_id", Id(), nullable=False),
        sa.Column("resident_id", Id(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "attendance_id"],
            ["activities_attendance.ledger_id", "activities_attendance.id"],
            name=op.f("fk_activities_visit_ledger_id_attendance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "resident_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_activities_visit_ledger_id_resident_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "attendance_id", name=op.f("pk_activities_visit")),
    )
    spread("activities_visit", "ledger_id")
    op.create_table(
        "activities_shift_log",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attendance_id", Id(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "attendance_id"],
            ["activities_attendance.ledger_id", "activities_attendance.id"],
            name=op.f("fk_activities_shift_log_ledger_id_attendance_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "attendance_id", name=op.f("pk_activities_shift_log")),
    )
    spread("activities_shift_log", "ledger_id")
    op.create_table(
        "activities_series_part",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("activity_id", Id(), nullable=False),
        sa.Column("series_id", Id(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "activity_id"],
            ["activities_activity.ledger_id", "activities_activity.id"],
            name=op.f("fk_activities_series_part_ledger_id_activity_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "activity_id", name=op.f("pk_activities_series_part")),
        sa.UniqueConstraint(
            "ledger_id",
            "series_id",
            "ordinal",
            name=op.f("uq_activities_series_part_ledger_id_series_id_ordinal"),
        ),
    )
    spread("activities_series_part", "ledger_id")
    op.create_table(
        "activities_roster_shift",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("session_id", Id(), nullable=True),
        sa.Column("holder_id", Id(), nullable=True),
        sa.Column("planned_by_id", Id(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'rotating') = (session_id IS NOT NULL)",
            name=op.f("ck_activities_roster_shift_session_rotates"),
        ),
        sa.CheckConstraint(
            "kind = 'resident' OR holder_id IS NULL",
            name=op.f("ck_activities_roster_shift_holder_resides"),
        ),
        sa.CheckConstraint(
            "kind IN ('resident', 'rotating')", name=op.f("ck_activities_roster_shift_kind_known")
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_activities_roster_shift_ends_later")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "session_id"],
            ["activities_session.ledger_id", "activities_session.id"],
            name=op.f("fk_activities_roster_shift_ledger_id_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["community_venue.id"], name=op.f("fk_activities_roster_shift_venue_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_activities_roster_shift")),
        sa.UniqueConstraint(
            "ledger_id", "session_id", name=op.f("uq_activities_roster_shift_ledger_id_session_id")
        ),
    )
    spread("activities_roster_shift", "ledger_id")
    op.create_index(
        op.f("ix_activities_roster_shift_ledger_id_venue_id_starts_at"),
        "activities_roster_shift",
        ["ledger_id", "venue_id", "starts_at"],
        unique=False,
    )


def downgrade() -> None:
    for table in KEPT:
        refuse_if_filled(table)
    op.drop_table("activities_roster_shift")
    op.drop_table("activities_series_part")
    op.drop_table("activities_shift_log")
    op.drop_table("activities_visit")
    op.drop_table("activities_checkpoint_scan")
    op.drop_table("activities_checkpoint")
    op.drop_table("activities_attending")
