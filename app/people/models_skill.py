"""Tables of skills (专长): what members can do for others, and what asks for it first (C21)."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import BY_LEDGER, Base, Id, IdColumn, Instant, LedgerKey, ledger_fk, one_of

CALLED = ("activity", "post", "order")


class Skill(LedgerKey, Base):
    """A skill of a member (律师, 医生), seen to by staff."""

    __tablename__ = "people_skill"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        sa.Index(None, "ledger_id", "skill"),
        BY_LEDGER,
    )

    member_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    skill: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    noted_by_id: Mapped[IdColumn]
    noted_at: Mapped[Instant]


class SkillCall(LedgerKey, Base):
    """Something asks for a skill; (kind, id), for it is another room's row."""

    __tablename__ = "people_skill_call"
    __table_args__ = (one_of("kind", *CALLED), BY_LEDGER)

    kind: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    skill: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    called_by_id: Mapped[IdColumn]
    called_at: Mapped[Instant]
