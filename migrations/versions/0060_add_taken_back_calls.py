"""Let the desk take a task of the field back.

Why: a task that nobody answers any more stayed on the list of the unanswered for good (T13).
Rows: none changed; no task of before was taken back.
Old code: keeps working; it shows a task that was taken back as answered.
Undo: drops the column; such tasks are answered ones again.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import UTCDateTime

revision = "0060"
down_revision = "0059"

TABLE, COLUMN = "service_orders_field_call", "taken_back_at"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column(COLUMN, UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column(TABLE, COLUMN)
