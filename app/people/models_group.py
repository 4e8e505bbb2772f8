"""A table of members: to which group of people (群体) somebody belongs, for offers meant for it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import BY_LEDGER, Base, Id, IdColumn, Instant, LedgerKey, ledger_fk, one_of

GROUPS = ("新就业群体", "长者")
"""Groups of public life only; nothing of belief, health or party."""


class MemberGroup(LedgerKey, Base):
    """A member belongs to a group: said by staff, taken back by deleting the row (M1)."""

    __tablename__ = "people_member_group"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        one_of("group_code", *GROUPS),
        BY_LEDGER,
    )

    member_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    group_code: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    said_by_id: Mapped[IdColumn]
    said_at: Mapped[Instant]
