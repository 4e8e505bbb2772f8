"""Quarters of a book (季结): proposed by one person, closed by another, never opened again."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import BY_LEDGER, Base, Id, IdColumn, Instant, LedgerKey, one_of

PERIOD_STATES = ("proposed", "closed")


class Period(LedgerKey, Base):
    """A quarter of a book on its way to being closed, or closed (S2, A15)."""

    __tablename__ = "points_period"
    __table_args__ = (
        one_of("state", *PERIOD_STATES),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_is_dated"),
        sa.CheckConstraint("closed_by_id <> proposed_by_id", name="closed_by_another"),
        BY_LEDGER,
    )

    period: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(8))
    proposed_by_id: Mapped[IdColumn]
    proposed_at: Mapped[Instant]
    closed_by_id: Mapped[UUID | None] = mapped_column(Id())
    closed_at: Mapped[Instant | None]
