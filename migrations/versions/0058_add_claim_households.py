"""Add the household to vouchers and reservations, as redemptions have it.

Why: where a programme pools, all of a household's purchases count against one limit, also
    those by phone; what was counted is given back to the same counter (D29, D35).
Rows: none changed; what was bought before counted on its member and is given back there.
Old code: keeps working; it counts on the member alone.
Undo: takes the columns away; open ones would be given back to their members' counters.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id

revision = "0058"
down_revision = "0057"

TABLES = ("mall_voucher", "mall_reservation")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("household_id", Id(), nullable=True))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "household_id")
