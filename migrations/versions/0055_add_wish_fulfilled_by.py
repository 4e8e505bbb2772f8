"""Keep who said that an activity made a wish come true.

Why: whoever closed the activity does not write down the wisher's stars (A6).
Rows: none changed; of earlier wishes it is not known.
Old code: keeps working; it leaves the column empty.
Undo: drops the column.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    op.add_column("service_orders_wish", sa.Column("fulfilled_by_id", Id(), nullable=True))


def downgrade() -> None:
    op.drop_column("service_orders_wish", "fulfilled_by_id")
