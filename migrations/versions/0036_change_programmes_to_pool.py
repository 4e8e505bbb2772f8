"""Let programmes pool by household, indicators take away, and notices show applications.

Why: a household's points are one account (D29), a minus indicator takes points back (P7),
    and what is applied for is put up before it is posted (D30).
Rows: none changed; every programme pools by person and every indicator gives, as before.
Old code: keeps working; it writes the old kinds, and the new columns have their defaults.
Undo: takes columns and kinds away again; stops while a row uses them.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id

revision = "0036"
down_revision = "0035"

SOURCES = (
    *("attendance", "manual", "backfill", "opening", "order", "claim", "exchange"),
    "sighting",
)
CHECKS = (
    ("points_grant", "source_kind", SOURCES, ("application", "case")),
    ("points_notice", "kind", ("hours", "grants", "stars"), ("applied",)),
    ("points_photo", "subject_kind", ("backfill", "objection"), ("application",)),
)
"""Table, column, the kinds it knew, and the kinds it learns."""

COLUMNS = (
    ("points_programme", "pooling", sa.String(length=12), "person", ("person", "household")),
    ("points_indicator", "direction", sa.String(length=8), "plus", ("plus", "minus")),
)
"""Table, column, type, default and the values that it knows."""

IDS = (
    ("points_grant", "household_id"),
    ("points_notice_line", "application_id"),
    ("mall_redemption", "household_id"),
)


def upgrade() -> None:
    for table, column, old, more in CHECKS:
        _know(table, column, (*old, *more))
    for table, column, kind, default, known in COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(column, kind, server_default=default, nullable=False))
            batch.create_check_constraint(op.f(_check(table, column)), _one_of(column, known))
    for table, column in IDS:
        op.add_column(table, sa.Column(column, Id(), nullable=True))


def downgrade() -> None:
    for table, column in reversed(IDS):
        op.drop_column(table, column)
    for table, column, _kind, _default, _known in reversed(COLUMNS):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(_check(table, column)), type_="check")
            batch.drop_column(column)
    for table, column, old, _more in reversed(CHECKS):
        _know(table, column, old)


def _know(table: str, column: str, known: tuple[str, ...]) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(_check(table, column)), type_="check")
        batch.create_check_constraint(op.f(_check(table, column)), _one_of(column, known))


def _check(table: str, column: str) -> str:
    return f"ck_{table}_{column}_known"


def _one_of(column: str, known: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in known)})"
