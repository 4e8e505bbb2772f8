"""服务证明 and 评优评先佐证: what was issued to whom, by whom, and each time it was printed."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    Amount,
    Base,
    Id,
    IdColumn,
    Instant,
    LedgerRow,
    NodeId,
    ledger_fk,
    one_of,
)

CERTIFICATE_KINDS = ("service", "merit")
"""服务证明 · 评优评先佐证."""


class Certificate(LedgerRow, Base):
    """A statement of a member's hours of some days, as they stood when it was issued (D44)."""

    __tablename__ = "reports_certificate"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("kind", *CERTIFICATE_KINDS),
        sa.CheckConstraint("begins_on <= ends_on", name="ends_later"),
        sa.UniqueConstraint("ledger_id", "number"),
        sa.UniqueConstraint("ledger_id", "verification_code", name="uq_reports_certificate_code"),
        sa.Index(None, "ledger_id", "member_id", "issued_at"),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(48))
    kind: Mapped[str] = mapped_column(sa.String(8))
    member_id: Mapped[IdColumn]
    node_id: Mapped[NodeId]
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    credited_minutes: Mapped[Amount]
    honorary_minutes: Mapped[Amount]
    historical_minutes: Mapped[Amount]
    grant_count: Mapped[int]
    issuer: Mapped[str] = mapped_column(sa.String(96))
    in_charge: Mapped[str] = mapped_column(sa.String(32))
    contact: Mapped[str] = mapped_column(sa.String(120))
    verification_code: Mapped[str] = mapped_column(sa.String(24))
    issued_by_id: Mapped[IdColumn]
    issued_at: Mapped[Instant]
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(Id())
    withdrawn_at: Mapped[Instant | None]
    withdraw_reason: Mapped[str | None] = mapped_column(sa.String(200))


class CertificatePrint(LedgerRow, Base):
    """One printing of a certificate: who and when (D44). Append-only.

    `file_kind` (`pdf`, `xlsx`) and `sha256`: the file that left, to be known again;
    none where a program only said that it prints.
    """

    __tablename__ = "reports_certificate_print"
    __table_args__ = (
        ledger_fk("certificate_id", "reports_certificate"),
        sa.Index("ix_reports_certificate_print_of", "ledger_id", "certificate_id", "printed_at"),
        BY_LEDGER,
    )

    certificate_id: Mapped[IdColumn]
    printed_by_id: Mapped[IdColumn]
    printed_at: Mapped[Instant]
    file_kind: Mapped[str | None] = mapped_column(sa.String(8))
    sha256: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
