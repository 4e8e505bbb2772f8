"""Add to an export which place it is of, what was asked and what it says.

Why: whoever holds its code can ask whether it still stands (A16).
Rows: none changed; for files made before, the new columns say nothing.
Old code: keeps working; it leaves the new columns empty.
Undo: drops the columns; files are then verified by their SHA-256 alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("reports_export", sa.Column("node_id", sa.BigInteger(), nullable=True))
    op.add_column("reports_export", sa.Column("asked", sa.JSON(), nullable=True))
    op.add_column("reports_export", sa.Column("said", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("reports_export", "said")
    op.drop_column("reports_export", "asked")
    op.drop_column("reports_export", "node_id")
