"""Put deductions on notice before they are taken, and let two people reverse one.

Why: what a minus indicator takes away is objected to like what is given (D30), and a deduction
    that was wrong comes back by a second journal, never by an edit (L4).
Rows: `approved` deductions become `posted`: they were taken at once.
Old code: does not know the new states; it must be stopped first.
Undo: `posted` becomes `approved` again; refused while one is on notice, waits for one or was
    reversed, since the old table has no word for it.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id

revision = "0046"
down_revision = "0045"

TABLE, LINE = "points_deduction", "points_notice_line"
BEFORE = "state IN ('waiting', 'approved', 'refused')"
AFTER = "state IN ('waiting', 'reviewed', 'noticed', 'posted', 'refused', 'reversed')"
CHECK = "ck_points_deduction_state_known"
IDS = ("reviewed_by_id", "notice_id", "reversal_asked_by_id", "reversal_journal_id")
REASONS = ("refusal_reason", "reversal_reason")
KEYS = (("notice_id", "points_notice"), ("reversal_journal_id", "ledger_journal"))
ON_THE_WAY = "state IN ('waiting', 'reviewed', 'noticed')"


def upgrade() -> None:
    op.add_column(LINE, sa.Column("deduction_id", Id(), nullable=True))
    op.drop_index("ix_points_deduction_waiting", table_name=TABLE)
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        for name in IDS:
            batch.add_column(sa.Column(name, Id(), nullable=True))
        for name in REASONS:
            batch.add_column(sa.Column(name, sa.String(length=200), nullable=True))
    op.execute(sa.text("UPDATE points_deduction SET state = 'posted' WHERE state = 'approved'"))
    with op.batch_alter_table(TABLE) as batch:
        batch.create_check_constraint(op.f(CHECK), AFTER)
        for name, other in KEYS:
            batch.create_foreign_key(_key(name), other, ["ledger_id", name], ["ledger_id", "id"])
    _index("ix_points_deduction_live", ON_THE_WAY)


def downgrade() -> None:
    refuse_what_the_old_table_cannot_say()
    op.drop_index("ix_points_deduction_live", table_name=TABLE)
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        for name, _other in KEYS:
            batch.drop_constraint(_key(name), type_="foreignkey")
        for name in (*IDS, *REASONS):
            batch.drop_column(name)
    op.execute(sa.text("UPDATE points_deduction SET state = 'approved' WHERE state = 'posted'"))
    with op.batch_alter_table(TABLE) as batch:
        batch.create_check_constraint(op.f(CHECK), BEFORE)
    _index("ix_points_deduction_waiting", "state = 'waiting'")
    op.drop_column(LINE, "deduction_id")


def refuse_what_the_old_table_cannot_say() -> None:
    if op.get_context().as_sql:
        return
    query = "SELECT COUNT(*) FROM points_deduction WHERE state IN ('reviewed','noticed','reversed')"
    if op.get_bind().execute(sa.text(query)).scalar_one():
        raise RuntimeError("deductions are on notice or reversed: settle them before going back")


def _key(name: str) -> str:
    return op.f(f"fk_points_deduction_ledger_id_{name}")


def _index(name: str, where: str) -> None:
    op.create_index(
        name,
        TABLE,
        ["ledger_id", "node_id"],
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
