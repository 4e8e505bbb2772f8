"""Add which evidence an indicator asks for: none, a photo, or a number.

Why: a rate card says what must be shown before points are given (P7). What counts by the
    case needs its number in any case (A10).
Rows: none changed; every indicator asks for nothing more than before.
Old code: keeps working; it asks for nothing.
Undo: the demands are forgotten; applications and grants by hand are entered without.
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

TABLE, COLUMN = "points_indicator", "evidence"
CHECK = "ck_points_indicator_evidence_known"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(
            sa.Column(COLUMN, sa.String(length=12), server_default="none", nullable=False)
        )
        batch.create_check_constraint(op.f(CHECK), "evidence IN ('none', 'photo', 'case_number')")


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.drop_column(COLUMN)
