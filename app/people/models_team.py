"""Tables of teams (志愿服务队): aliases, members, public cards; and alliances (近邻志愿同盟)."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LEDGER,
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


class Team(LedgerRow, Base):
    """A volunteer team, with its lead body (牵头单位) and a contact by role, not by person."""

    __tablename__ = "people_team"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "node_id", "name"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        BY_LEDGER,
    )

    node_id: Mapped[NodeId]
    name: Mapped[str] = mapped_column(sa.String(64))
    kind: Mapped[str] = mapped_column(sa.String(24))
    lead_body: Mapped[str] = mapped_column(sa.String(64))
    contact_role: Mapped[str | None] = mapped_column(sa.String(64))
    closed_on: Mapped[date | None]


class TeamAlias(LedgerKey, Base):
    """Another spelling by which a team is found (畚乡枫警 for 畲乡枫警)."""

    __tablename__ = "people_team_alias"
    __table_args__ = (ledger_fk("team_id", "people_team"), BY_LEDGER)

    team_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    alias: Mapped[str] = mapped_column(sa.String(64), primary_key=True)


class TeamMember(LedgerKey, Base):
    """One stay of a member in a team; a person may be in several teams."""

    __tablename__ = "people_team_member"
    __table_args__ = (
        ledger_fk("team_id", "people_team"),
        ledger_fk("member_id", "people_member"),
        sa.Index(None, "ledger_id", "member_id"),
        one_of("role", "member", "leader"),
        BY_LEDGER,
    )

    team_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    joined_on: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(12))
    left_on: Mapped[date | None]


class Alliance(LedgerRow, Base):
    """A union of teams under one community that sees one pool of activities (C1)."""

    __tablename__ = "people_alliance"
    __table_args__ = (
        sa.UniqueConstraint("ledger_id", "node_id", "name"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        BY_LEDGER,
    )

    node_id: Mapped[NodeId]
    name: Mapped[str] = mapped_column(sa.String(64))


class AllianceTeam(LedgerKey, Base):
    """One stay of a team in an alliance; leaving keeps the history."""

    __tablename__ = "people_alliance_team"
    __table_args__ = (
        ledger_fk("alliance_id", "people_alliance"),
        ledger_fk("team_id", "people_team"),
        BY_LEDGER,
    )

    alliance_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    team_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    joined_on: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    left_on: Mapped[date | None]
    agreed_by_id: Mapped[IdColumn]


class TeamCard(LedgerKey, Base):
    """A team's public card (队伍名片): what it does, how to reach it, by a role's phone."""

    __tablename__ = "people_team_card"
    __table_args__ = (ledger_fk("team_id", "people_team"), BY_LEDGER)

    team_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    is_open: Mapped[bool]
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    work: Mapped[str] = mapped_column(sa.String(200))
    reach: Mapped[str] = mapped_column(sa.String(200))
    version: Mapped[int]
    changed_by_id: Mapped[IdColumn]
    changed_at: Mapped[Instant]


class TeamArea(LedgerKey, Base):
    """A grid or 小区 that a team looks after; together they are the team's area."""

    __tablename__ = "people_team_area"
    __table_args__ = (
        ledger_fk("team_id", "people_team"),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        BY_LEDGER,
    )

    team_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    node_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
