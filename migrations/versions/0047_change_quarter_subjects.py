"""Let quarters rank projects, and the three bodies assess them.

Why: a quarter ranks what branches and teams run as well as who served (S1, S2).
Rows: none changed. On SQLite both tables are copied as they are, since it cannot change a
    CHECK in place; the guard of the frozen lines is put back.
Old code: keeps working; it ranks members and teams and reads the lines of projects as others.
Undo: refused once a project was frozen or assessed; else the checks are as before.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import append_only, is_postgresql, not_append_only, refuse_if_filled

revision = "0047"
down_revision = "0046"

LINE, ASSESSMENT = "reports_quarter_line", "points_assessment"
BEFORE = "subject_kind IN ('member', 'team')"
AFTER = "subject_kind IN ('member', 'team', 'project')"


def upgrade() -> None:
    _change(BEFORE, AFTER)


def downgrade() -> None:
    for table in (LINE, ASSESSMENT):
        refuse_if_filled(f"{table} WHERE subject_kind = 'project'")
    _change(AFTER, BEFORE)


def _change(before: str, after: str) -> None:
    for table, built in ((LINE, _line), (ASSESSMENT, _assessment)):
        name = f"ck_{table}_subject_kind_known"
        if is_postgresql():
            op.drop_constraint(op.f(name), table, type_="check")
            op.create_check_constraint(op.f(name), table, after)
            continue
        if table == LINE:
            not_append_only(table)
        with op.batch_alter_table(table, copy_from=built(before)) as batch:
            batch.drop_constraint(op.f(name), type_="check")
            batch.create_check_constraint(op.f(name), after)
        if table == LINE:
            append_only(table)


def _line(kinds: str) -> sa.Table:
    amounts = ("credited_minutes", "honorary_minutes", "historical_minutes", "adjustment_minutes")
    return sa.Table(
        LINE,
        sa.MetaData(),
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("subject_kind", sa.String(length=8), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in (*amounts, "points")),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("grant_count", "rating_stars", "rating_count")
        ),
        sa.Column("review_hundredths", sa.SmallInteger(), nullable=True),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(kinds, name=op.f(f"ck_{LINE}_subject_kind_known")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "period"],
            ["reports_quarter.ledger_id", "reports_quarter.period"],
            name=op.f(f"fk_{LINE}_ledger_id_period"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f(f"fk_{LINE}_node_id")
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "period", "subject_kind", "subject_id", name=op.f(f"pk_{LINE}")
        ),
    )


def _assessment(kinds: str) -> sa.Table:
    table = ASSESSMENT
    return sa.Table(
        table,
        sa.MetaData(),
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
            "body IN ('committee', 'owners', 'property')", name=op.f(f"ck_{table}_body_known")
        ),
        sa.CheckConstraint(kinds, name=op.f(f"ck_{table}_subject_kind_known")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f(f"ck_{table}_score_in_range")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "assessor_id"],
            ["points_assessor.ledger_id", "points_assessor.id"],
            name=op.f(f"fk_{table}_ledger_id_assessor_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "ledger_id",
            "period",
            "subject_kind",
            "subject_id",
            "assessor_id",
            name="uq_points_assessment_once",
        ),
    )
