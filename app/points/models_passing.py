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
    LedgerKey,
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


class HomePassingMark(LedgerKey, Base):
    """What of a lot that was passed on had been a gift, and stays one (D32).

    `kept_points` came to the lot of `to_owner_id`, a member or their household; the rest went
    to what they owed, or all of it to the pool.
    """

    __tablename__ = "points_home_passing_mark"
    __table_args__ = (
        ledger_fk("passing_id", "points_home_passing"),
        ledger_fk("household_id", "people_household"),
        sa.Index(None, "ledger_id", "to_owner_id"),
        sa.Index(None, "ledger_id", "household_id"),
        sa.CheckConstraint(
            "points > 0 AND kept_points >= 0 AND kept_points <= points", name="points_sensible"
        ),
        BY_LEDGER,
    )

    passing_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    vintage_on: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    household_id: Mapped[IdColumn]
    to_owner_id: Mapped[UUID | None] = mapped_column(Id())
    points: Mapped[Amount]
    kept_points: Mapped[Amount]
