"""Create the table of what becomes of an empty household's points.

Why: when the last member leaves or dies, nobody can spend what the household holds; two people
    say who gets it, or it goes to the common pool after a wait (D29).
Rows: none changed; the table is new.
Old code: keeps working; it leaves such points where they are.
Undo: refused once a passing was entered; else drops the table.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0049"
down_revision = "0048"

TABLE = "points_home_passing"
LIVE = "state IN ('waiting', 'due')"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("to_member_id", Id(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("entered_by_id", Id(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by_id", Id(), nullable=True),
        sa.Column("refusal_reason", sa.String(length=200), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("settled_points", sa.BigInteger(), nullable=False),
        sa.Column("journal_id", Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'refused', 'due', 'withdrawn', 'posted')",
            name=op.f("ck_points_home_passing_state_known"),
        ),
        sa.CheckConstraint(
            "points >= settled_points AND settled_points >= 0",
            name=op.f("ck_points_home_passing_points_not_negative"),
        ),
        *(
            sa.ForeignKeyConstraint(
                ["ledger_id", name],
                [f"{other}.ledger_id", f"{other}.id"],
                name=op.f(f"fk_points_home_passing_ledger_id_{name}"),
            )
            for name, other in (
                ("household_id", "people_household"),
                ("to_member_id", "people_member"),
                ("journal_id", "ledger_journal"),
            )
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_home_passing")),
    )
    spread(TABLE, "ledger_id")
    op.create_index(
        "uq_points_home_passing_live",
        TABLE,
        ["ledger_id", "household_id"],
        unique=True,
        sqlite_where=sa.text(LIVE),
        postgresql_where=sa.text(LIVE),
    )


def downgrade() -> None:
    refuse_if_filled(TABLE)
    op.drop_table(TABLE)
