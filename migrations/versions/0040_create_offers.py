"""Create the offers of merchants, their uses, and the groups of members they are meant for.

Why: merchants offer members of a group something for no points; each use is a row and posts
    nothing; the uses are counted by month (M1, L9).
Rows: none changed; the tables are new.
Old code: keeps working; it does not know the tables.
Undo: refused once an offer exists or a member is in a group; else drops the tables.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.create_table(
        "people_member_group",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("group_code", sa.String(length=16), nullable=False),
        sa.Column("said_by_id", Id(), nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "group_code IN ('新就业群体', '长者')",
            name=op.f("ck_people_member_group_group_code_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_member_group_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id", "member_id", "group_code", name=op.f("pk_people_member_group")
        ),
    )
    spread("people_member_group", "ledger_id")
    op.create_table(
        "mall_offer",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("merchant_id", Id(), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("terms", sa.String(length=200), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=True),
        sa.Column("person_period_max", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("goods_id", Id(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("made_by_id", Id(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'ended')", name=op.f("ck_mall_offer_state_known")),
        sa.CheckConstraint("person_period_max > 0", name=op.f("ck_mall_offer_person_max_positive")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "merchant_id"],
            ["mall_merchant.ledger_id", "mall_merchant.id"],
            name=op.f("fk_mall_offer_ledger_id_merchant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "goods_id"],
            ["mall_goods.ledger_id", "mall_goods.id"],
            name=op.f("fk_mall_offer_ledger_id_goods_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_mall_offer")),
        sa.UniqueConstraint("ledger_id", "number", name=op.f("uq_mall_offer_ledger_id_number")),
    )
    spread("mall_offer", "ledger_id")
    op.create_index(
        op.f("ix_mall_offer_ledger_id_merchant_id"), "mall_offer", ["ledger_id", "merchant_id"]
    )
    op.create_table(
        "mall_offer_use",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("offer_id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("door", sa.String(length=8), nullable=False),
        sa.Column("recorded_by_id", Id(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "door IN ('code', 'own', 'list')", name=op.f("ck_mall_offer_use_door_known")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "offer_id"],
            ["mall_offer.ledger_id", "mall_offer.id"],
            name=op.f("fk_mall_offer_use_ledger_id_offer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_mall_offer_use_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            *("ledger_id", "offer_id", "member_id", "used_on", "ordinal"),
            name=op.f("pk_mall_offer_use"),
        ),
    )
    spread("mall_offer_use", "ledger_id")
    op.create_index(
        op.f("ix_mall_offer_use_ledger_id_period_offer_id"),
        "mall_offer_use",
        ["ledger_id", "period", "offer_id"],
    )


def downgrade() -> None:
    for table in ("people_member_group", "mall_offer"):
        refuse_if_filled(table)
    for table in ("mall_offer_use", "mall_offer", "people_member_group"):
        op.drop_table(table)
