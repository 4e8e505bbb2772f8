"""What a book shows and keeps as proof: star boards, notices with their lines, evidence photos."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    Amount,
    Base,
    Cipher,
    Digest,
    Id,
    IdColumn,
    Instant,
    LedgerKey,
    LedgerRow,
    NodeId,
    Small,
    ledger_fk,
    one_of,
)

BOARD_PERIODS = ("month", "quarter", "year")
BOARD_COUNTS = ("all", "credited")
LISTED_KINDS = ("hours", "grants", "applied")
"""What staff put up as they like; other kinds are put up by their own subject."""
NOTICE_KINDS = ("hours", "grants", "stars", "applied")
PHOTO_SUBJECTS = ("backfill", "objection", "application", "order", "field_call")
PHOTOS_MAX = 3


class Board(LedgerKey, Base):
    """A place's star board (亮星榜): whether it is public, and what it ranks."""

    __tablename__ = "points_board"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("period", *BOARD_PERIODS),
        one_of("counts", *BOARD_COUNTS),
        sa.CheckConstraint("row_max BETWEEN 10 AND 50", name="row_max_sensible"),
        BY_LEDGER,
    )

    node_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    is_open: Mapped[bool]
    period: Mapped[str] = mapped_column(sa.String(8))
    counts: Mapped[str] = mapped_column(sa.String(8))
    row_max: Mapped[Small]
    version: Mapped[int]
    changed_by_id: Mapped[IdColumn]
    changed_at: Mapped[Instant]


class Notice(LedgerRow, Base):
    """A public notice (公示): a list of a period that anyone may object to until it closes."""

    __tablename__ = "points_notice"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.Index(None, "ledger_id", "node_id", "closes_on"),
        one_of("kind", *NOTICE_KINDS),
        sa.CheckConstraint("begins_on <= ends_on", name="ends_later"),
        BY_LEDGER,
    )

    node_id: Mapped[NodeId]
    kind: Mapped[str] = mapped_column(sa.String(8))
    title: Mapped[str] = mapped_column(sa.String(64))
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    contact: Mapped[str] = mapped_column(sa.String(120))
    published_by_id: Mapped[IdColumn]
    published_at: Mapped[Instant]
    closes_on: Mapped[date]
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(Id())
    withdrawn_at: Mapped[Instant | None]
    withdraw_reason: Mapped[str | None] = mapped_column(sa.String(200))


class NoticeLine(LedgerRow, Base):
    """One line of a notice, as it stood when the notice was published; a deduction is below 0."""

    __tablename__ = "points_notice_line"
    __table_args__ = (
        ledger_fk("notice_id", "points_notice"),
        ledger_fk("member_id", "people_member"),
        ledger_fk("grant_id", "points_grant"),
        sa.UniqueConstraint("ledger_id", "notice_id", "line"),
        BY_LEDGER,
    )

    notice_id: Mapped[IdColumn]
    line: Mapped[int]
    member_id: Mapped[IdColumn]
    grant_id: Mapped[UUID | None] = mapped_column(Id())
    served_on: Mapped[date | None]
    minutes: Mapped[Amount]
    points: Mapped[Amount]
    application_id: Mapped[UUID | None] = mapped_column(Id())
    deduction_id: Mapped[UUID | None] = mapped_column(Id())


class Photo(LedgerRow, Base):
    """An evidence photo: re-encoded, stripped of metadata, encrypted; at most three a subject."""

    __tablename__ = "points_photo"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        sa.UniqueConstraint("ledger_id", "subject_kind", "subject_id", "ordinal"),
        sa.Index(None, "ledger_id", "sha256"),
        sa.Index(None, "ledger_id", "member_id"),
        one_of("subject_kind", *PHOTO_SUBJECTS),
        sa.CheckConstraint(f"ordinal BETWEEN 1 AND {PHOTOS_MAX}", name="ordinal_sensible"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    subject_kind: Mapped[str] = mapped_column(sa.String(12))
    subject_id: Mapped[IdColumn]
    ordinal: Mapped[Small]
    sha256: Mapped[Digest]
    content_cipher: Mapped[Cipher]
    byte_count: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    is_repeat: Mapped[bool]
    added_by_id: Mapped[IdColumn]
    added_at: Mapped[Instant]
