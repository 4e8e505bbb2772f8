"""Scans that arrived late: seen by a phone without network, sent when it came back (迟到的扫码)."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    Amount,
    Base,
    Digest,
    Id,
    IdColumn,
    Instant,
    LedgerRow,
    ledger_fk,
    one_of,
)

LATE_SCAN_STATES = ("waiting", "taken", "dismissed")
"""Waits for the leader · became a record of presence · the leader said no."""


class LateScan(LedgerRow, Base):
    """Evidence that a screen's code reached a phone; no presence by itself (issue 3.8).

    `slot` says when the code stood on the screen, which its MAC proves; `claimed_at` is
    what the phone's own clock said, which proves nothing. One for each member, session
    and direction: the first that arrived.
    """

    __tablename__ = "activities_late_scan"
    __table_args__ = (
        sa.UniqueConstraint(
            "ledger_id", "session_id", "member_id", "direction", name="uq_activities_late_scan_once"
        ),
        ledger_fk("session_id", "activities_session"),
        ledger_fk("member_id", "people_member"),
        one_of("direction", "in", "out"),
        one_of("state", *LATE_SCAN_STATES),
        sa.Index(None, "ledger_id", "member_id"),
        BY_LEDGER,
    )

    session_id: Mapped[IdColumn]
    member_id: Mapped[IdColumn]
    direction: Mapped[str] = mapped_column(sa.String(4))
    slot: Mapped[Amount]
    claimed_at: Mapped[Instant]
    received_at: Mapped[Instant]
    device_hash: Mapped[Digest | None]
    state: Mapped[str] = mapped_column(sa.String(12))
    decided_by_id: Mapped[UUID | None] = mapped_column(Id())
    decided_at: Mapped[Instant | None]
