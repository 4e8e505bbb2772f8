"""The only rows that reports write: what was exported, so that a file can be verified."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import BY_LEDGER, Base, Digest, IdColumn, Instant, LedgerRow


class Export(LedgerRow, Base):
    """A file that left the house: filter, row count and SHA-256 (A16, D45)."""

    __tablename__ = "reports_export"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "verification_code"),
        BY_LEDGER,
    )

    verification_code: Mapped[str] = mapped_column(sa.String(24))
    kind: Mapped[str] = mapped_column(sa.String(24))
    filter: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    row_count: Mapped[int]
    sha256: Mapped[Digest]
    made_by_id: Mapped[IdColumn]
    made_at: Mapped[Instant]
