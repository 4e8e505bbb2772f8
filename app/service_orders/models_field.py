"""The table of calls between the field and the desk, both ways."""

from datetime import datetime
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
    LedgerRow,
    NodeId,
    UTCDateTime,
    index_where,
    ledger_fk,
    one_of,
)
from app.community.models import PATH_TYPE

DIRECTIONS = ("to_desk", "to_field")
"""事项呼叫 from the field to the desk, 任务派发 from the desk to the field."""


class FieldCall(LedgerRow, Base):
    """One thing said between the field and the desk; it stays 未回应 until it is answered (T13).

    `member_id`: the worker in the field, whichever way it goes.
    `taken_back_at`: the desk took its task back; it waits for no answer then.
    """

    __tablename__ = "service_orders_field_call"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        ledger_fk("member_id", "people_member"),
        ledger_fk("order_id", "service_orders_order"),
        one_of("direction", *DIRECTIONS),
        sa.Index(None, "ledger_id", "node_path", "sent_at"),
        sa.Index(None, "ledger_id", "member_id"),
        index_where(
            "ix_service_orders_field_call_unanswered",
            "ledger_id",
            "sent_at",
            where="answered_at IS NULL",
        ),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(40))
    direction: Mapped[str] = mapped_column(sa.String(8))
    node_id: Mapped[NodeId]
    node_path: Mapped[str] = mapped_column(PATH_TYPE)
    member_id: Mapped[IdColumn]
    text_sealed: Mapped[Cipher]
    spot_sealed: Mapped[Cipher]
    sent_by_id: Mapped[IdColumn]
    sent_at: Mapped[Instant]
    answered_by_id: Mapped[UUID | None] = mapped_column(Id())
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    answer_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    order_id: Mapped[UUID | None] = mapped_column(Id())
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
