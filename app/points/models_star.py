"""Stars (星级): the table of a programme, what a member was granted, rises, falls and bars.

How many stars somebody's hours reach is computed whenever it is asked. What was granted
is a row: it rises after review and notice, and falls with the reversal that took the hours.
"""

from datetime import date
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
    NodeId,
    Small,
    ledger_fk,
    one_of,
    unique_where,
)

STAR_COUNTS = ("all", "credited")
RISE_STATES = ("reviewed", "noticed", "granted", "refused", "lapsed")
"""通过初审 · 公示中 · 已评定 · 没有通过 · 时长又不够了."""
STARS_MAX = 5


class StarTable(Base):
    """A version of a programme's star table: what counts, how long the notice, how long a bar."""

    __tablename__ = "points_star_table"
    __table_args__ = (
        sa.ForeignKeyConstraint(["programme_id"], ["points_programme.id"]),
        one_of("counts", *STAR_COUNTS),
        sa.CheckConstraint("notice_workdays BETWEEN 5 AND 30", name="notice_long_enough"),
        sa.CheckConstraint("bar_days BETWEEN 365 AND 1096", name="bar_one_to_three_years"),
        REFERENCE,
    )

    programme_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    counts: Mapped[str] = mapped_column(sa.String(8))
    notice_workdays: Mapped[Small]
    bar_days: Mapped[Small]
    valid_from_on: Mapped[date]
    made_by_id: Mapped[IdColumn]
    made_at: Mapped[Instant]


class StarStep(Base):
    """From how many minutes on a version of the table gives so many stars."""

    __tablename__ = "points_star_step"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["programme_id", "version"],
            ["points_star_table.programme_id", "points_star_table.version"],
        ),
        sa.CheckConstraint(f"stars BETWEEN 1 AND {STARS_MAX}", name="stars_in_range"),
        sa.CheckConstraint("minutes > 0", name="minutes_positive"),
        REFERENCE,
    )

    programme_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    stars: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    minutes: Mapped[Amount]


class Star(LedgerKey, Base):
    """How many stars a member was granted and has still; `steps_version` 0: the usual table."""

    __tablename__ = "points_star"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        sa.CheckConstraint(f"stars BETWEEN 0 AND {STARS_MAX}", name="stars_in_range"),
        BY_LEDGER,
    )

    member_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    stars: Mapped[Small]
    steps_version: Mapped[int]
    rise_id: Mapped[UUID | None] = mapped_column(Id())
    changed_at: Mapped[Instant]


class StarRise(LedgerRow, Base):
    """A member's way to more stars: reviewed, put up, granted (D41)."""

    __tablename__ = "points_star_rise"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        ledger_fk("notice_id", "points_notice"),
        ledger_fk("notice_line_id", "points_notice_line"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("state", *RISE_STATES),
        sa.CheckConstraint(f"stars BETWEEN 1 AND {STARS_MAX}", name="stars_in_range"),
        sa.CheckConstraint(
            "(state = 'reviewed') = (notice_id IS NULL) OR state = 'refused'",
            name="put_up_before_granted",
        ),
        unique_where(
            "uq_points_star_rise_live",
            "ledger_id",
            "member_id",
            where="state IN ('reviewed', 'noticed')",
        ),
        sa.Index(None, "ledger_id", "state", "node_id"),
        sa.Index(None, "ledger_id", "notice_id"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    node_id: Mapped[NodeId]
    stars: Mapped[Small]
    minutes_counted: Mapped[Amount]
    steps_version: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(8))
    reviewed_by_id: Mapped[IdColumn]
    reviewed_at: Mapped[Instant]
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    notice_id: Mapped[UUID | None] = mapped_column(Id())
    notice_line_id: Mapped[UUID | None] = mapped_column(Id())
    ended_at: Mapped[Instant | None]


class StarFall(LedgerRow, Base):
    """Stars that went with hours that were taken back. Append-only."""

    __tablename__ = "points_star_fall"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        ledger_fk("grant_id", "points_grant"),
        sa.CheckConstraint("to_stars < from_stars", name="falls"),
        sa.Index(None, "ledger_id", "member_id", "fell_at"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    from_stars: Mapped[Small]
    to_stars: Mapped[Small]
    minutes_counted: Mapped[Amount]
    grant_id: Mapped[IdColumn]
    fell_at: Mapped[Instant]


class StarBar(LedgerRow, Base):
    """A member who told false hours rises no more for a time; lifted by another person (D41)."""

    __tablename__ = "points_star_bar"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        sa.CheckConstraint("lifted_by_id <> barred_by_id", name="lifted_by_another"),
        sa.Index(None, "ledger_id", "member_id"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(200))
    barred_by_id: Mapped[IdColumn]
    barred_at: Mapped[Instant]
    lifted_by_id: Mapped[UUID | None] = mapped_column(Id())
    lifted_at: Mapped[Instant | None]
    lift_reason: Mapped[str | None] = mapped_column(sa.String(200))
