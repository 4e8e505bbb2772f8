"""Tables of orders: workflow templates, kinds, orders, their work and their log."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    REFERENCE,
    Base,
    Cipher,
    Id,
    IdColumn,
    Instant,
    LedgerKey,
    LedgerRow,
    NodeId,
    Small,
    UTCDateTime,
    index_where,
    ledger_fk,
    one_of,
)
from app.community.models import PATH_TYPE

MEANINGS = ("filed", "assigned", "accepted", "deliberated", "worked", "finished", "rated")
"""What a step means, whatever a place calls it; reports and credit read nothing else."""

ORDER_STATES = ("open", "finished", "withdrawn")
HANDLER_KINDS = ("volunteer", "staff")
ACTS = ("step", "returned", "rerouted", "escalated", "reopened", "withdrawn", "credited")


class Template(Base):
    """A workflow: its steps in order, each with a name and a meaning. A version never changes."""

    __tablename__ = "service_orders_template"
    __table_args__ = REFERENCE

    code: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    version: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(32))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    created_by_id: Mapped[IdColumn]
    created_at: Mapped[Instant]


class TemplateChoice(Base):
    """Which workflow a place uses; valid below it until a place below chooses another."""

    __tablename__ = "service_orders_template_choice"
    __table_args__ = (sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]), REFERENCE)

    node_id: Mapped[NodeId] = mapped_column(primary_key=True, autoincrement=False)
    template_code: Mapped[str] = mapped_column(sa.String(24))
    chosen_by_id: Mapped[IdColumn]
    chosen_at: Mapped[Instant]


class OrderCategory(LedgerKey, Base):
    """What kind of thing is asked for, who takes it, by when, and what it counts as (T8, T12).

    `credit_category_code`: the points category of the volunteers' work; NULL earns nothing.
    `is_hard`: a 难题 of the reports.
    """

    __tablename__ = "service_orders_category"
    __table_args__ = (
        one_of("handler_kind", *HANDLER_KINDS),
        sa.CheckConstraint("due_hours BETWEEN 1 AND 8760", name="due_hours_in_range"),
        BY_LEDGER,
    )

    code: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(32))
    handler_kind: Mapped[str] = mapped_column(sa.String(12))
    due_hours: Mapped[int]
    credit_category_code: Mapped[str | None] = mapped_column(sa.String(32))
    is_hard: Mapped[bool]
    is_open: Mapped[bool]


class Order(LedgerRow, Base):
    """One order (诉求). `step_no` is the last step taken, counted from 1; what was said is sealed.

    `requester_id` is a member; NULL: entered by staff for somebody who is none, or imported.
    """

    __tablename__ = "service_orders_order"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        sa.UniqueConstraint("ledger_id", "external_id"),
        ledger_fk("category_code", "service_orders_category", "code"),
        sa.Index(None, "ledger_id", "node_path", "filed_at"),
        sa.Index(None, "ledger_id", "requester_id"),
        index_where("ix_service_orders_order_open", "ledger_id", "due_at", where="state = 'open'"),
        index_where(
            "ix_service_orders_order_uncredited",
            "ledger_id",
            "finished_at",
            where="credited_at IS NULL",
        ),
        one_of("state", *ORDER_STATES),
        one_of("handler_kind", *HANDLER_KINDS),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name="stars_in_range"),
        sa.CheckConstraint("step_no >= 1", name="step_taken"),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(40))
    external_id: Mapped[str | None] = mapped_column(sa.String(64))
    node_id: Mapped[NodeId]
    node_path: Mapped[str] = mapped_column(PATH_TYPE)
    category_code: Mapped[str] = mapped_column(sa.String(24))
    template_code: Mapped[str] = mapped_column(sa.String(24))
    template_version: Mapped[Small]
    step_no: Mapped[Small]
    state: Mapped[str] = mapped_column(sa.String(12))
    title: Mapped[str] = mapped_column(sa.String(64))
    text_sealed: Mapped[Cipher]
    requester_id: Mapped[UUID | None] = mapped_column(Id())
    filed_by_id: Mapped[IdColumn]
    filed_at: Mapped[Instant]
    due_at: Mapped[Instant]
    handler_kind: Mapped[str] = mapped_column(sa.String(12))
    team_id: Mapped[UUID | None] = mapped_column(Id())
    handler_id: Mapped[UUID | None] = mapped_column(Id())
    escalated_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    rated_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    stars: Mapped[Small | None]
    reopened_count: Mapped[Small]
    credited_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    version: Mapped[int]


class OrderWork(LedgerRow, Base):
    """What one volunteer did for an order, told when it was finished; its grant comes later."""

    __tablename__ = "service_orders_work"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "order_id", "round_no", "member_id"),
        ledger_fk("order_id", "service_orders_order"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes_in_range"),
        BY_LEDGER,
    )

    order_id: Mapped[IdColumn]
    round_no: Mapped[Small]
    member_id: Mapped[IdColumn]
    minutes: Mapped[int]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    grant_id: Mapped[UUID | None] = mapped_column(Id())


class OrderLog(LedgerKey, Base):
    """One line of an order's history, in order; nothing is changed or removed."""

    __tablename__ = "service_orders_log"
    __table_args__ = (
        ledger_fk("order_id", "service_orders_order"),
        one_of("act", *ACTS),
        BY_LEDGER,
    )

    order_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    act: Mapped[str] = mapped_column(sa.String(12))
    step_code: Mapped[str | None] = mapped_column(sa.String(24))
    meaning: Mapped[str | None] = mapped_column(sa.String(12))
    actor_id: Mapped[IdColumn]
    at: Mapped[Instant]


class OrderNote(LedgerKey, Base):
    """What was said with a line of an order's history; blanked when who asked is erased (D47)."""

    __tablename__ = "service_orders_note"
    __table_args__ = (
        ledger_fk("order_id", "service_orders_order"),
        BY_LEDGER,
    )

    order_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note_sealed: Mapped[Cipher]
