"""Tables below the domain: requests already answered, serial numbers, the calendar."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    REFERENCE,
    Amount,
    Base,
    Digest,
    Id,
    Instant,
    LedgerKey,
    Small,
)


class Idempotency(LedgerKey, Base):
    """A request that may be sent again: its key, its content's hash and its answer.

    Acts without a book (sign-up, node import) use book 0, the house's own.
    """

    __tablename__ = "base_idempotency"
    __table_args__ = BY_LEDGER

    actor_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    route: Mapped[str] = mapped_column(sa.String(96))
    fingerprint: Mapped[Digest]
    status_code: Mapped[Small | None]
    body: Mapped[bytes | None]
    resource: Mapped[str | None] = mapped_column(sa.String(120))
    created_at: Mapped[Instant]
    pruned_at: Mapped[Instant | None]


class Serial(LedgerKey, Base):
    """The next number of a series that people see, per book: R20250731-0007."""

    __tablename__ = "base_serial"
    __table_args__ = BY_LEDGER

    name: Mapped[str] = mapped_column(sa.String(48), primary_key=True)
    next_value: Mapped[Amount]


class CalendarYear(Base):
    """A year whose public holidays were announced and entered by hand."""

    __tablename__ = "base_calendar_year"
    __table_args__ = REFERENCE

    year: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(sa.String(200))


class CalendarDay(Base):
    """A day of such a year that is not what its weekday says (调休 either way)."""

    __tablename__ = "base_calendar_day"
    __table_args__ = REFERENCE

    on_date: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str] = mapped_column(sa.String(32))
