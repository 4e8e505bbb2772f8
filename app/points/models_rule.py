"""Rules of points, as reference data: programmes, indicators, categories, rates.

A programme hangs on a node and is inherited by its subtree; it owns one book.
"""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import REFERENCE, Amount, Base, NodeId, one_of

EXPIRY_POLICIES = ("never", "calendar_year", "rolling_36_months")
POOLINGS = ("person", "household")
DIRECTIONS = ("plus", "minus")
EVIDENCES = ("none", "photo", "case_number")
APPROVER_ROLES = ("staff", "second_approver")


class Programme(Base):
    """A points programme (爱心银行, 时间银行, 积分制) of a node and all below it."""

    __tablename__ = "points_programme"
    __table_args__ = (
        sa.UniqueConstraint("node_id"),
        sa.UniqueConstraint("ledger_id"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.ForeignKeyConstraint(["ledger_id"], ["ledger_book.id"]),
        one_of("expiry_policy", *EXPIRY_POLICIES),
        one_of("pooling", *POOLINGS),
        REFERENCE,
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    node_id: Mapped[NodeId]
    ledger_id: Mapped[Amount]
    name: Mapped[str] = mapped_column(sa.String(64))
    has_points: Mapped[bool]
    expiry_policy: Mapped[str] = mapped_column(sa.String(20))
    funding_source: Mapped[str | None] = mapped_column(sa.String(120))
    valid_from_on: Mapped[date]
    valid_until_on: Mapped[date | None]
    pooling: Mapped[str] = mapped_column(sa.String(12), server_default="person")


class Indicator(Base):
    """What is counted (积分指标): hours, 次 or 件 (P7). A `minus` indicator takes points away.

    `evidence`: what an application or a grant by hand must show; a 件 needs its case number
    besides (A10).
    """

    __tablename__ = "points_indicator"
    __table_args__ = (
        sa.ForeignKeyConstraint(["programme_id"], ["points_programme.id"]),
        one_of("measure", "minutes", "times", "pieces"),
        one_of("direction", *DIRECTIONS),
        one_of("evidence", *EVIDENCES),
        REFERENCE,
    )

    programme_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(32))
    measure: Mapped[str] = mapped_column(sa.String(8))
    approver_role: Mapped[str | None] = mapped_column(sa.String(16))
    direction: Mapped[str] = mapped_column(sa.String(8), server_default="plus")
    evidence: Mapped[str] = mapped_column(sa.String(12), server_default="none")


class Category(Base):
    """A service category (活动类型) and the indicator it counts towards (C3).

    `retired_on`: since when it is offered no more; its name is read still.
    """

    __tablename__ = "points_category"
    __table_args__ = (
        sa.ForeignKeyConstraint(["programme_id"], ["points_programme.id"]),
        sa.ForeignKeyConstraint(
            ["programme_id", "indicator_code"],
            ["points_indicator.programme_id", "points_indicator.code"],
        ),
        REFERENCE,
    )

    programme_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(32))
    indicator_code: Mapped[str | None] = mapped_column(sa.String(24))
    earns_hours: Mapped[bool]
    retired_on: Mapped[date | None]


class Rate(Base):
    """A version of an indicator's rate: `points` for each `per_quantity` minutes, 次 or 件.

    Old postings keep the version they used (D27). The rest of the quantity is
    carried to the next grant, or dropped, as `remainder` says.
    """

    __tablename__ = "points_rate"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["programme_id", "indicator_code"],
            ["points_indicator.programme_id", "points_indicator.code"],
        ),
        sa.UniqueConstraint("programme_id", "indicator_code", "valid_from_on"),
        sa.CheckConstraint("points >= 0 AND per_quantity > 0", name="rate_rational"),
        one_of("remainder", "carried", "dropped"),
        REFERENCE,
    )

    programme_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    indicator_code: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    points: Mapped[Amount]
    per_quantity: Mapped[Amount]
    remainder: Mapped[str] = mapped_column(sa.String(8))
    cap_points_day: Mapped[Amount | None]
    valid_from_on: Mapped[date]
