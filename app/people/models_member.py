"""Tables of a person inside one book: membership, card, one-time code, household, agent's trail.

The member row repeats the encrypted and the masked name, so that a till reads
one machine only. What is unique here is unique within the book.
"""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    Base,
    Cipher,
    Digest,
    Id,
    IdColumn,
    Instant,
    LedgerKey,
    LedgerRow,
    NodeId,
    index_where,
    ledger_fk,
    one_of,
    unique_where,
)

MEMBER_STATES = ("active", "merged", "left", "erased")
CARD_STATES = ("active", "lost", "replaced", "cancelled")
CODE_PURPOSES = ("attend", "redeem", "confirm")
OBJECTION_KINDS = ("attendance", "grant", "redemption", "notice", "deduction")


class Member(LedgerRow, Base):
    """A person's membership in one book, with the public `volunteer_no`."""

    __tablename__ = "people_member"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "person_id"),
        sa.UniqueConstraint("ledger_id", "volunteer_no"),
        sa.UniqueConstraint("ledger_id", "external_id"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        ledger_fk("merged_into_id", "people_member"),
        sa.Index(None, "ledger_id", "node_id"),
        index_where(
            "ix_people_member_merged",
            "ledger_id",
            "merged_into_id",
            where="merged_into_id IS NOT NULL",
        ),
        one_of("state", *MEMBER_STATES),
        BY_LEDGER,
    )

    person_id: Mapped[IdColumn]
    volunteer_no: Mapped[str] = mapped_column(sa.String(40))
    node_id: Mapped[NodeId]
    name_cipher: Mapped[Cipher | None]
    name_masked: Mapped[str] = mapped_column(sa.String(32))
    external_id: Mapped[str | None] = mapped_column(sa.String(64))
    state: Mapped[str] = mapped_column(sa.String(12))
    joined_on: Mapped[date]
    joined_by_id: Mapped[IdColumn]
    merged_into_id: Mapped[UUID | None] = mapped_column(Id())


class Card(LedgerRow, Base):
    """A 积分卡: its QR holds an opaque token, of which only the hash is kept (L11)."""

    __tablename__ = "people_card"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "card_no"),
        sa.UniqueConstraint("ledger_id", "token_hash"),
        sa.UniqueConstraint("ledger_id", "replaces_id"),
        ledger_fk("member_id", "people_member"),
        ledger_fk("replaces_id", "people_card"),
        one_of("state", *CARD_STATES),
        unique_where("uq_people_card_active", "ledger_id", "member_id", where="state = 'active'"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    card_no: Mapped[str] = mapped_column(sa.String(24))
    token_hash: Mapped[Digest]
    token_cipher: Mapped[Cipher]
    state: Mapped[str] = mapped_column(sa.String(12))
    batch: Mapped[str | None] = mapped_column(sa.String(24))
    replaces_id: Mapped[UUID | None] = mapped_column(Id())
    issued_by_id: Mapped[IdColumn]
    issued_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]


class Code(LedgerKey, Base):
    """A one-time personal code: 60 seconds, one purpose, dead after its first use."""

    __tablename__ = "people_code"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "digits_hash"),
        ledger_fk("member_id", "people_member"),
        sa.Index(None, "ledger_id", "member_id"),
        one_of("purpose", *CODE_PURPOSES),
        BY_LEDGER,
    )

    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    member_id: Mapped[IdColumn]
    purpose: Mapped[str] = mapped_column(sa.String(12))
    digits_hash: Mapped[Digest]
    issued_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]
    used_by_id: Mapped[UUID | None] = mapped_column(Id())
    result: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)


class Household(LedgerRow, Base):
    """A household (户): who belongs together, for limits and for pooling (D29).

    `honoured_at`: since when its head lets it stand on the public honour list; None: not.
    """

    __tablename__ = "people_household"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        ledger_fk("head_member_id", "people_member"),
        BY_LEDGER,
    )

    node_id: Mapped[NodeId]
    head_member_id: Mapped[IdColumn]
    name: Mapped[str] = mapped_column(sa.String(64))
    honoured_at: Mapped[Instant | None]


class HouseholdMember(LedgerKey, Base):
    """One stay of a member in a household; `left_on` ends it, the row remains."""

    __tablename__ = "people_household_member"
    __table_args__ = (
        ledger_fk("household_id", "people_household"),
        ledger_fk("member_id", "people_member"),
        unique_where(
            "uq_people_household_member_live", "ledger_id", "member_id", where="left_on IS NULL"
        ),
        BY_LEDGER,
    )

    household_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    joined_on: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    relation: Mapped[str] = mapped_column(sa.String(16))
    left_on: Mapped[date | None]


RELATIONS = ("parent", "child", "grandparent", "grandchild", "spouse", "friend")
RELATIVE_STATES = ("asked", "confirmed", "ended")
RELATIVE_DOORS = ("member", "staff")


class Relative(LedgerRow, Base):
    """Two members who say that they are close kin: gifts go along it, both ways (D32).

    `relation` is what `relative_id` is to `member_id`; the other of the two confirms it,
    or staff who saw the papers.
    """

    __tablename__ = "people_relative"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        ledger_fk("relative_id", "people_member"),
        sa.CheckConstraint("member_id <> relative_id", name="two_members"),
        unique_where(
            "uq_people_relative_live",
            "ledger_id",
            "member_id",
            "relative_id",
            where="state <> 'ended'",
        ),
        sa.Index(None, "ledger_id", "relative_id"),
        one_of("relation", *RELATIONS),
        one_of("state", *RELATIVE_STATES),
        one_of("confirmed_by", *RELATIVE_DOORS),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    relative_id: Mapped[IdColumn]
    relation: Mapped[str] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(12))
    asked_by_id: Mapped[IdColumn]
    asked_at: Mapped[Instant]
    confirmed_by: Mapped[str | None] = mapped_column(sa.String(8))
    confirmed_by_id: Mapped[UUID | None] = mapped_column(Id())
    confirmed_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]


class Merge(LedgerRow, Base):
    """A request to merge two memberships of one person (L13); decided by somebody else."""

    __tablename__ = "people_merge"
    __table_args__ = (
        ledger_fk("old_member_id", "people_member"),
        ledger_fk("kept_member_id", "people_member"),
        sa.CheckConstraint("old_member_id <> kept_member_id", name="two_members"),
        one_of("state", "requested", "approved", "refused"),
        BY_LEDGER,
    )

    old_member_id: Mapped[IdColumn]
    kept_member_id: Mapped[IdColumn]
    reason: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(12))
    requested_by_id: Mapped[IdColumn]
    requested_at: Mapped[Instant]
    decided_by_id: Mapped[UUID | None] = mapped_column(Id())
    decided_at: Mapped[Instant | None]


class Message(LedgerRow, Base):
    """One line of a member's inbox, written in the transaction of what it tells.

    `topic` names the sentence and `facts` fills it; the doors write it out.
    """

    __tablename__ = "people_message"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        sa.Index(None, "ledger_id", "member_id", "sent_at"),
        sa.UniqueConstraint("ledger_id", "natural_key"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    topic: Mapped[str] = mapped_column(sa.String(32))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    natural_key: Mapped[str | None] = mapped_column(sa.String(120))
    sent_at: Mapped[Instant]
    read_at: Mapped[Instant | None]


class Objection(LedgerRow, Base):
    """A member's objection to a record of theirs, or to a notice; answered by another person."""

    __tablename__ = "people_objection"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        unique_where(
            "uq_people_objection_open",
            "ledger_id",
            "subject_kind",
            "subject_id",
            "member_id",
            where="state = 'open'",
        ),
        one_of("subject_kind", *OBJECTION_KINDS),
        one_of("state", "open", "upheld", "rejected", "withdrawn"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    node_id: Mapped[NodeId]
    subject_kind: Mapped[str] = mapped_column(sa.String(12))
    subject_id: Mapped[IdColumn]
    recorder_id: Mapped[IdColumn]
    claim: Mapped[str] = mapped_column(sa.String(500))
    state: Mapped[str] = mapped_column(sa.String(12))
    raised_at: Mapped[Instant]
    raised_by_id: Mapped[IdColumn]
    answered_by_id: Mapped[UUID | None] = mapped_column(Id())
    answered_at: Mapped[Instant | None]
    answer: Mapped[str | None] = mapped_column(sa.String(500))


class Audit(LedgerRow, Base):
    """Who did what to whom, and when. Append-only. Book 0 for acts without a book."""

    __tablename__ = "people_audit"
    __table_args__ = (
        sa.Index(None, "ledger_id", "subject_id"),
        sa.Index(None, "ledger_id", "actor_id", "happened_at"),
        BY_LEDGER,
    )

    actor_id: Mapped[IdColumn]
    on_behalf_id: Mapped[UUID | None] = mapped_column(Id())
    action: Mapped[str] = mapped_column(sa.String(48))
    subject_kind: Mapped[str] = mapped_column(sa.String(24))
    subject_id: Mapped[UUID | None] = mapped_column(Id())
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    happened_at: Mapped[Instant]
