"""Find the memberships that were merged into one without reading the book.

Why: whoever acts also stands for the memberships merged into theirs (L13), in every decision
    and in every list of their own.
Rows: none changed; the index holds merged memberships alone.
Old code: keeps working; it asks less often.
Undo: drops the index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"

NAME = "ix_people_member_merged"
MERGED = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        NAME,
        "people_member",
        ["ledger_id", "merged_into_id"],
        sqlite_where=MERGED,
        postgresql_where=MERGED,
    )


def downgrade() -> None:
    op.drop_index(NAME, table_name="people_member")
