"""What a quarter said when it was closed: insert-only, with a hash over its lines (S2, A15)."""

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
    NodeId,
    Small,
    ledger_fk,
    one_of,
)

SUBJECT_KINDS = ("member", "team", "project")


class QuarterReport(LedgerKey, Base):
    """A quarter as it was closed: the rule, how many lines, and their SHA-256. Append-only."""

    __tablename__ = "reports_quarter"
    __table_args__ = BY_LEDGER

    period: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    rule: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    line_count: Mapped[int]
    sha256: Mapped[Digest]
    frozen_by_id: Mapped[IdColumn]
    frozen_at: Mapped[Instant]


class QuarterLine(LedgerKey, Base):
    """What one volunteer, team or project had in a closed quarter. Append-only.

    `adjustment_minutes` are those of days of earlier quarters, with their sign; they are
    part of the minutes by provenance.
    """

    __tablename__ = "reports_quarter_line"
    __table_args__ = (
        ledger_fk("period", "reports_quarter", "period"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("subject_kind", *SUBJECT_KINDS),
        BY_LEDGER,
    )

    period: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(64))
    node_id: Mapped[NodeId]
    credited_minutes: Mapped[Amount]
    honorary_minutes: Mapped[Amount]
    historical_minutes: Mapped[Amount]
    adjustment_minutes: Mapped[Amount]
    points: Mapped[Amount]
    grant_count: Mapped[int]
    rating_stars: Mapped[int]
    rating_count: Mapped[int]
    review_hundredths: Mapped[Small | None]
    score: Mapped[Amount]
