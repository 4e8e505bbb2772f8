"""Add when an activity type was retired.

Why: a type that is not held any more is not offered; what was done under it stays
    readable by its name (C3).
Rows: every type stays in use.
Old code: keeps working; it offers retired types as well.
Undo: forgets which types were retired.
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.add_column("points_category", sa.Column("retired_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("points_category", "retired_on")
