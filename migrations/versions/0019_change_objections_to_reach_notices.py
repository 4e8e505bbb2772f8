"""Let objections reach notices.

Why: anyone may object to a public notice, and several members to the same line of it; so the
    kinds grow by one, and "one open objection" is counted per member.
Rows: none changed.
Old code: keeps working; it writes the old kinds, of records that are one member's anyway.
Undo: takes the kind away again; stops while an objection of that kind exists.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import is_postgresql

revision = "0019"
down_revision = "0018"

TABLE, CHECK, INDEX = (
    "people_objection",
    "ck_people_objection_subject_kind_known",
    "uq_people_objection_open",
)
KINDS_BEFORE = "subject_kind IN ('attendance', 'grant', 'redemption')"
KINDS = "subject_kind IN ('attendance', 'grant', 'redemption', 'notice')"


def upgrade() -> None:
    _change(KINDS_BEFORE, KINDS, ("subject_kind", "subject_id", "member_id"))


def downgrade() -> None:
    _change(KINDS, KINDS_BEFORE, ("subject_kind", "subject_id"))


def _change(before: str, after: str, unique: tuple[str, ...]) -> None:
    op.drop_index(INDEX, TABLE)
    if is_postgresql():
        op.drop_constraint(op.f(CHECK), TABLE, type_="check")
        op.create_check_constraint(op.f(CHECK), TABLE, after)
    else:
        with op.batch_alter_table(TABLE, copy_from=_table(before)) as batch:
            batch.drop_constraint(op.f(CHECK), type_="check")
            batch.create_check_constraint(op.f(CHECK), after)
    op.create_index(
        INDEX,
        TABLE,
        ["ledger_id", *unique],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _table(kinds: str) -> sa.Table:
    """The table as SQLite is to copy it: it cannot change a CHECK in place."""
    return sa.Table(
        TABLE,
        sa.MetaData(),
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", Id(), nullable=False),
        sa.Column("recorder_id", Id(), nullable=False),
        sa.Column("claim", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("raised_by_id", Id(), nullable=False),
        sa.Column("answered_by_id", Id(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'rejected', 'withdrawn')",
            name=op.f("ck_people_objection_state_known"),
        ),
        sa.CheckConstraint(
            kinds,
            name=op.f("ck_people_objection_subject_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_objection_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_objection")),
    )
