"""Tables of figures that came from elsewhere: a report, an article, another system.

A figure is a number with its qualifier, unit, span, day and source. It is
never counted here, never added to what is counted here, and never changed: a later
figure of the same kind stands beside the earlier one.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    REFERENCE,
    Amount,
    Base,
    Id,
    IdColumn,
    Instant,
    NodeId,
    Small,
    one_of,
    unique_where,
)

PLACES_MAX = 4
"""How many decimal places a figure may have."""


class FigureKind(Base):
    """What a figure counts, by a code of its own: one kind has one unit."""

    __tablename__ = "community_figure_kind"
    __table_args__ = REFERENCE

    code: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    unit: Mapped[str] = mapped_column(sa.String(16))


class Figure(Base):
    """One imported figure. Append-only: 413 stays when 454 comes.

    `edition`: 1, and one more for each that was withdrawn before.
    """

    __tablename__ = "community_figure"
    __table_args__ = (
        sa.UniqueConstraint(
            "node_id",
            "kind_code",
            "as_of_on",
            "span",
            "source",
            "edition",
            name="uq_community_figure_once",
        ),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.ForeignKeyConstraint(["kind_code"], ["community_figure_kind.code"]),
        sa.CheckConstraint(f"places BETWEEN 0 AND {PLACES_MAX}", name="places_in_range"),
        REFERENCE,
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    node_id: Mapped[NodeId]
    kind_code: Mapped[str] = mapped_column(sa.String(32))
    digits: Mapped[Amount]
    places: Mapped[Small]
    qualifier: Mapped[str] = mapped_column(sa.String(4))
    span: Mapped[str] = mapped_column(sa.String(40))
    as_of_on: Mapped[date]
    source: Mapped[str] = mapped_column(sa.String(120))
    entered_by_id: Mapped[IdColumn]
    entered_at: Mapped[Instant]
    edition: Mapped[Small] = mapped_column(server_default="1")

    @property
    def value(self) -> Decimal:
        """The number itself: `digits` with `places` of them behind the point."""
        return Decimal(self.digits).scaleb(-self.places)


class FigureWithdrawal(Base):
    """A figure that somebody asked to take down (撤下); another person decides."""

    __tablename__ = "community_figure_withdrawal"
    __table_args__ = (
        sa.ForeignKeyConstraint(["figure_id"], ["community_figure.id"]),
        one_of("state", "waiting", "withdrawn", "refused"),
        sa.CheckConstraint("decided_by_id <> asked_by_id", name="decided_by_another"),
        unique_where(
            "uq_community_figure_withdrawal_live", "figure_id", where="state <> 'refused'"
        ),
        REFERENCE,
    )

    id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    figure_id: Mapped[Amount]
    reason: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(9))
    asked_by_id: Mapped[IdColumn]
    asked_at: Mapped[Instant]
    decided_by_id: Mapped[UUID | None] = mapped_column(Id())
    decided_at: Mapped[Instant | None]
