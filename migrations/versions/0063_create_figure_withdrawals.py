"""Create withdrawals of figures; a figure may be entered anew after one.

Why: a figure is never changed, so a wrong one stood for ever and the right one of the same
    day and source was refused. Two people take it down, and the next edition may come in.
Rows: every figure that is there is the first edition; none is withdrawn.
Old code: keeps working; it enters first editions only and shows withdrawn figures still.
Undo: refused once a withdrawal was asked for.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import append_only, is_postgresql, not_append_only, refuse_if_filled, spread

revision = "0063"
down_revision = "0062"

FIGURE, ONCE = "community_figure", "uq_community_figure_once"
KEY = ["node_id", "kind_code", "as_of_on", "span", "source"]


def upgrade() -> None:
    with _unguarded(), op.batch_alter_table(FIGURE) as batch:
        batch.add_column(
            sa.Column("edition", sa.SmallInteger(), nullable=False, server_default="1")
        )
        batch.drop_constraint(ONCE, type_="unique")
        batch.create_unique_constraint(ONCE, [*KEY, "edition"])
    op.create_table(
        "community_figure_withdrawal",
        sa.Column("id", Id(), nullable=False),
        sa.Column("figure_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("asked_by_id", Id(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by_id", Id(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'withdrawn', 'refused')",
            name=op.f("ck_community_figure_withdrawal_state_known"),
        ),
        sa.CheckConstraint(
            "decided_by_id <> asked_by_id",
            name=op.f("ck_community_figure_withdrawal_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["figure_id"],
            ["community_figure.id"],
            name=op.f("fk_community_figure_withdrawal_figure_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_figure_withdrawal")),
    )
    spread("community_figure_withdrawal", None)
    op.create_index(
        "uq_community_figure_withdrawal_live",
        "community_figure_withdrawal",
        ["figure_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'refused'"),
        postgresql_where=sa.text("state <> 'refused'"),
    )


def downgrade() -> None:
    refuse_if_filled("community_figure_withdrawal")
    op.drop_table("community_figure_withdrawal")
    with _unguarded(), op.batch_alter_table(FIGURE) as batch:
        batch.drop_constraint(ONCE, type_="unique")
        batch.drop_column("edition")
        batch.create_unique_constraint(ONCE, KEY)


@contextmanager
def _unguarded() -> Iterator[None]:
    """Take the guards off while SQLite copies the table; PostgreSQL changes it in place."""
    if is_postgresql():
        yield
        return
    not_append_only(FIGURE)
    yield
    append_only(FIGURE)
