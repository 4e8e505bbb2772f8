"""Tables of neighbours helping each other for points: what is offered, what is exchanged (P1)."""

from datetime import datetime
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
    LedgerRow,
    NodeId,
    UTCDateTime,
    index_where,
    one_of,
)
from app.community.models import PATH_TYPE

EXCHANGE_STATES = ("open", "accepted", "done", "withdrawn", "lapsed")
CONFIRMED_BY = ("code", "staff")


class Offer(LedgerRow, Base):
    """What a member is ready to do for neighbours (做志愿者); it moves no points."""

    __tablename__ = "service_orders_offer"
    __table_args__ = (
        sa.Index(None, "ledger_id", "node_path"),
        sa.Index(None, "ledger_id", "member_id"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    node_id: Mapped[NodeId]
    node_path: Mapped[str] = mapped_column(PATH_TYPE)
    title: Mapped[str] = mapped_column(sa.String(64))
    points: Mapped[Amount]
    minutes: Mapped[int]
    offered_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


class Exchange(LedgerRow, Base):
    """One neighbour asks, another helps; the points wait in escrow meanwhile (L5–L7).

    While `open` or `accepted`, the escrow accounts of this id hold exactly `points`.
    """

    __tablename__ = "service_orders_exchange"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        sa.Index(None, "ledger_id", "asker_id"),
        sa.Index(None, "ledger_id", "helper_id"),
        index_where(
            "ix_service_orders_exchange_live",
            "ledger_id",
            "lapses_at",
            where="state IN ('open', 'accepted')",
        ),
        one_of("state", *EXCHANGE_STATES),
        one_of("confirmed_by", *CONFIRMED_BY),
        sa.CheckConstraint("points BETWEEN 1 AND 100000", name="points_in_range"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes_in_range"),
        sa.CheckConstraint("helper_id IS NULL OR helper_id <> asker_id", name="helper_another"),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(40))
    node_id: Mapped[NodeId]
    node_path: Mapped[str] = mapped_column(PATH_TYPE)
    asker_id: Mapped[IdColumn]
    helper_id: Mapped[UUID | None] = mapped_column(Id())
    offer_id: Mapped[UUID | None] = mapped_column(Id())
    state: Mapped[str] = mapped_column(sa.String(12))
    title: Mapped[str] = mapped_column(sa.String(64))
    text_sealed: Mapped[Cipher]
    points: Mapped[Amount]
    minutes: Mapped[int]
    asked_at: Mapped[Instant]
    lapses_at: Mapped[Instant]
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    confirmed_by: Mapped[str | None] = mapped_column(sa.String(8))
    confirmer_id: Mapped[UUID | None] = mapped_column(Id())
    escrow_journal_id: Mapped[IdColumn]
    end_journal_id: Mapped[UUID | None] = mapped_column(Id())
    grant_id: Mapped[UUID | None] = mapped_column(Id())
    version: Mapped[int]
