"""Shifts: routes with checkpoints, home visits, logs, series, and the roster of a venue."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    Amount,
    Base,
    Cipher,
    Id,
    IdColumn,
    Instant,
    LedgerKey,
    LedgerRow,
    Small,
    ledger_fk,
    one_of,
)

WAYS = ("screen", "route", "visit")
"""By the screen's code · by checkpoints in order (巡逻) · at a resident's home (上门)."""
ROSTER_KINDS = ("resident", "rotating")
"""常驻: staff, earns nothing · 轮值: volunteers, a session credited by its code."""


class Attending(LedgerKey, Base):
    """How one attends an activity that asks for more than the screen's code (C13, C27, T14).

    No row: by the screen's code. `checkpoint_min_count` of a route's checkpoints, in
    order, make a presence count; `needs_log`: no log, no credit.
    """

    __tablename__ = "activities_attending"
    __table_args__ = (
        ledger_fk("activity_id", "activities_activity"),
        one_of("way", *WAYS),
        sa.CheckConstraint(
            "(way = 'route') = (checkpoint_min_count IS NOT NULL)", name="route_counts"
        ),
        BY_LEDGER,
    )

    activity_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    way: Mapped[str] = mapped_column(sa.String(8))
    checkpoint_min_count: Mapped[int | None] = mapped_column(sa.SmallInteger)
    needs_log: Mapped[bool]


class Checkpoint(LedgerKey, Base):
    """A place on a route (点位); `ordinal` is the order in which it is walked."""

    __tablename__ = "activities_checkpoint"
    __table_args__ = (
        ledger_fk("activity_id", "activities_activity"),
        sa.CheckConstraint("ordinal BETWEEN 1 AND 20", name="ordinal_in_range"),
        BY_LEDGER,
    )

    activity_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    ordinal: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))


class CheckpointScan(LedgerKey, Base):
    """A checkpoint that was scanned in a stay; `lap` grows each time the route begins anew."""

    __tablename__ = "activities_checkpoint_scan"
    __table_args__ = (ledger_fk("attendance_id", "activities_attendance"), BY_LEDGER)

    attendance_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    lap: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    ordinal: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    scanned_at: Mapped[Instant]


class Visit(LedgerKey, Base):
    """Who was visited, and confirmed it with a one-time code of their own (C27)."""

    __tablename__ = "activities_visit"
    __table_args__ = (
        ledger_fk("attendance_id", "activities_attendance"),
        ledger_fk("resident_id", "people_member"),
        BY_LEDGER,
    )

    attendance_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    resident_id: Mapped[IdColumn]
    confirmed_at: Mapped[Instant]


class ShiftLog(LedgerKey, Base):
    """What a volunteer wrote about their shift (工作日志); a shift may need one (T14)."""

    __tablename__ = "activities_shift_log"
    __table_args__ = (ledger_fk("attendance_id", "activities_attendance"), BY_LEDGER)

    attendance_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    text_sealed: Mapped[Cipher]
    written_at: Mapped[Instant]


class SeriesPart(LedgerKey, Base):
    """An activity of a series (系列): the same again, each with its own date and number (C32)."""

    __tablename__ = "activities_series_part"
    __table_args__ = (
        ledger_fk("activity_id", "activities_activity"),
        sa.UniqueConstraint("ledger_id", "series_id", "ordinal"),
        BY_LEDGER,
    )

    activity_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    series_id: Mapped[IdColumn]
    ordinal: Mapped[Small]


class RosterShift(LedgerRow, Base):
    """A shift on a venue's roster (值班): staff who are there anyway, or volunteers by a session.

    `holder_id` is the person of a 常驻 shift; a 轮值 shift is a session, and whoever signs
    up for it holds it. A shift without either is empty, and shown as such.
    """

    __tablename__ = "activities_roster_shift"
    __table_args__ = (
        sa.ForeignKeyConstraint(["venue_id"], ["community_venue.id"]),
        ledger_fk("session_id", "activities_session"),
        one_of("kind", *ROSTER_KINDS),
        sa.CheckConstraint("ends_at > starts_at", name="ends_later"),
        sa.CheckConstraint(
            "(kind = 'rotating') = (session_id IS NOT NULL)", name="session_rotates"
        ),
        sa.CheckConstraint("kind = 'resident' OR holder_id IS NULL", name="holder_resides"),
        sa.UniqueConstraint("ledger_id", "session_id"),
        sa.Index(None, "ledger_id", "venue_id", "starts_at"),
        BY_LEDGER,
    )

    venue_id: Mapped[Amount]
    kind: Mapped[str] = mapped_column(sa.String(8))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    session_id: Mapped[UUID | None] = mapped_column(Id())
    holder_id: Mapped[UUID | None] = mapped_column(Id())
    planned_by_id: Mapped[IdColumn]
