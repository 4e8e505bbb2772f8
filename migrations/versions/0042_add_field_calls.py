"""Add the calls between the field and the desk.

Why: what a worker calls in and what the desk sends out stay open until they are answered
    (T13); a call and an order may be shown by photos.
Rows: none changed; the table is new.
Old code: keeps working; it writes photos of the old kinds and does not know the table.
Undo: refused once a call was sent; else drops the table.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import is_postgresql, refuse_if_filled, spread

revision = "0042"
down_revision = "0041"

PATH_TYPE = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
PHOTO, PHOTO_CHECK = "points_photo", "ck_points_photo_subject_kind_known"
KINDS_BEFORE = "subject_kind IN ('backfill', 'objection', 'application')"
KINDS = "subject_kind IN ('backfill', 'objection', 'application', 'order', 'field_call')"


def upgrade() -> None:
    op.create_table(
        "service_orders_field_call",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("node_path", PATH_TYPE, nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("spot_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sent_by_id", Id(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.Column("answered_by_id", Id(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("order_id", Id(), nullable=True),
        sa.CheckConstraint(
            "direction IN ('to_desk', 'to_field')",
            name=op.f("ck_service_orders_field_call_direction_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_service_orders_field_call_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "order_id"],
            ["service_orders_order.ledger_id", "service_orders_order.id"],
            name=op.f("fk_service_orders_field_call_ledger_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_service_orders_field_call")),
        sa.UniqueConstraint(
            "ledger_id", "number", name=op.f("uq_service_orders_field_call_ledger_id_number")
        ),
    )
    spread("service_orders_field_call", "ledger_id")
    op.create_index(
        op.f("ix_service_orders_field_call_ledger_id_node_path_sent_at"),
        "service_orders_field_call",
        ["ledger_id", "node_path", "sent_at"],
    )
    op.create_index(
        op.f("ix_service_orders_field_call_ledger_id_member_id"),
        "service_orders_field_call",
        ["ledger_id", "member_id"],
    )
    op.create_index(
        "ix_service_orders_field_call_unanswered",
        "service_orders_field_call",
        ["ledger_id", "sent_at"],
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    _change_photos(KINDS_BEFORE, KINDS)


def downgrade() -> None:
    refuse_if_filled("service_orders_field_call")
    _change_photos(KINDS, KINDS_BEFORE)
    op.drop_table("service_orders_field_call")


def _change_photos(before: str, after: str) -> None:
    if is_postgresql():
        op.drop_constraint(op.f(PHOTO_CHECK), PHOTO, type_="check")
        op.create_check_constraint(op.f(PHOTO_CHECK), PHOTO, after)
        return
    with op.batch_alter_table(PHOTO, copy_from=_photo(before)) as batch:
        batch.drop_constraint(op.f(PHOTO_CHECK), type_="check")
        batch.create_check_constraint(op.f(PHOTO_CHECK), after)


def _photo(kinds: str) -> sa.Table:
    """The table as SQLite is to copy it: it cannot change a CHECK in place."""
    table = sa.Table(
        PHOTO,
        sa.MetaData(),
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", Id(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(kinds, name=op.f(PHOTO_CHECK)),
        sa.CheckConstraint(
            "ordinal BETWEEN 1 AND 3", name=op.f("ck_points_photo_ordinal_sensible")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_photo_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_photo")),
        sa.UniqueConstraint(
            "ledger_id",
            "subject_kind",
            "subject_id",
            "ordinal",
            name=op.f("uq_points_photo_ledger_id_subject_kind_subject_id_ordinal"),
        ),
    )
    sa.Index(op.f("ix_points_photo_ledger_id_member_id"), table.c.ledger_id, table.c.member_id)
    sa.Index(op.f("ix_points_photo_ledger_id_sha256"), table.c.ledger_id, table.c.sha256)
    return table
