"""Let objections reach deductions that were taken.

Why: who lost points says on the phone that it was wrong; the answer leads to the reversal by
    two people (P7, D29).
Rows: none changed. On SQLite the table is copied as it is, since it cannot change a CHECK in
    place.
Old code: keeps working; it writes the old kinds.
Undo: takes the kind away again; refused while an objection of that kind exists.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import is_postgresql, refuse_if_filled

revision = "0059"
down_revision = "0058"

TABLE, CHECK, INDEX = (
    "people_objection",
    "ck_people_objection_subject_kind_known",
    "uq_people_objection_open",
)
BEFORE = "subject_kind IN ('attendance', 'grant', 'redemption', 'notice')"
AFTER = "subject_kind IN ('attendance', 'grant', 'redemption', 'notice', 'deduction')"


def upgrade() -> None:
    _change(BEFORE, AFTER)


def downgrade() -> None:
    refuse_if_filled(f"{TABLE} WHERE subject_kind = 'deduction'")
    _change(AFTER, BEFORE)


def _change(before: str, after: str) -> None:
    if is_postgresql():
        op.drop_constraint(op.f(CHECK), TABLE, type_="check")
        op.create_check_constraint(op.f(CHECK), TABLE, after)
        return
    op.drop_index(INDEX, TABLE)
    with op.batch_alter_table(TABLE, copy_from=_table(before)) as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.create_check_constraint(op.f(CHECK), after)
    op.create_index(
        INDEX,
        TABLE,
        ["ledger_id", "subject_kind", "subject_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
    )


def _table(kinds: str) -> sa.Table:
    return sa.Table(
        TABLE,
        sa.MetaData(),
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("recorder_id", Id(), nullable=False),
        sa.Column("claim", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("raised_by_id", Id(), nullable=False),
        sa.Column("answered_by_id", Id(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'rejected', 'withdrawn')",
            name=op.f("ck_people_objection_state_known"),
        ),
        sa.CheckConstraint(kinds, name=op.f(CHECK)),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_objection_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_objection")),
    )
