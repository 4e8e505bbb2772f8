"""Tables of figures that came from elsewhere: a report, an article, another system.

A figure is a number with its qualifier, unit, span, day and source. It is
never counted here, never added to what is counted here, and never changed: a later
figure of the same kind stands beside the earlier one.
"""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import REFERENCE, Amount, Base, IdColumn, Instant, NodeId, Small

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
    """One imported figure. Append-only: 413 stays when 454 comes."""

    __tablename__ = "community_figure"
    __table_args__ = (
        sa.UniqueConstraint(
            "node_id",
            "kind_code",
            "as_of_on",
            "span",
            "source",
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

    @property
    def value(self) -> Decimal:
        """The number itself: `digits` with `places` of them behind the point."""
        return Decimal(self.digits).scaleb(-self.places)
