"""The table of words that places keep: classes of partners, kinds of units."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import REFERENCE, Base, IdColumn, Instant, Small, one_of

TERM_KINDS = ("partner_class", "unit_kind")


class Term(Base):
    """One word of a place's list, valid below it; `code` is what rows keep, `name` is today's."""

    __tablename__ = "community_term"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("kind", *TERM_KINDS),
        REFERENCE,
    )

    node_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(24))
    ordinal: Mapped[Small]
    retired_on: Mapped[date | None]
    changed_by_id: Mapped[IdColumn]
    changed_at: Mapped[Instant]
