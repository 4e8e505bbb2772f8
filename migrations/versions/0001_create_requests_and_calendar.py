"""Create requests, serials and the calendar.

Why: a request that is sent twice must be answered once (base_idempotency), numbers that
    people see must be given out in order (base_serial), and working days beyond the
    library's years are entered by hand (base_calendar_*).
Rows: none changed.
Old code: keeps working; nothing reads these tables yet.
Undo: drops the tables; answers to repeated requests are forgotten.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import spread

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "base_calendar_day",
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("on_date", name=op.f("pk_base_calendar_day")),
    )
    spread("base_calendar_day", None)
    op.create_table(
        "base_calendar_year",
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_base_calendar_year")),
    )
    spread("base_calendar_year", None)
    op.create_table(
        "base_idempotency",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor_id", Id(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=96), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status_code", sa.SmallInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("resource", sa.String(length=120), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("pruned_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("ledger_id", "actor_id", "key", name=op.f("pk_base_idempotency")),
    )
    spread("base_idempotency", "ledger_id")
    op.create_table(
        "base_serial",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("next_value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ledger_id", "name", name=op.f("pk_base_serial")),
    )
    spread("base_serial", "ledger_id")


def downgrade() -> None:
    op.drop_table("base_serial")
    op.drop_table("base_idempotency")
    op.drop_table("base_calendar_year")
    op.drop_table("base_calendar_day")
