"""Create the marks of gifts among the points that an empty household passed on.

Why: points that were a gift are not given on; passed on by an empty household they lost that,
    and whoever got them could give them away (D32).
Rows: none changed; what was passed on before has no marks.
Old code: keeps working; it writes none.
Undo: refused once a mark was written; else drops the table.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id
from migrations.house import refuse_if_filled, spread

revision = "0062"
down_revision = "0061"

TABLE = "points_home_passing_mark"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("passing_id", Id(), nullable=False),
        sa.Column("vintage_on", sa.Date(), nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("to_owner_id", Id(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("kept_points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "points > 0 AND kept_points >= 0 AND kept_points <= points",
            name=op.f(f"ck_{TABLE}_points_sensible"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "passing_id"],
            ["points_home_passing.ledger_id", "points_home_passing.id"],
            name=op.f(f"fk_{TABLE}_ledger_id_passing_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "household_id"],
            ["people_household.ledger_id", "people_household.id"],
            name=op.f(f"fk_{TABLE}_ledger_id_household_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "passing_id", "vintage_on", name=op.f(f"pk_{TABLE}")),
    )
    spread(TABLE, "ledger_id")
    op.create_index(op.f(f"ix_{TABLE}_ledger_id_to_owner_id"), TABLE, ["ledger_id", "to_owner_id"])
    op.create_index(
        op.f(f"ix_{TABLE}_ledger_id_household_id"), TABLE, ["ledger_id", "household_id"]
    )


def downgrade() -> None:
    refuse_if_filled(TABLE)
    op.drop_table(TABLE)
