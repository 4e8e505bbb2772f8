"""Create sightings, and let grants come of them.

Why: who reports what they see, with a photo, earns by the piece once staff accepted it (T26).
Rows: none changed; the table is new, and one kind more may be the source of a grant.
Old code: keeps working; it writes the old kinds.
Undo: refused once there was a sighting; else drops the table and takes the kind away.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0031"
down_revision = "0030"

PATH_TYPE = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
SOURCES = ("attendance", "manual", "backfill", "opening", "order", "claim", "exchange")
CHECK = "ck_points_grant_source_kind_known"


def upgrade() -> None:
    _know((*SOURCES, "sighting"))
    op.create_table(
        "service_orders_sighting",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("node_path", PATH_TYPE, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("words_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("photo_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("photo_sha256", sa.LargeBinary(length=32), nullable=True),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_by_id", Id(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("grant_id", Id(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('hazard', 'facility', 'litter', 'parking', 'other')",
            name=op.f("ck_service_orders_sighting_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'refused')",
            name=op.f("ck_service_orders_sighting_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_service_orders_sighting_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_service_orders_sighting")),
        sa.UniqueConstraint(
            "ledger_id", "number", name=op.f("uq_service_orders_sighting_ledger_id_number")
        ),
    )
    spread("service_orders_sighting", "ledger_id")
    for columns in (["node_path", "state"], ["member_id"], ["photo_sha256"]):
        name = "_".join(["ix_service_orders_sighting_ledger_id", *columns])
        op.create_index(
            op.f(name), "service_orders_sighting", ["ledger_id", *columns], unique=False
        )


def downgrade() -> None:
    refuse_if_filled("service_orders_sighting")
    op.drop_table("service_orders_sighting")
    _know(SOURCES)


def _know(sources: tuple[str, ...]) -> None:
    listed = ", ".join(repr(source) for source in sources)
    with op.batch_alter_table("points_grant") as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.create_check_constraint(op.f(CHECK), f"source_kind IN ({listed})")
