"""What is applied for, split, taken away or given away: applications, cases, the pool, gifts.

Household points are asked for (申报), looked at by another person, put up (公示) and only
then posted (D30); what is taken away goes the same way. What is given away is posted at
once, help from the pool by two people.
"""

from datetime import date
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
    NodeId,
    index_where,
    ledger_fk,
    one_of,
)

UNSETTLED = ("waiting", "reviewed", "noticed")
"""States of an application or a deduction that is not decided for good yet."""
APPLICATION_STATES = (*UNSETTLED, "posted", "refused", "withdrawn")
CASE_SOURCES = ("application", "manual", "case")
DECISION_STATES = ("waiting", "approved", "refused")
DEDUCTION_STATES = (*UNSETTLED, "posted", "refused", "reversed")
DONATION_STATES = ("given", "taken_back")


class Application(LedgerRow, Base):
    """A deed that a member applies for (申报): reviewed, put up, then posted (D30).

    `points_shown` is what the rate gave when it was reviewed: the notice shows it.
    """

    __tablename__ = "points_application"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        ledger_fk("notice_id", "points_notice"),
        ledger_fk("grant_id", "points_grant"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.Index(None, "ledger_id", "member_id"),
        index_where(
            "ix_points_application_live",
            "ledger_id",
            "node_id",
            where="state IN ('waiting', 'reviewed', 'noticed')",
        ),
        one_of("state", *APPLICATION_STATES),
        sa.CheckConstraint("minutes >= 0 AND quantity >= 0", name="amounts_not_negative"),
        sa.CheckConstraint("minutes + quantity > 0", name="something"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    node_id: Mapped[NodeId]
    category_code: Mapped[str] = mapped_column(sa.String(24))
    minutes: Mapped[Amount]
    quantity: Mapped[Amount]
    served_on: Mapped[date]
    starts_at: Mapped[Instant | None]
    ends_at: Mapped[Instant | None]
    text_sealed: Mapped[Cipher]
    case_no: Mapped[str | None] = mapped_column(sa.String(60))
    is_on_duty: Mapped[bool]
    state: Mapped[str] = mapped_column(sa.String(12))
    points_shown: Mapped[Amount | None]
    applied_by_id: Mapped[IdColumn]
    applied_at: Mapped[Instant]
    reviewed_by_id: Mapped[UUID | None] = mapped_column(Id())
    reviewed_at: Mapped[Instant | None]
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    notice_id: Mapped[UUID | None] = mapped_column(Id())
    grant_id: Mapped[UUID | None] = mapped_column(Id())


class Case(LedgerKey, Base):
    """A case by its number (案号): it pays once, whoever shares it (A10, C33, K4).

    `version` grows when a number whose every share was refused or reversed is used anew.
    """

    __tablename__ = "points_case"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("source_kind", *CASE_SOURCES),
        sa.CheckConstraint("points >= 0", name="points_not_negative"),
        BY_LEDGER,
    )

    case_no: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    version: Mapped[int]
    source_kind: Mapped[str] = mapped_column(sa.String(12))
    source_id: Mapped[IdColumn]
    node_id: Mapped[NodeId]
    category_code: Mapped[str] = mapped_column(sa.String(24))
    indicator_code: Mapped[str | None] = mapped_column(sa.String(24))
    rate_version: Mapped[int | None]
    served_on: Mapped[date]
    points: Mapped[Amount]
    entered_by_id: Mapped[IdColumn]
    entered_at: Mapped[Instant]


class CaseShare(LedgerKey, Base):
    """Who worked on a case, and their part of its points; officials on duty have 0 (C33)."""

    __tablename__ = "points_case_share"
    __table_args__ = (
        ledger_fk("case_no", "points_case", "case_no"),
        ledger_fk("member_id", "people_member"),
        ledger_fk("grant_id", "points_grant"),
        sa.CheckConstraint("points >= 0", name="points_not_negative"),
        sa.CheckConstraint("points = 0 OR NOT is_on_duty", name="duty_earns_nothing"),
        BY_LEDGER,
    )

    case_no: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    member_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    points: Mapped[Amount]
    is_on_duty: Mapped[bool]
    grant_id: Mapped[UUID | None] = mapped_column(Id())


class Deduction(LedgerRow, Base):
    """Points taken away by a minus indicator: by two people, after a notice (P7, D29, D30).

    A reversal that was asked for and not decided yet has `reversal_asked_by_id` and no journal.
    """

    __tablename__ = "points_deduction"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        ledger_fk("household_id", "people_household"),
        ledger_fk("journal_id", "ledger_journal"),
        ledger_fk("notice_id", "points_notice"),
        ledger_fk("reversal_journal_id", "ledger_journal"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.Index(None, "ledger_id", "member_id"),
        index_where(
            "ix_points_deduction_live",
            "ledger_id",
            "node_id",
            where="state IN ('waiting', 'reviewed', 'noticed')",
        ),
        one_of("state", *DEDUCTION_STATES),
        sa.CheckConstraint("points > 0 AND quantity > 0", name="amounts_positive"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    household_id: Mapped[UUID | None] = mapped_column(Id())
    node_id: Mapped[NodeId]
    programme_id: Mapped[Amount]
    indicator_code: Mapped[str] = mapped_column(sa.String(24))
    rate_version: Mapped[int]
    quantity: Mapped[Amount]
    points: Mapped[Amount]
    happened_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(12))
    entered_by_id: Mapped[IdColumn]
    entered_at: Mapped[Instant]
    journal_id: Mapped[UUID | None] = mapped_column(Id())
    reviewed_by_id: Mapped[UUID | None] = mapped_column(Id())
    notice_id: Mapped[UUID | None] = mapped_column(Id())
    reversal_asked_by_id: Mapped[UUID | None] = mapped_column(Id())
    reversal_journal_id: Mapped[UUID | None] = mapped_column(Id())
    refusal_reason: Mapped[str | None] = mapped_column(sa.String(200))
    reversal_reason: Mapped[str | None] = mapped_column(sa.String(200))


class Donation(LedgerRow, Base):
    """Points given to the common pool (公共池); taken back within 24 hours, or never (D32)."""

    __tablename__ = "points_donation"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        ledger_fk("journal_id", "ledger_journal"),
        ledger_fk("reversal_journal_id", "ledger_journal"),
        sa.Index(None, "ledger_id", "member_id"),
        sa.Index(None, "ledger_id", "donated_at"),
        one_of("state", *DONATION_STATES),
        sa.CheckConstraint("points > 0", name="points_positive"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    points: Mapped[Amount]
    state: Mapped[str] = mapped_column(sa.String(12))
    donated_at: Mapped[Instant]
    journal_id: Mapped[IdColumn]
    reversal_journal_id: Mapped[UUID | None] = mapped_column(Id())


class Help(LedgerRow, Base):
    """Points from the common pool for somebody in hardship, by two people (D32)."""

    __tablename__ = "points_help"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        ledger_fk("journal_id", "ledger_journal"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        index_where("ix_points_help_waiting", "ledger_id", "node_id", where="state = 'waiting'"),
        one_of("state", *DECISION_STATES),
        sa.CheckConstraint("points > 0", name="points_positive"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    node_id: Mapped[NodeId]
    points: Mapped[Amount]
    reason_sealed: Mapped[Cipher]
    state: Mapped[str] = mapped_column(sa.String(12))
    entered_by_id: Mapped[IdColumn]
    entered_at: Mapped[Instant]
    journal_id: Mapped[UUID | None] = mapped_column(Id())


class Gift(LedgerRow, Base):
    """Points given to a registered relative: each lot keeps its last day (D32).

    `to_owner_id` is whose account got them: the relative's own, or their household's.
    """

    __tablename__ = "points_gift"
    __table_args__ = (
        ledger_fk("giver_id", "people_member"),
        ledger_fk("receiver_id", "people_member"),
        ledger_fk("relative_id", "people_relative"),
        ledger_fk("journal_id", "ledger_journal"),
        sa.Index(None, "ledger_id", "giver_id", "given_on"),
        sa.Index(None, "ledger_id", "receiver_id"),
        sa.Index(None, "ledger_id", "to_owner_id"),
        sa.CheckConstraint("points > 0", name="points_positive"),
        sa.CheckConstraint("giver_id <> receiver_id", name="two_members"),
        BY_LEDGER,
    )

    giver_id: Mapped[IdColumn]
    receiver_id: Mapped[IdColumn]
    to_owner_id: Mapped[IdColumn]
    relative_id: Mapped[IdColumn]
    points: Mapped[Amount]
    given_on: Mapped[date]
    given_at: Mapped[Instant]
    given_by_id: Mapped[IdColumn]
    journal_id: Mapped[IdColumn]


class GiftLot(LedgerKey, Base):
    """The points of a gift that expire on one day: they are not given on (D32)."""

    __tablename__ = "points_gift_lot"
    __table_args__ = (
        ledger_fk("gift_id", "points_gift"),
        sa.CheckConstraint("points > 0", name="points_positive"),
        BY_LEDGER,
    )

    gift_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    vintage_on: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    points: Mapped[Amount]
