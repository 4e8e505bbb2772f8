"""Activities: plan, response, session, enrolment, attendance, scan (草稿 … 归档).

An activity is planned once and held in one or more sessions (场次). Presence is
recorded per session; minutes become a grant only after a leader confirmed them.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.activities.models_late import LateScan
from app.activities.models_shift import Attending
from app.base.db import (
    BY_LEDGER,
    Amount,
    Base,
    Digest,
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
    unique_where,
)

__all__ = ["Attending", "LateScan"]

ACTIVITY_STATES = (
    "draft",
    "submitted",
    "called",
    "open",
    "finished",
    "archived",
    "refused",
    "no_response",
    "cancelled",
)
"""草稿 · 待批 · 发起 · 报名中 · 已结束 · 归档 · 未批准 · 无人响应 · 已取消."""

SESSION_STATES = ("planned", "closed", "cancelled")
ATTENDANCE_STATES = (
    "open",
    "closed",
    "needs_confirmation",
    "confirmed",
    "refused",
    "reversed",
)
DOORS = ("code", "personal_code", "card", "roll", "correction", "checkpoint", "visit")
"""How a presence came in: screen code, one-time code, card, roll-call, a corrected record,
a route's checkpoint, the volunteer's own word that a visit began."""


class Activity(LedgerRow, Base):
    """One planned activity. `is_paid`: attendance may be recorded, hours may not (A5)."""

    __tablename__ = "activities_activity"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.ForeignKeyConstraint(["venue_id"], ["community_venue.id"]),
        ledger_fk("team_id", "people_team"),
        ledger_fk("alliance_id", "people_alliance"),
        one_of("state", *ACTIVITY_STATES),
        sa.Index(None, "ledger_id", "node_id", "state"),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(48))
    node_id: Mapped[NodeId]
    team_id: Mapped[UUID | None] = mapped_column(Id())
    alliance_id: Mapped[UUID | None] = mapped_column(Id())
    title: Mapped[str] = mapped_column(sa.String(80))
    description: Mapped[str] = mapped_column(sa.String(1000))
    category_code: Mapped[str] = mapped_column(sa.String(24))
    venue_id: Mapped[Amount | None]
    address: Mapped[str] = mapped_column(sa.String(200))
    is_paid: Mapped[bool]
    is_emergency: Mapped[bool]
    state: Mapped[str] = mapped_column(sa.String(12))
    planned_by_id: Mapped[IdColumn]
    planned_at: Mapped[Instant]
    submitted_at: Mapped[Instant | None]
    approved_by_id: Mapped[UUID | None] = mapped_column(Id())
    approved_at: Mapped[Instant | None]
    respond_by_at: Mapped[Instant]
    first_response_at: Mapped[Instant | None]
    ended_reason: Mapped[str | None] = mapped_column(sa.String(200))
    beneficiary_count: Mapped[int | None]
    version: Mapped[int]


class Organiser(LedgerKey, Base):
    """A co-organising unit of an activity (联合单位); each sees its own subset."""

    __tablename__ = "activities_organiser"
    __table_args__ = (
        ledger_fk("activity_id", "activities_activity"),
        sa.ForeignKeyConstraint(["unit_id"], ["community_unit.id"]),
        BY_LEDGER,
    )

    activity_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)


class Response(LedgerKey, Base):
    """A team's answer to the call (响应): it takes the activity on."""

    __tablename__ = "activities_response"
    __table_args__ = (
        ledger_fk("activity_id", "activities_activity"),
        ledger_fk("team_id", "people_team"),
        BY_LEDGER,
    )

    activity_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    team_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    responded_by_id: Mapped[IdColumn]
    responded_at: Mapped[Instant]
    withdrawn_at: Mapped[Instant | None]


class ActivitySession(LedgerRow, Base):
    """One time slot of an activity. `session_no` is the short number inside the code.

    `opens_at` is when check-in begins (D12); `code_key_version` revokes a stolen
    screen's codes by growing.
    """

    __tablename__ = "activities_session"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "activity_id", "ordinal"),
        sa.UniqueConstraint("ledger_id", "session_no"),
        ledger_fk("activity_id", "activities_activity"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_later"),
        sa.CheckConstraint("opens_at <= starts_at", name="opens_before"),
        sa.CheckConstraint(
            "enrolled_count >= 0 AND (quota_count IS NULL OR enrolled_count <= quota_count)",
            name="quota_kept",
        ),
        one_of("state", *SESSION_STATES),
        sa.Index(None, "ledger_id", "starts_at"),
        BY_LEDGER,
    )

    session_no: Mapped[Amount]
    activity_id: Mapped[IdColumn]
    ordinal: Mapped[Small]
    opens_at: Mapped[Instant]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    quota_count: Mapped[int | None]
    enrolled_count: Mapped[int]
    waiting_count: Mapped[int]
    code_key_version: Mapped[Small]
    state: Mapped[str] = mapped_column(sa.String(12))


class Enrolment(LedgerKey, Base):
    """A member's sign-up for a session; `place` orders the waiting list."""

    __tablename__ = "activities_enrolment"
    __table_args__ = (
        ledger_fk("session_id", "activities_session"),
        ledger_fk("member_id", "people_member"),
        ledger_fk("team_id", "people_team"),
        one_of("state", "enrolled", "waiting", "withdrawn", "absent"),
        sa.Index(None, "ledger_id", "member_id"),
        BY_LEDGER,
    )

    session_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(12))
    team_id: Mapped[UUID | None] = mapped_column(Id())
    place: Mapped[int]
    enrolled_at: Mapped[Instant]
    enrolled_by_id: Mapped[IdColumn]
    withdrawn_at: Mapped[Instant | None]


class Attendance(LedgerRow, Base):
    """One stay of a member at a session: in, out, and what came of it (到场记录).

    `credited_minutes` is set at check-out or at the leader's confirmation;
    `zero_reason` says why it is 0. `version` grows with each correction, and the
    grant of each version is a posting of its own.
    """

    __tablename__ = "activities_attendance"
    __table_args__ = (
        sa.UniqueConstraint(
            "ledger_id",
            "session_id",
            "member_id",
            "ordinal",
            name="uq_activities_attendance_pair",
        ),
        ledger_fk("session_id", "activities_session"),
        ledger_fk("member_id", "people_member"),
        ledger_fk("team_id", "people_team"),
        sa.CheckConstraint("ordinal BETWEEN 1 AND 3", name="three_pairs_at_most"),
        sa.CheckConstraint(
            "checked_out_at IS NULL OR checked_out_at >= checked_in_at", name="out_after_in"
        ),
        one_of("state", *ATTENDANCE_STATES),
        one_of("in_door", *DOORS),
        one_of("out_door", *DOORS, "auto"),
        unique_where(
            "uq_activities_attendance_open", "ledger_id", "member_id", where="state = 'open'"
        ),
        sa.Index(None, "ledger_id", "member_id", "checked_in_at"),
        index_where(
            "ix_activities_attendance_unconfirmed",
            "ledger_id",
            "session_id",
            where="state IN ('open', 'closed', 'needs_confirmation')",
        ),
        BY_LEDGER,
    )

    session_id: Mapped[IdColumn]
    member_id: Mapped[IdColumn]
    team_id: Mapped[UUID | None] = mapped_column(Id())
    ordinal: Mapped[Small]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(20))
    checked_in_at: Mapped[Instant]
    in_door: Mapped[str] = mapped_column(sa.String(16))
    in_slot: Mapped[Amount | None]
    in_by_id: Mapped[IdColumn]
    checked_out_at: Mapped[Instant | None]
    out_door: Mapped[str | None] = mapped_column(sa.String(16))
    out_slot: Mapped[Amount | None]
    out_by_id: Mapped[UUID | None] = mapped_column(Id())
    credited_minutes: Mapped[int | None]
    zero_reason: Mapped[str | None] = mapped_column(sa.String(32))
    confirmed_by_id: Mapped[UUID | None] = mapped_column(Id())
    confirmed_at: Mapped[Instant | None]
    second_confirmed_by_id: Mapped[UUID | None] = mapped_column(Id())
    device_hash: Mapped[Digest | None]


class Scan(LedgerRow, Base):
    """A scan that was refused, with the reason: kept for the leader and for risk."""

    __tablename__ = "activities_scan"
    __table_args__ = (
        ledger_fk("session_id", "activities_session"),
        sa.Index(None, "ledger_id", "session_id", "seen_at"),
        BY_LEDGER,
    )

    session_id: Mapped[IdColumn]
    member_id: Mapped[UUID | None] = mapped_column(Id())
    direction: Mapped[str] = mapped_column(sa.String(4))
    slot: Mapped[Amount | None]
    seen_at: Mapped[Instant]
    outcome: Mapped[str] = mapped_column(sa.String(32))
    device_hash: Mapped[Digest | None]


class Correction(LedgerRow, Base):
    """One change of an attendance, with the reason: what it was, what it became, who asked.

    A correction never edits a posting: the grant of the old version is reversed,
    the new version makes a grant of its own (D3).
    """

    __tablename__ = "activities_correction"
    __table_args__ = (
        ledger_fk("attendance_id", "activities_attendance"),
        sa.UniqueConstraint("ledger_id", "attendance_id", "version"),
        BY_LEDGER,
    )

    attendance_id: Mapped[IdColumn]
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(200))
    before_in_at: Mapped[Instant]
    before_out_at: Mapped[Instant | None]
    before_minutes: Mapped[int | None]
    after_in_at: Mapped[Instant | None]
    after_out_at: Mapped[Instant | None]
    after_minutes: Mapped[int]
    corrected_by_id: Mapped[IdColumn]
    corrected_at: Mapped[Instant]
