"""Table of what people see in the street and report with a photo (随手拍) (T26)."""

from datetime import datetime
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
    LedgerRow,
    NodeId,
    UTCDateTime,
    ledger_fk,
    one_of,
)
from app.community.models import PATH_TYPE

SIGHTING_KINDS = ("hazard", "facility", "litter", "parking", "other")
"""安全隐患 · 设施损坏 · 环境卫生 · 乱停乱放 · 别的."""

SIGHTING_STATES = ("waiting", "accepted", "refused")


class Sighting(LedgerRow, Base):
    """One thing seen and reported: what, where, perhaps a photo; accepted once, by staff."""

    __tablename__ = "service_orders_sighting"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        ledger_fk("member_id", "people_member"),
        sa.Index(None, "ledger_id", "node_path", "state"),
        sa.Index(None, "ledger_id", "member_id"),
        sa.Index(None, "ledger_id", "photo_sha256"),
        sa.Index(None, "ledger_id", "words_hash", "seen_at"),
        one_of("kind", *SIGHTING_KINDS),
        one_of("state", *SIGHTING_STATES),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(40))
    member_id: Mapped[IdColumn]
    node_id: Mapped[NodeId]
    node_path: Mapped[str] = mapped_column(PATH_TYPE)
    kind: Mapped[str] = mapped_column(sa.String(12))
    place: Mapped[str] = mapped_column(sa.String(64))
    text_sealed: Mapped[Cipher]
    words_hash: Mapped[Digest]
    photo_cipher: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    photo_sha256: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    seen_at: Mapped[Instant]
    state: Mapped[str] = mapped_column(sa.String(8))
    decided_by_id: Mapped[UUID | None] = mapped_column(Id())
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    grant_id: Mapped[UUID | None] = mapped_column(Id())
