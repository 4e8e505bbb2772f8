"""Places: the org tree, its settings, venues and units. All reference data.

Node kinds are rows, not code, so a tree may be of any depth (O1–O5): 省 市 县区
街道 乡镇 社区 村 小区 片区 网格 楼栋 中心户.
"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import REFERENCE, Amount, Base, Instant, NodeId, Small
from app.community.models_figure import Figure, FigureKind
from app.community.models_zone import ZoneMember

__all__ = ["Figure", "FigureKind", "ZoneMember"]

PATH_TYPE = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
"""A path compares by bytes on every database, so that a prefix is a range."""


class Kind(Base):
    """A kind of node, with its label in both languages."""

    __tablename__ = "community_kind"
    __table_args__ = REFERENCE

    code: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    label_zh: Mapped[str] = mapped_column(sa.String(16))
    label_en: Mapped[str] = mapped_column(sa.String(32))
    is_official: Mapped[bool]


class Node(Base):
    """A place in the tree. `path` is `/1/17/203/`: ids from the root down to itself.

    `code` is the official division code, or the grid's unified code (O6).
    `name` is the official name, `short_name` what people say.
    """

    __tablename__ = "community_node"
    __table_args__ = (
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("path"),
        sa.UniqueConstraint("external_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["community_node.id"]),
        sa.ForeignKeyConstraint(["kind_code"], ["community_kind.code"]),
        sa.Index(None, "parent_id"),
        sa.Index(None, "short_name"),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent_another"),
        REFERENCE,
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    parent_id: Mapped[Amount | None]
    kind_code: Mapped[str] = mapped_column(sa.String(16))
    code: Mapped[str] = mapped_column(sa.String(32))
    name: Mapped[str] = mapped_column(sa.String(64))
    short_name: Mapped[str] = mapped_column(sa.String(64))
    path: Mapped[str] = mapped_column(PATH_TYPE)
    depth: Mapped[Small]
    household_count: Mapped[int | None]
    resident_count: Mapped[int | None]
    external_id: Mapped[str | None] = mapped_column(sa.String(64))
    closed_on: Mapped[date | None]


class Setting(Base):
    """A rule's number, set at a node and valid below it until set again.

    The names, types, bounds and defaults are in `community.settings`.
    """

    __tablename__ = "community_setting"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        REFERENCE,
    )

    node_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(48), primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON)
    set_at: Mapped[Instant]


class Venue(Base):
    """A place where activities are held (阵地): station, hall, yard."""

    __tablename__ = "community_venue"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.Index(None, "node_id"),
        REFERENCE,
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    node_id: Mapped[NodeId]
    kind: Mapped[str] = mapped_column(sa.String(24))
    name: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str | None] = mapped_column(sa.String(200))


class Unit(Base):
    """An organisation that works with a community: co-organiser, partner, employer."""

    __tablename__ = "community_unit"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.UniqueConstraint("node_id", "name"),
        REFERENCE,
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    node_id: Mapped[NodeId]
    kind: Mapped[str] = mapped_column(sa.String(24))
    name: Mapped[str] = mapped_column(sa.String(64))
    partner_class: Mapped[str | None] = mapped_column(sa.String(24))
