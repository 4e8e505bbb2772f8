"""Risk tables: rule versions, quotas that count and block, freezes, signals for people to judge."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    REFERENCE,
    Amount,
    Base,
    Id,
    IdColumn,
    Instant,
    LedgerKey,
    LedgerRow,
    Small,
    index_where,
    one_of,
    unique_where,
)


class Rule(Base):
    """A fraud rule, versioned: an old signal keeps the version that raised it."""

    __tablename__ = "risk_rule"
    __table_args__ = (one_of("action", "flag", "hold", "refuse"), REFERENCE)

    code: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    action: Mapped[str] = mapped_column(sa.String(8))
    parameters: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    valid_from_on: Mapped[date]


class Quota(LedgerKey, Base):
    """How much of a limit a subject has used in a period; raised by a conditional update."""

    __tablename__ = "risk_quota"
    __table_args__ = (sa.CheckConstraint("used >= 0", name="used_not_negative"), BY_LEDGER)

    subject_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    rule_code: Mapped[str] = mapped_column(sa.String(48), primary_key=True)
    period: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    used: Mapped[Amount]


class Freeze(LedgerRow, Base):
    """A person's membership or a card is frozen, with the reason; another person lifts it."""

    __tablename__ = "risk_freeze"
    __table_args__ = (
        unique_where(
            "uq_risk_freeze_live",
            "ledger_id",
            "subject_kind",
            "subject_id",
            where="released_at IS NULL",
        ),
        one_of("subject_kind", "member", "card"),
        BY_LEDGER,
    )

    subject_kind: Mapped[str] = mapped_column(sa.String(12))
    subject_id: Mapped[IdColumn]
    reason: Mapped[str] = mapped_column(sa.String(200))
    frozen_by_id: Mapped[IdColumn]
    frozen_at: Mapped[Instant]
    released_by_id: Mapped[UUID | None] = mapped_column(Id())
    released_at: Mapped[Instant | None]
    release_reason: Mapped[str | None] = mapped_column(sa.String(200))


class Signal(LedgerRow, Base):
    """Something odd, for a person to look at. A signal refuses nothing by itself (PIPL 24)."""

    __tablename__ = "risk_signal"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["rule_code", "rule_version"], ["risk_rule.code", "risk_rule.version"]
        ),
        index_where("ix_risk_signal_open", "ledger_id", "seen_at", where="decided_at IS NULL"),
        BY_LEDGER,
    )

    rule_code: Mapped[str] = mapped_column(sa.String(32))
    rule_version: Mapped[int]
    subject_kind: Mapped[str] = mapped_column(sa.String(12))
    subject_id: Mapped[IdColumn]
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    score: Mapped[Small]
    seen_at: Mapped[Instant]
    decided_by_id: Mapped[UUID | None] = mapped_column(Id())
    decided_at: Mapped[Instant | None]
    verdict: Mapped[str | None] = mapped_column(sa.String(16))
