"""Tables of reporting-in (双报到): units to a community, people to where they live (T1, T2).

Who reported in is no member until they join; then the row names their membership. What is
kept of a person is what the register needs: unit, home, 在职 or 离退休, online or offline.
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
    ledger_fk,
    one_of,
    unique_where,
)

STANDINGS = ("serving", "retired")
"""在职 · 离退休."""

SOURCES = ("online", "offline")
"""线上 · 线下."""


class Enlistment(LedgerRow, Base):
    """Somebody who reported in to where they live; `member_id` once they joined: one row each."""

    __tablename__ = "people_enlistment"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "external_id"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["community_unit.id"]),
        ledger_fk("member_id", "people_member"),
        one_of("standing", *STANDINGS),
        one_of("source", *SOURCES),
        sa.Index(None, "ledger_id", "node_id"),
        sa.Index(None, "ledger_id", "unit_id"),
        sa.Index(None, "ledger_id", "phone_hash"),
        unique_where(
            "uq_people_enlistment_member",
            "ledger_id",
            "member_id",
            where="member_id IS NOT NULL",
        ),
        BY_LEDGER,
    )

    external_id: Mapped[str] = mapped_column(sa.String(64))
    unit_id: Mapped[Amount | None]
    node_id: Mapped[NodeId]
    name_cipher: Mapped[Cipher | None]
    name_masked: Mapped[str] = mapped_column(sa.String(32))
    phone_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    standing: Mapped[str] = mapped_column(sa.String(8))
    source: Mapped[str] = mapped_column(sa.String(8))
    enlisted_on: Mapped[date]
    member_id: Mapped[UUID | None] = mapped_column(Id())
    entered_by_id: Mapped[IdColumn]
    entered_at: Mapped[Instant]


class UnitEnlistment(LedgerKey, Base):
    """A unit that reported in to a community (单位报到)."""

    __tablename__ = "people_unit_enlistment"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["community_unit.id"]),
        BY_LEDGER,
    )

    unit_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    node_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    enlisted_on: Mapped[date]
    entered_by_id: Mapped[IdColumn]
