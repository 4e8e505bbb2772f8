"""Tables of the four lists (四张清单): needs, joint projects, resources, posts; their links (T4).

One row belongs to one list; a link joins two rows of different lists, and is seen from both.
"""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
    Amount,
    Base,
    Id,
    IdColumn,
    Instant,
    LedgerKey,
    LedgerRow,
    NodeId,
    ledger_fk,
    one_of,
)
from app.community.models import PATH_TYPE

LISTS = ("need", "project", "resource", "post")
"""需求清单 · 共建项目清单 · 资源清单 · 在职党员岗位清单."""

ENTRY_STATES = ("open", "matched", "done", "withdrawn")
"""待对接 · 已对接 · 已完成 · 已撤回."""


class RegisterEntry(LedgerRow, Base):
    """One row of one of the four lists: whose, where, until when, how far it is."""

    __tablename__ = "service_orders_register_entry"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "number"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["community_unit.id"]),
        one_of("list_code", *LISTS),
        one_of("state", *ENTRY_STATES),
        sa.Index("ix_service_orders_register_entry_list", "ledger_id", "list_code", "node_path"),
        BY_LEDGER,
    )

    number: Mapped[str] = mapped_column(sa.String(40))
    list_code: Mapped[str] = mapped_column(sa.String(8))
    title: Mapped[str] = mapped_column(sa.String(64))
    text: Mapped[str] = mapped_column(sa.String(500))
    unit_id: Mapped[Amount | None]
    node_id: Mapped[NodeId]
    node_path: Mapped[str] = mapped_column(PATH_TYPE)
    state: Mapped[str] = mapped_column(sa.String(10))
    due_on: Mapped[date | None]
    made_by_id: Mapped[IdColumn]
    made_at: Mapped[Instant]
    version: Mapped[int]


class RegisterLink(LedgerKey, Base):
    """Two rows of different lists that belong together; written once, the smaller id first."""

    __tablename__ = "service_orders_register_link"
    __table_args__ = (
        ledger_fk("one_id", "service_orders_register_entry"),
        ledger_fk("other_id", "service_orders_register_entry"),
        sa.CheckConstraint("one_id < other_id", name="written_once"),
        sa.Index(None, "ledger_id", "other_id"),
        BY_LEDGER,
    )

    one_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    linked_by_id: Mapped[IdColumn]
    linked_at: Mapped[Instant]
