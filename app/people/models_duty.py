"""Tables of duties (志愿岗位身份): what people are here for, at which place, paid or not.

A duty is no role of the desk: it opens no door. It says what somebody may be asked to do
and whether they earn by it; paid on duty earns nothing (O8, A5).
"""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    REFERENCE,
    Base,
    Id,
    IdColumn,
    LedgerRow,
    NodeId,
    Small,
    ledger_fk,
    one_of,
    unique_where,
)

PAYS = ("never", "always", "either")
"""无偿 · 有偿 · 看这个人."""

ACTS = (
    *("report", "patrol", "visit", "take_orders", "dispatch"),
    *("mediate", "rate", "advise", "publicise", "lead"),
)
"""What a duty may do: 随手拍, 巡查, 走访, 接单, 派单, 调解, 评议, 参谋, 宣传, 牵头."""


class DutyKind(Base):
    """A kind of duty: what it may do, and whether its holders are paid for it.

    `may` are words of `ACTS`, joined by commas; `place_kind` names the kind of place it is
    held at, where only one makes sense; of an `is_single` kind a place has one holder.
    """

    __tablename__ = "people_duty_kind"
    __table_args__ = (one_of("pay", *PAYS), REFERENCE)

    code: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    label_zh: Mapped[str] = mapped_column(sa.String(16))
    label_en: Mapped[str] = mapped_column(sa.String(40))
    may: Mapped[str] = mapped_column(sa.String(120))
    pay: Mapped[str] = mapped_column(sa.String(8))
    place_kind: Mapped[str | None] = mapped_column(sa.String(16))
    is_single: Mapped[bool]
    ordinal: Mapped[Small]

    @property
    def acts(self) -> list[str]:
        """What its holders may do, word by word."""
        return self.may.split(",")


class Duty(LedgerRow, Base):
    """A member's duty at a place, from a day until it ends; the past remains."""

    __tablename__ = "people_duty"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.ForeignKeyConstraint(["kind_code"], ["people_duty_kind.code"]),
        unique_where(
            "uq_people_duty_live",
            "ledger_id",
            "member_id",
            "node_id",
            "kind_code",
            where="ended_on IS NULL",
        ),
        unique_where(
            "uq_people_duty_single",
            "ledger_id",
            "node_id",
            "kind_code",
            where="is_single AND ended_on IS NULL",
        ),
        sa.Index(None, "ledger_id", "member_id"),
        BY_LEDGER,
    )

    member_id: Mapped[IdColumn]
    node_id: Mapped[NodeId]
    kind_code: Mapped[str] = mapped_column(sa.String(24))
    is_paid: Mapped[bool]
    is_single: Mapped[bool]
    begun_on: Mapped[date]
    ended_on: Mapped[date | None]
    given_by_id: Mapped[IdColumn]
    ended_by_id: Mapped[UUID | None] = mapped_column(Id())
