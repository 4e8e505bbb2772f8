"""Create teams and alliances.

Why: who serves together; leaving keeps the history, so stays are rows of their own.
Rows: none changed.
Old code: keeps working; nothing reads these tables yet.
Undo: drops every team.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id
from migrations.house import spread

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "people_alliance",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_people_alliance_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_alliance")),
        sa.UniqueConstraint(
            "ledger_id", "node_id", "name", name=op.f("uq_people_alliance_ledger_id_node_id_name")
        ),
    )
    spread("people_alliance", "ledger_id")
    op.create_table(
        "people_team",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("lead_body", sa.String(length=64), nullable=False),
        sa.Column("contact_role", sa.String(length=64), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_people_team_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_team")),
        sa.UniqueConstraint(
            "ledger_id", "node_id", "name", name=op.f("uq_people_team_ledger_id_node_id_name")
        ),
    )
    spread("people_team", "ledger_id")
    op.create_table(
        "people_alliance_team",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alliance_id", Id(), nullable=False),
        sa.Column("team_id", Id(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("agreed_by_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "alliance_id"],
            ["people_alliance.ledger_id", "people_alliance.id"],
            name=op.f("fk_people_alliance_team_ledger_id_alliance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "team_id"],
            ["people_team.ledger_id", "people_team.id"],
            name=op.f("fk_people_alliance_team_ledger_id_team_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "alliance_id", "team_id", "joined_on", name=op.f("pk_people_alliance_team")
        ),
    )
    spread("people_alliance_team", "ledger_id")
    op.create_table(
        "people_team_alias",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", Id(), nullable=False),
        sa.Column("alias", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "team_id"],
            ["people_team.ledger_id", "people_team.id"],
            name=op.f("fk_people_team_alias_ledger_id_team_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "team_id", "alias", name=op.f("pk_people_team_alias")),
    )
    spread("people_team_alias", "ledger_id")
    op.create_table(
        "people_team_member",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role IN ('member', 'leader')", name=op.f("ck_people_team_member_role_known")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_team_member_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "team_id"],
            ["people_team.ledger_id", "people_team.id"],
            name=op.f("fk_people_team_member_ledger_id_team_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "team_id", "member_id", "joined_on", name=op.f("pk_people_team_member")
        ),
    )
    spread("people_team_member", "ledger_id")
    op.create_index(
        op.f("ix_people_team_member_ledger_id_member_id"),
        "people_team_member",
        ["ledger_id", "member_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("people_team_member")
    op.drop_table("people_team_alias")
    op.drop_table("people_alliance_team")
    op.drop_table("people_team")
    op.drop_table("people_alliance")
