"""Keep the kind and the hash of each printed certificate's file.

Why: whoever holds a proof's file must be able to check that nobody changed it (S3), and a
    proof for commendation leaves as xlsx as well as on paper (D44).
Rows: printings of before get no kind and no hash; their files cannot be checked.
Old code: keeps working; both columns may be empty.
Undo: drops both columns, and with them what files can be known again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

TABLE = "reports_certificate_print"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("file_kind", sa.String(length=8), nullable=True))
    op.add_column(TABLE, sa.Column("sha256", sa.LargeBinary(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column(TABLE, "sha256")
    op.drop_column(TABLE, "file_kind")
