"""三方评议 and the rule of the board: who assesses for which body, the scores, the weights."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    REFERENCE,
    Amount,
    Base,
    Id,
    IdColumn,
    Instant,
    LedgerRow,
    NodeId,
    Small,
    ledger_fk,
    one_of,
    unique_where,
)

BODIES = ("committee", "owners", "property")
"""居委 · 业委会 · 物业."""
ASSESSED_KINDS = ("member", "team", "project")


class Assessor(LedgerRow, Base):
    """A 评议员: a member who assesses for one of the three bodies at a place (S1, S9)."""

    __tablename__ = "points_assessor"
    __table_args__ = (
        ledger_fk("member_id", "people_member"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("body", *BODIES),
        unique_where(
            "uq_points_assessor_live",
            "ledger_id",
            "node_id",
            "member_id",
            where="ended_at IS NULL",
        ),
        BY_LEDGER,
    )

    node_id: Mapped[NodeId]
    member_id: Mapped[IdColumn]
    body: Mapped[str] = mapped_column(sa.String(12))
    appointed_by_id: Mapped[IdColumn]
    appointed_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]


class Assessment(LedgerRow, Base):
    """One assessor's score of a volunteer, a team or a project for a quarter, from 0 to 100."""

    __tablename__ = "points_assessment"
    __table_args__ = (
        ledger_fk("assessor_id", "points_assessor"),
        one_of("body", *BODIES),
        one_of("subject_kind", *ASSESSED_KINDS),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name="score_in_range"),
        sa.UniqueConstraint(
            "ledger_id",
            "period",
            "subject_kind",
            "subject_id",
            "assessor_id",
            name="uq_points_assessment_once",
        ),
        BY_LEDGER,
    )

    period: Mapped[str] = mapped_column(sa.String(6))
    subject_kind: Mapped[str] = mapped_column(sa.String(8))
    subject_id: Mapped[UUID] = mapped_column(Id())
    body: Mapped[str] = mapped_column(sa.String(12))
    assessor_id: Mapped[IdColumn]
    score: Mapped[Small]
    note: Mapped[str] = mapped_column(sa.String(200))
    assessed_by_id: Mapped[IdColumn]
    assessed_at: Mapped[Instant]


class BoardRule(Base):
    """A version of a programme's rule for the quarter board: the weights of its three inputs."""

    __tablename__ = "points_board_rule"
    __table_args__ = (
        sa.ForeignKeyConstraint(["programme_id"], ["points_programme.id"]),
        sa.CheckConstraint(
            "hours_weight + rating_weight + review_weight = 100", name="weights_sum_to_100"
        ),
        sa.CheckConstraint(
            "hours_weight > 0 AND rating_weight >= 0 AND review_weight >= 0",
            name="weights_not_negative",
        ),
        sa.CheckConstraint("full_minutes > 0", name="full_minutes_positive"),
        REFERENCE,
    )

    programme_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    hours_weight: Mapped[Small]
    rating_weight: Mapped[Small]
    review_weight: Mapped[Small]
    full_minutes: Mapped[Amount]
    valid_from_on: Mapped[date]
    made_by_id: Mapped[IdColumn]
    made_at: Mapped[Instant]
