"""Move what is said with an order's steps out of its append-only log.

Why: who leaves may have the words of their orders blanked (D47, PIPL 47); the log itself is
    never changed, so the words lie beside it.
Rows: every note moves to the new table; the log keeps act, step, actor and time.
Old code: is stopped first; it writes the column that goes.
Undo: writes the notes back; those that were blanked stay blank.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id
from migrations.house import append_only, not_append_only, spread

revision = "0045"
down_revision = "0044"

LOG, NOTE = "service_orders_log", "service_orders_note"
MOVE = (
    "INSERT INTO service_orders_note (ledger_id, order_id, seq, note_sealed)"
    " SELECT ledger_id, order_id, seq, note_sealed FROM service_orders_log"
    " WHERE note_sealed IS NOT NULL"
)
MOVE_BACK = (
    "UPDATE service_orders_log SET note_sealed = (SELECT said.note_sealed"
    " FROM service_orders_note AS said WHERE said.ledger_id = service_orders_log.ledger_id"
    " AND said.order_id = service_orders_log.order_id AND said.seq = service_orders_log.seq)"
)


def upgrade() -> None:
    op.create_table(
        NOTE,
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", Id(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "order_id"],
            ["service_orders_order.ledger_id", "service_orders_order.id"],
            name=op.f("fk_service_orders_note_ledger_id_order_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "order_id", "seq", name=op.f("pk_service_orders_note")
        ),
    )
    spread(NOTE, "ledger_id")
    op.execute(MOVE)
    op.drop_column(LOG, "note_sealed")


def downgrade() -> None:
    op.add_column(LOG, sa.Column("note_sealed", sa.LargeBinary(), nullable=True))
    not_append_only(LOG)
    op.execute(MOVE_BACK)
    append_only(LOG)
    op.drop_table(NOTE)
