"""Tables of what people claim: posts and projects (微岗位, 微项目), wishes (微心愿), campaigns."""

from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    Base,
    Cipher,
    Id,
    IdColumn,
    Instant,
    LedgerKey,
    LedgerRow,
    NodeId,
    Small,
    UTCDateTime,
    index_where,
    ledger_fk,
    one_of,
    unique_where,
)
from app.community.models import PATH_TYPE

POST_KINDS = ("post", "project")
POST_STATES = ("open", "closed")
CLAIM_STATES = ("claimed", "submitted", "accepted", "refused", "withdrawn", "released")
LIVE_CLAIM = "state IN ('claimed', 'submitted', 'accepted')"
WAITING_WISHES = ("open", "claimed")
"""Wishes that have not come true and may."""
WISH_STATES = (*WAITING_WISHES, "fulfilled", "rated", "returned")
TAGGED = ("wish", "post", "activity")


STANDING_DUE_AT = datetime(9999, 12, 31, tzinfo=UTC)
"""The deadline of a standing project: none (as `NEVER` is the last day of lasting points)."""


class Post(LedgerRow, Base):
    """A post (slots, each for one volunteer) or a project (a goal) that people claim (T3).

    `taken_count` moves by conditional update: of two who claim the last slot one gets it.
    A project without a deadline stands (常设): its work is checked in at its shifts (C6).
    `team_id`: whose goal it is; asked by the door, as the team of an order.
    """

    __tablename__ = "service_orders_post"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        sa.Index(None, "ledger_id", "node_path"),
        one_of("kind", *POST_KINDS),
        one_of("state", *POST_STATES),
        sa.CheckConstraint("taken_count BETWEEN 0 AND slot_count", name="taken_in_range"),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(40))
    kind: Mapped[str] = mapped_column(sa.String(8))
    node_id: Mapped[NodeId]
    node_path: Mapped[str] = mapped_column(PATH_TYPE)
    title: Mapped[str] = mapped_column(sa.String(64))
    text: Mapped[str] = mapped_column(sa.String(1000))
    category_code: Mapped[str] = mapped_column(sa.String(32))
    slot_count: Mapped[int]
    taken_count: Mapped[int]
    due_at: Mapped[Instant]
    state: Mapped[str] = mapped_column(sa.String(8))
    made_by_id: Mapped[IdColumn]
    made_at: Mapped[Instant]
    version: Mapped[int]
    team_id: Mapped[UUID | None] = mapped_column(Id())

    @property
    def is_standing(self) -> bool:
        """Whether it has no deadline."""
        return self.due_at >= STANDING_DUE_AT


class PostActivity(LedgerKey, Base):
    """An activity whose sessions are shifts of a project or post; another room's row (C6)."""

    __tablename__ = "service_orders_post_activity"
    __table_args__ = (
        ledger_fk("post_id", "service_orders_post"),
        sa.Index(None, "ledger_id", "activity_id"),
        BY_LEDGER,
    )

    post_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    activity_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    linked_at: Mapped[Instant]


class Claim(LedgerRow, Base):
    """One volunteer's claim of a slot: claimed, submitted with its time, accepted; or freed.

    `due_at`: its own deadline; NULL where only the post's counts (projects, shifts).
    """

    __tablename__ = "service_orders_claim"
    __table_args__ = (
        ledger_fk("post_id", "service_orders_post"),
        unique_where(
            "uq_service_orders_claim_live", "ledger_id", "post_id", "member_id", where=LIVE_CLAIM
        ),
        sa.Index(None, "ledger_id", "member_id"),
        index_where(
            "ix_service_orders_claim_under_way", "ledger_id", "due_at", where="state = 'claimed'"
        ),
        one_of("state", *CLAIM_STATES),
        BY_LEDGER,
    )

    post_id: Mapped[IdColumn]
    member_id: Mapped[IdColumn]
    state: Mapped[str] = mapped_column(sa.String(12))
    claimed_at: Mapped[Instant]
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    note_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    decided_by_id: Mapped[UUID | None] = mapped_column(Id())
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    grant_id: Mapped[UUID | None] = mapped_column(Id())
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


class Wish(LedgerRow, Base):
    """A small wish of somebody: 待认领, 已认领, 已兑现, 已评价 or 退回 (T6).

    Who wished stays hidden from those who look for a wish to fulfil, until it is claimed.
    `activity_id` names the activity that fulfils it; no foreign key, another room's row.
    `fulfilled_by_id` is the person who said so when it closed, or afterwards.
    """

    __tablename__ = "service_orders_wish"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        sa.Index(None, "ledger_id", "node_path", "state"),
        sa.Index(None, "ledger_id", "wisher_id"),
        index_where(
            "ix_service_orders_wish_activity",
            "ledger_id",
            "activity_id",
            where="activity_id IS NOT NULL",
        ),
        one_of("state", *WISH_STATES),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name="stars_in_range"),
        sa.CheckConstraint("claimer_id IS NULL OR claimer_id <> wisher_id", name="claimer_another"),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(40))
    kind: Mapped[str] = mapped_column(sa.String(24))
    node_id: Mapped[NodeId]
    node_path: Mapped[str] = mapped_column(PATH_TYPE)
    wisher_id: Mapped[IdColumn]
    title: Mapped[str] = mapped_column(sa.String(64))
    text_sealed: Mapped[Cipher]
    value_max_yuan: Mapped[int | None]
    state: Mapped[str] = mapped_column(sa.String(12))
    made_by_id: Mapped[IdColumn]
    made_at: Mapped[Instant]
    claimer_id: Mapped[UUID | None] = mapped_column(Id())
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    activity_id: Mapped[UUID | None] = mapped_column(Id())
    fulfilled_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    rated_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    stars: Mapped[Small | None]
    ended_reason: Mapped[str | None] = mapped_column(sa.String(200))
    version: Mapped[int]
    fulfilled_by_id: Mapped[UUID | None] = mapped_column(Id())


class Campaign(LedgerKey, Base):
    """A campaign (载体) that groups wishes, posts and activities, such as 5250(我爱我邻) (T7)."""

    __tablename__ = "service_orders_campaign"
    __table_args__ = BY_LEDGER

    code: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    made_at: Mapped[Instant]


class CampaignItem(LedgerKey, Base):
    """One thing that belongs to a campaign; (kind, id), for it may be another room's."""

    __tablename__ = "service_orders_campaign_item"
    __table_args__ = (
        ledger_fk("campaign_code", "service_orders_campaign", "code"),
        one_of("kind", *TAGGED),
        BY_LEDGER,
    )

    campaign_code: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
