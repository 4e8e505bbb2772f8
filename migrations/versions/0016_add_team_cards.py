"""Add team cards and team areas.

Why: a team shows on one public page what it does, where, and how to reach it by a role's
    phone. Off until staff open it.
Rows: none changed.
Old code: keeps working; it reads neither table.
Undo: drops the cards and the areas.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import spread

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "people_team_card",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", Id(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("work", sa.String(length=200), nullable=False),
        sa.Column("reach", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", Id(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "team_id"],
            ["people_team.ledger_id", "people_team.id"],
            name=op.f("fk_people_team_card_ledger_id_team_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "team_id", name=op.f("pk_people_team_card")),
    )
    spread("people_team_card", "ledger_id")
    op.create_table(
        "people_team_area",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "team_id"],
            ["people_team.ledger_id", "people_team.id"],
            name=op.f("fk_people_team_area_ledger_id_team_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_people_team_area_node_id")
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "team_id", "node_id", name=op.f("pk_people_team_area")
        ),
    )
    spread("people_team_area", "ledger_id")


def downgrade() -> None:
    op.drop_table("people_team_area")
    op.drop_table("people_team_card")
