"""What becomes of the points of a household that nobody belongs to any more."""

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
    ledger_fk,
    one_of,
    unique_where,
)

PASSING_STATES = ("waiting", "refused", "due", "withdrawn", "posted")


class HomePassing(LedgerRow, Base):
    """Where an empty household's points go: to a member, or to the common pool after a wait.

    `to_member_id` None: the pool, on the day after `closes_on`. `points`: what left the
    household, `settled_points` of it to what it owed.
    """

    __tablename__ = "points_home_passing"
    __table_args__ = (
        ledger_fk("household_id", "people_household"),
        ledger_fk("to_member_id", "people_member"),
        ledger_fk("journal_id", "ledger_journal"),
        unique_where(
            "uq_points_home_passing_live",
            "ledger_id",
            "household_id",
            where="state IN ('waiting', 'due')",
        ),
        one_of("state", *PASSING_STATES),
        sa.CheckConstraint(
            "points >= settled_points AND settled_points >= 0", name="points_not_negative"
        ),
        BY_LEDGER,
    )

    household_id: Mapped[IdColumn]
    to_member_id: Mapped[UUID | None] = mapped_column(Id())
    reason: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(12))
    entered_by_id: Mapped[IdColumn]
    entered_at: Mapped[Instant]
    decided_by_id: Mapped[UUID | None] = mapped_column(Id())
    refusal_reason: Mapped[str | None] = mapped_column(sa.String(200))
    closes_on: Mapped[date | None]
    points: Mapped[Amount]
    settled_points: Mapped[Amount]
    journal_id: Mapped[UUID | None] = mapped_column(Id())
