"""Create kinds of duty and the duties that people hold.

Why: who may report, take orders or rate, and who is paid for it and so earns nothing, is
    data of a place (O8, O10, T27, S9, K9, K10).
Rows: the kinds of duty are entered; others none.
Old code: keeps working after this; it does not know the tables.
Undo: refused once a duty was given; else drops the tables.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id
from migrations.house import refuse_if_filled, spread

revision = "0025"
down_revision = "0024"

KINDS = (
    ("grid_chief", "网格长", "grid leader", "lead,patrol,report", "either", "grid", True),
    ("grid_full", "专职网格员", "full-time grid worker", "dispatch,patrol,visit,report", "always",
     "grid", True),
    ("grid_part", "兼职网格员", "part-time grid worker", "patrol,visit,report", "never", "grid",
     False),
    ("grid_roving", "流动网格员", "roving grid worker", "report", "never", None, False),
    ("steward", "红管家", "steward", "take_orders,report", "either", None, False),
    ("building_head", "楼栋长", "head of a building", "visit,report", "never", None, False),
    ("lane_head", "巷道长", "head of a lane", "visit,report", "never", None, False),
    ("stair_head", "单元长", "head of a staircase", "visit,report", "never", None, False),
    ("silver_pioneer", "银发先锋", "silver pioneer", "mediate,publicise", "never", None, False),
    ("elder_reviewer", "长者评议员", "elder reviewer", "rate", "never", None, False),
    ("able_neighbour", "小区能人", "able neighbour", "take_orders,mediate", "never", None, False),
    ("silver_adviser", "银龄顾问", "silver adviser", "advise,mediate", "never", None, False),
    ("mediator", "调解员", "mediator", "mediate", "either", None, False),
    ("publicist", "宣传员", "publicist", "publicise", "never", None, False),
    ("legal_four", "三官一律", "judge, prosecutor, police or lawyer", "mediate,advise", "either",
     None, False),
)  # fmt: skip


def upgrade() -> None:
    kinds = op.create_table(
        "people_duty_kind",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("label_zh", sa.String(length=16), nullable=False),
        sa.Column("label_en", sa.String(length=40), nullable=False),
        sa.Column("may", sa.String(length=120), nullable=False),
        sa.Column("pay", sa.String(length=8), nullable=False),
        sa.Column("place_kind", sa.String(length=16), nullable=True),
        sa.Column("is_single", sa.Boolean(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "pay IN ('never', 'always', 'either')", name=op.f("ck_people_duty_kind_pay_known")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_people_duty_kind")),
    )
    spread("people_duty_kind", None)
    op.create_table(
        "people_duty",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("kind_code", sa.String(length=24), nullable=False),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.Column("is_single", sa.Boolean(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("given_by_id", Id(), nullable=False),
        sa.Column("ended_by_id", Id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["kind_code"], ["people_duty_kind.code"], name=op.f("fk_people_duty_kind_code")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_duty_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_people_duty_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_duty")),
    )
    spread("people_duty", "ledger_id")
    op.create_index(
        op.f("ix_people_duty_ledger_id_member_id"),
        "people_duty",
        ["ledger_id", "member_id"],
        unique=False,
    )
    for name, columns, where in (
        (
            "uq_people_duty_live",
            ["ledger_id", "member_id", "node_id", "kind_code"],
            "ended_on IS NULL",
        ),
        (
            "uq_people_duty_single",
            ["ledger_id", "node_id", "kind_code"],
            "is_single AND ended_on IS NULL",
        ),
    ):
        op.create_index(
            name,
            "people_duty",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    names = ("code", "label_zh", "label_en", "may", "pay", "place_kind", "is_single")
    op.bulk_insert(
        kinds,
        [{**dict(zip(names, row, strict=True)), "ordinal": at} for at, row in enumerate(KINDS, 1)],
    )


def downgrade() -> None:
    refuse_if_filled("people_duty")
    op.drop_table("people_duty")
    op.drop_table("people_duty_kind")
