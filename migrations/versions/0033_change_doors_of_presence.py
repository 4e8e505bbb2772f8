"""Let presences come in by a checkpoint, and by a visit.

Why: a patrol is checked in by the checkpoints of its route (C13), a visit to a home by the
    volunteer, to be ended by the resident's code (C27); so the doors grow by two.
Rows: none changed.
Old code: keeps working; it writes the old doors.
Undo: takes the doors away again; stops while a presence came in by one of them.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import is_postgresql

revision = "0033"
down_revision = "0032"

TABLE = "activities_attendance"
DOORS_BEFORE = "'code', 'personal_code', 'card', 'roll', 'correction'"
DOORS = f"{DOORS_BEFORE}, 'checkpoint', 'visit'"
OPEN = sa.text("state = 'open'")
UNCONFIRMED = sa.text("state IN ('open', 'closed', 'needs_confirmation')")


def upgrade() -> None:
    _change(DOORS_BEFORE, DOORS)


def downgrade() -> None:
    _change(DOORS, DOORS_BEFORE)


def _change(before: str, after: str) -> None:
    checks = {
        "ck_activities_attendance_in_door_known": f"in_door IN ({after})",
        "ck_activities_attendance_out_door_known": f"out_door IN ({after}, 'auto')",
    }
    if is_postgresql():
        for name, rule in checks.items():
            op.drop_constraint(op.f(name), TABLE, type_="check")
            op.create_check_constraint(op.f(name), TABLE, rule)
        return
    with op.batch_alter_table(TABLE, copy_from=_table(before)) as batch:
        for name, rule in checks.items():
            batch.drop_constraint(op.f(name), type_="check")
            batch.create_check_constraint(op.f(name), rule)


def _table(doors: str) -> sa.Table:
    """The table as SQLite is to copy it: it cannot change a CHECK in place."""
    table = sa.Table(
        TABLE,
        sa.MetaData(),
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
            f"in_door IN ({doors})",
            name=op.f("ck_activities_attendance_in_door_known"),
        ),
        sa.CheckConstraint(
            f"out_door IN ({doors}, 'auto')",
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
    sa.Index(
        op.f("ix_activities_attendance_ledger_id_member_id_checked_in_at"),
        table.c.ledger_id,
        table.c.member_id,
        table.c.checked_in_at,
    )
    sa.Index(
        "ix_activities_attendance_unconfirmed",
        table.c.ledger_id,
        table.c.session_id,
        sqlite_where=UNCONFIRMED,
    )
    sa.Index(
        "uq_activities_attendance_open",
        table.c.ledger_id,
        table.c.member_id,
        unique=True,
        sqlite_where=OPEN,
    )
    return table
