"""Index reports (随手拍) by what they say.

Why: each new report asks whether the same was said within ten minutes; without an index
    that read every report of the book (T26).
Rows: none changed.
Old code: keeps working.
Undo: drops the index.
"""

from alembic import op

revision = "0054"
down_revision = "0053"

NAME = "ix_service_orders_sighting_ledger_id_words_hash_seen_at"
COLUMNS = ["ledger_id", "words_hash", "seen_at"]


def upgrade() -> None:
    op.create_index(op.f(NAME), "service_orders_sighting", COLUMNS, unique=False)


def downgrade() -> None:
    op.drop_index(op.f(NAME), table_name="service_orders_sighting")
