"""Grants and what they leave: carries, presences, day totals, decisions, back-fills, openings.

A grant is one deed turned into minutes and points. Provenance is a type: only
credited minutes make points (D24).
"""

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
    NodeId,
    Small,
    index_where,
    ledger_fk,
    one_of,
)

PROVENANCES = ("credited", "honorary", "historical", "none")
GRANT_STATES = ("waiting_level_2", "waiting_level_3", "posted", "refused", "reversed")
SOURCE_KINDS = (
    *("attendance", "manual", "backfill", "opening", "order", "claim", "exchange"),
    *("sighting", "application", "case"),
)


class Grant(LedgerRow, Base):
    """One deed of one member, with the rate version it used and the journal it made.

    `household_id` is the household that got its points, where the programme pools so (D29).
    `served_on` is the day of the deed, `counted_on` the day under which rankings
    count it, `reversal_counted_on` the one under which they take it out again (another
    day only when the quarter was closed already).
    """

    __tablename__ = "points_grant"
    __table_args__ = (
        sa.UniqueConstraint(
            "ledger_id",
            "source_kind",
            "source_id",
            "source_version",
            name="uq_points_grant_source",
        ),
        ledger_fk("member_id", "people_member"),
        ledger_fk("team_id", "people_team"),
        ledger_fk("journal_id", "ledger_journal"),
        ledger_fk("reversal_journal_id", "ledger_journal"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.ForeignKeyConstraint(
            ["programme_id", "indicator_code", "rate_version"],
            [
                "points_rate.programme_id",
                "points_rate.indicator_code",
                "points_rate.version",
            ],
            name="fk_points_grant_rate",
        ),
        one_of("source_kind", *SOURCE_KINDS),
        one_of("provenance", *PROVENANCES),
        one_of("state", *GRANT_STATES),
        sa.CheckConstraint(
            "minutes >= 0 AND points >= 0 AND quantity >= 0", name="amounts_not_negative"
        ),
        sa.CheckConstraint(
            "provenance IN ('credited', 'none') OR points = 0 OR source_kind = 'opening'",
            name="only_credited_earns",
        ),
        sa.Index(None, "ledger_id", "member_id", "served_on"),
        sa.Index("ix_points_grant_waiting", "ledger_id", "state", "made_at"),
        index_where(
            "ix_points_grant_counted_later",
            "ledger_id",
            "counted_on",
            where="counted_on <> served_on",
        ),
        index_where(
            "ix_points_grant_taken_out_later",
            "ledger_id",
            "reversal_counted_on",
            where="reversal_counted_on <> counted_on",
        ),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    source_kind: Mapped[str] = mapped_column(sa.String(16))
    source_id: Mapped[IdColumn]
    source_version: Mapped[int]
    provenance: Mapped[str] = mapped_column(sa.String(12))
    minutes: Mapped[Amount]
    quantity: Mapped[Amount]
    points: Mapped[Amount]
    carry_before: Mapped[Amount]
    carry_after: Mapped[Amount]
    programme_id: Mapped[Amount | None]
    indicator_code: Mapped[str | None] = mapped_column(sa.String(24))
    rate_version: Mapped[int | None]
    vintage_on: Mapped[date]
    served_on: Mapped[date]
    counted_on: Mapped[date]
    starts_at: Mapped[Instant | None]
    ends_at: Mapped[Instant | None]
    node_id: Mapped[NodeId]
    team_id: Mapped[UUID | None] = mapped_column(Id())
    category_code: Mapped[str | None] = mapped_column(sa.String(24))
    state: Mapped[str] = mapped_column(sa.String(16))
    hold_reasons: Mapped[str | None] = mapped_column(sa.String(120))
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    evidence: Mapped[str | None] = mapped_column(sa.String(200))
    journal_id: Mapped[UUID | None] = mapped_column(Id())
    reversal_journal_id: Mapped[UUID | None] = mapped_column(Id())
    made_by_id: Mapped[IdColumn]
    made_at: Mapped[Instant]
    reversal_counted_on: Mapped[date | None]
    household_id: Mapped[UUID | None] = mapped_column(Id())


class Carry(LedgerKey, Base):
    """The rest of a member's quantity under one rate version; negative after a reversal."""

    __tablename__ = "points_carry"
    __table_args__ = (ledger_fk("member_id", "people_member"), BY_LEDGER)

    member_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    indicator_code: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    rate_version: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    remainder_quantity: Mapped[Amount]


class Presence(LedgerKey, Base):
    """A member's time taken by a deed, whatever the door: one time is credited once (A3)."""

    __tablename__ = "points_presence"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_later"),
        sa.Index(None, "ledger_id", "source_kind", "source_id"),
        BY_LEDGER,
    )

    member_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    starts_at: Mapped[Instant] = mapped_column(primary_key=True)
    source_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    ends_at: Mapped[Instant]
    source_kind: Mapped[str] = mapped_column(sa.String(16))


class Day(LedgerKey, Base):
    """Posted minutes and points per member, day and cut, for rankings (rule 11).

    Written in the posting transaction; a reversal takes its part out again.
    """

    __tablename__ = "points_day"
    __table_args__ = (
        sa.Index("ix_points_day_counted", "ledger_id", "counted_on"),
        BY_LEDGER,
    )

    member_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    counted_on: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    node_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    team_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    category_code: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    provenance: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    minutes: Mapped[Amount]
    points: Mapped[Amount]
    grant_count: Mapped[int]


class Decision(LedgerKey, Base):
    """One person's verdict on a grant, a back-fill or an opening, at one level."""

    __tablename__ = "points_decision"
    __table_args__ = (one_of("verdict", "approved", "refused"), BY_LEDGER)

    subject_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    level: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    subject_kind: Mapped[str] = mapped_column(sa.String(16))
    verdict: Mapped[str] = mapped_column(sa.String(8))
    decided_by_id: Mapped[IdColumn]
    decided_at: Mapped[Instant]
    reason: Mapped[str | None] = mapped_column(sa.String(200))


class Backfill(LedgerRow, Base):
    """A request to record past service (补录): honorary or historical, never points (D24)."""

    __tablename__ = "points_backfill"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        one_of("provenance", "honorary", "historical"),
        one_of("state", "waiting", "approved", "refused", "reversed"),
        sa.CheckConstraint("minutes > 0", name="minutes_positive"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    session_id: Mapped[UUID | None] = mapped_column(Id())
    node_id: Mapped[NodeId]
    category_code: Mapped[str | None] = mapped_column(sa.String(24))
    provenance: Mapped[str] = mapped_column(sa.String(12))
    minutes: Mapped[Amount]
    minutes_planned: Mapped[Amount | None]
    served_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(sa.String(200))
    applied_by_id: Mapped[IdColumn]
    entered_by_id: Mapped[IdColumn]
    state: Mapped[str] = mapped_column(sa.String(12))
    required_level: Mapped[Small]
    entered_at: Mapped[Instant]
    grant_id: Mapped[UUID | None] = mapped_column(Id())


class Opening(LedgerRow, Base):
    """An opening balance taken over from paper (L12): document number, two people."""

    __tablename__ = "points_opening"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        ledger_fk("journal_id", "ledger_journal"),
        sa.UniqueConstraint("ledger_id", "document_no", "member_id"),
        one_of("state", "waiting", "approved", "refused"),
        sa.CheckConstraint(
            "minutes >= 0 AND points >= 0 AND minutes + points > 0", name="amounts_not_negative"
        ),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    document_no: Mapped[str] = mapped_column(sa.String(48))
    minutes: Mapped[Amount]
    points: Mapped[Amount]
    as_of_on: Mapped[date]
    state: Mapped[str] = mapped_column(sa.String(12))
    entered_by_id: Mapped[IdColumn]
    entered_at: Mapped[Instant]
    journal_id: Mapped[UUID | None] = mapped_column(Id())
