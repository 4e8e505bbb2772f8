"""Add closed quarters, and under which day a reversal counts.

Why: a closed quarter stays as it was; what is posted or reversed later counts in the next
    open one (S2, A15).
Rows: grants that were reversed count as taken out of the day under which they counted,
    as they were when it happened.
Old code: must stop; it would take a reversal out of a quarter that is closed.
Undo: refused once a quarter was proposed or closed; else drops the table and the column.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0028"
down_revision = "0027"

GRANT = "points_grant"
INDEXES = {
    "ix_points_grant_counted_later": ("counted_on", "counted_on <> served_on"),
    "ix_points_grant_taken_out_later": (
        "reversal_counted_on",
        "reversal_counted_on <> counted_on",
    ),
}


def upgrade() -> None:
    op.create_table(
        "points_period",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("proposed_by_id", Id(), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("closed_by_id", Id(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)",
            name=op.f("ck_points_period_closed_is_dated"),
        ),
        sa.CheckConstraint(
            "closed_by_id <> proposed_by_id", name=op.f("ck_points_period_closed_by_another")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'closed')", name=op.f("ck_points_period_state_known")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "period", name=op.f("pk_points_period")),
    )
    spread("points_period", "ledger_id")
    op.add_column(GRANT, sa.Column("reversal_counted_on", sa.Date(), nullable=True))
    op.execute("UPDATE points_grant SET reversal_counted_on = counted_on WHERE state = 'reversed'")
    for name, (column, where) in INDEXES.items():
        condition = sa.text(where)
        op.create_index(
            name,
            GRANT,
            ["ledger_id", column],
            sqlite_where=condition,
            postgresql_where=condition,
        )


def downgrade() -> None:
    refuse_if_filled("points_period")
    for name in INDEXES:
        op.drop_index(name, GRANT)
    op.drop_column(GRANT, "reversal_counted_on")
    op.drop_table("points_period")
