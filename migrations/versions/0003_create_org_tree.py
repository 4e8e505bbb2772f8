"""Create the org tree, its settings, venues and units.

Why: places, grids and what is set for them; kinds of node are rows, so that a tree may
    have any depth and any local names (O1-O6).
Rows: none changed.
Old code: keeps working; nothing reads these tables yet.
Undo: drops the tree.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import UTCDateTime
from migrations.house import spread

revision = "0003"
down_revision = "0002"
PATH = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
KINDS = (
    ("province", "省", "province", True),
    ("city", "市", "city", True),
    ("county", "县区", "county or district", True),
    ("zone", "开发区", "development zone", True),
    ("subdistrict", "街道", "subdistrict", True),
    ("township", "乡镇", "township", True),
    ("community", "社区", "community", True),
    ("village", "村", "village", True),
    ("estate", "小区", "estate", False),
    ("area", "片区", "area", False),
    ("grid", "网格", "grid", False),
    ("building", "楼栋", "building", False),
    ("hub_household", "中心户", "hub household", False),
    ("unknown", "未写明", "not stated", False),
)


def upgrade() -> None:
    kinds = op.create_table(
        "community_kind",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("label_zh", sa.String(length=16), nullable=False),
        sa.Column("label_en", sa.String(length=32), nullable=False),
        sa.Column("is_official", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_community_kind")),
    )
    spread("community_kind", None)
    op.create_table(
        "community_node",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("kind_code", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("short_name", sa.String(length=64), nullable=False),
        sa.Column("path", PATH, nullable=False),
        sa.Column("depth", sa.SmallInteger(), nullable=False),
        sa.Column("household_count", sa.Integer(), nullable=True),
        sa.Column("resident_count", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "parent_id IS NULL OR parent_id <> id", name=op.f("ck_community_node_parent_another")
        ),
        sa.ForeignKeyConstraint(
            ["kind_code"], ["community_kind.code"], name=op.f("fk_community_node_kind_code")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["community_node.id"], name=op.f("fk_community_node_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_node")),
        sa.UniqueConstraint("code", name=op.f("uq_community_node_code")),
        sa.UniqueConstraint("external_id", name=op.f("uq_community_node_external_id")),
        sa.UniqueConstraint("path", name=op.f("uq_community_node_path")),
    )
    spread("community_node", None)
    op.create_index(
        op.f("ix_community_node_parent_id"), "community_node", ["parent_id"], unique=False
    )
    op.create_index(
        op.f("ix_community_node_short_name"), "community_node", ["short_name"], unique=False
    )
    op.create_table(
        "community_setting",
        sa.Column("node_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_community_setting_node_id")
        ),
        sa.PrimaryKeyConstraint("node_id", "name", name=op.f("pk_community_setting")),
    )
    spread("community_setting", None)
    op.create_table(
        "community_unit",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("partner_class", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_community_unit_node_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_unit")),
        sa.UniqueConstraint("node_id", "name", name=op.f("uq_community_unit_node_id_name")),
    )
    spread("community_unit", None)
    op.create_table(
        "community_venue",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_community_venue_node_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_venue")),
    )
    spread("community_venue", None)
    op.create_index(
        op.f("ix_community_venue_node_id"), "community_venue", ["node_id"], unique=False
    )
    op.bulk_insert(
        kinds,
        [
            {"code": code, "label_zh": zh, "label_en": en, "is_official": official}
            for code, zh, en, official in KINDS
        ],
    )


def downgrade() -> None:
    op.drop_table("community_venue")
    op.drop_table("community_unit")
    op.drop_table("community_setting")
    op.drop_table("community_node")
    op.drop_table("community_kind")
