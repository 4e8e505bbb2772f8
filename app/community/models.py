"""Places: the org tree, its settings, venues and units. All reference data.

Node kinds are rows, not code, so a tree may be of any depth (O1–O5): 省 市 县区
街道 乡镇 社区 村 小区 片区 网格 楼栋 中心户.
"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import REFERENCE, Amount, Base, Instant, NodeId, Small, one_of, unique_where
from app.community.models_figure import Figure, FigureKind, FigureWithdrawal
from app.community.models_term import TERM_KINDS, Term
from app.community.models_zone import ZoneMember

__all__ = ["TERM_KINDS", "Figure", "FigureKind", "FigureWithdrawal", "Term", "ZoneMember"]

PATH_TYPE = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
"""A path compares by bytes on every database, so that a prefix is a range."""


AGREEMENT_KINDS = ("joint", "pairing", "claim")
"""共建协议 · 结对 · 认领楼栋、网格."""


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
    """A place where activities are held (阵地): station, hall, yard.

    `parent_id` is the centre that a station belongs to (1 + N, O15); `opening` says in
    words when it is open.
    """

    __tablename__ = "community_venue"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.ForeignKeyConstraint(["parent_id"], ["community_venue.id"]),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent_another"),
        sa.Index(None, "node_id"),
        REFERENCE,
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    node_id: Mapped[NodeId]
    kind: Mapped[str] = mapped_column(sa.String(24))
    name: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str | None] = mapped_column(sa.String(200))
    parent_id: Mapped[Amount | None]
    opening: Mapped[str | None] = mapped_column(sa.String(80))
    closed_on: Mapped[date | None]


class VenueTag(Base):
    """What a venue has (饮水, 充电, 热饭 …) or is for (协商议事 …)."""

    __tablename__ = "community_venue_tag"
    __table_args__ = (
        sa.ForeignKeyConstraint(["venue_id"], ["community_venue.id"]),
        REFERENCE,
    )

    venue_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    tag: Mapped[str] = mapped_column(sa.String(16), primary_key=True)


class VenueAlias(Base):
    """Another name by which people find a venue (近邻红色驿站 for a 近邻驿站)."""

    __tablename__ = "community_venue_alias"
    __table_args__ = (
        sa.ForeignKeyConstraint(["venue_id"], ["community_venue.id"]),
        REFERENCE,
    )

    venue_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(64), primary_key=True)


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


class Agreement(Base):
    """What a unit and a place agreed: to build together (共建), a pair (结对), a claim (认领).

    It runs from `begins_on` to `ends_on`, or until `ended_on` if that came earlier. A
    building or grid is claimed by one unit at a time (T18).
    """

    __tablename__ = "community_agreement"
    __table_args__ = (
        sa.ForeignKeyConstraint(["unit_id"], ["community_unit.id"]),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        one_of("kind", *AGREEMENT_KINDS),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= begins_on", name="ends_later"),
        sa.Index(None, "node_id"),
        sa.Index(None, "unit_id"),
        unique_where(
            "uq_community_agreement_claim", "node_id", where="kind = 'claim' AND ended_on IS NULL"
        ),
        REFERENCE,
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    unit_id: Mapped[Amount]
    node_id: Mapped[NodeId]
    kind: Mapped[str] = mapped_column(sa.String(8))
    title: Mapped[str] = mapped_column(sa.String(80))
    standard: Mapped[str | None] = mapped_column(sa.String(32))
    begins_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str | None] = mapped_column(sa.String(200))
    made_at: Mapped[Instant]
