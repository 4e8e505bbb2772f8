"""The only rows that reports write: exports, closed quarters, certificates, sentences."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    Amount,
    Base,
    Digest,
    Id,
    IdColumn,
    Instant,
    LedgerKey,
    LedgerRow,
    NodeId,
    Small,
    index_where,
    ledger_fk,
    one_of,
)
from app.reports.models_certificate import Certificate, CertificatePrint
from app.reports.models_quarter import QuarterLine, QuarterReport
from app.reports.models_story import Sentence

__all__ = [
    "JOB_STATES",
    "Certificate",
    "CertificatePrint",
    "Export",
    "ExportJob",
    "ExportPiece",
    "QuarterLine",
    "QuarterReport",
    "Sentence",
]

JOB_STATES = ("queued", "running", "done", "failed", "expired")
"""排队 · 正在写 · 写好了 · 没写成 · 过期."""


class Export(LedgerRow, Base):
    """A file that left the house: filter, row count and SHA-256 (A16, D45).

    `asked` is the filter for programs, `said` what the file says on the whole: with
    both, whoever holds the code can ask whether it still stands. Neither names anybody.
    """

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
    node_id: Mapped[Amount | None]
    asked: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    said: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)


class ExportJob(LedgerRow, Base):
    """A file that was ordered and is written by and by (D42, D45).

    Whoever writes it holds a lease and the number of the try; when the lease has run
    out anybody may begin again, and the former writer can finish no more.
    """

    __tablename__ = "reports_export_job"
    __table_args__ = (
        ledger_fk("export_id", "reports_export"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("state", *JOB_STATES),
        sa.CheckConstraint("done_count >= 0", name="done_not_negative"),
        sa.Index(None, "ledger_id", "ordered_by_id", "ordered_at"),
        index_where(
            "ix_reports_export_job_live",
            "ledger_id",
            "state",
            where="state IN ('queued', 'running', 'done')",
        ),
        BY_LEDGER,
    )

    kind: Mapped[str] = mapped_column(sa.String(24))
    file_kind: Mapped[str] = mapped_column(sa.String(4))
    node_id: Mapped[NodeId]
    asked: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    state: Mapped[str] = mapped_column(sa.String(8))
    try_count: Mapped[Small]
    done_count: Mapped[int]
    total_count: Mapped[int | None]
    ordered_by_id: Mapped[IdColumn]
    on_behalf_id: Mapped[UUID | None] = mapped_column(Id())
    ordered_at: Mapped[Instant]
    leased_until_at: Mapped[Instant | None]
    failure: Mapped[str | None] = mapped_column(sa.String(40))
    export_id: Mapped[UUID | None] = mapped_column(Id())
    size_bytes: Mapped[Amount | None]
    finished_at: Mapped[Instant | None]
    expires_at: Mapped[Instant | None]


class ExportPiece(LedgerKey, Base):
    """A piece of a finished file, sealed: it holds names. Gone when the file expires."""

    __tablename__ = "reports_export_piece"
    __table_args__ = (ledger_fk("job_id", "reports_export_job"), BY_LEDGER)

    job_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    ordinal: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
