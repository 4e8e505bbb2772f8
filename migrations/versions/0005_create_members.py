"""Create members: cards, codes, households, inbox, objections, audit.

Why: a person inside one book, with the public number, the card and the one-time codes;
    the audit trail is append-only.
Rows: none changed.
Old code: keeps working; nothing reads these tables yet.
Undo: drops every membership and the audit trail; refused as soon as one exists.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import append_only, not_append_only, refuse_if_filled, spread

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "people_audit",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("actor_id", Id(), nullable=False),
        sa.Column("on_behalf_id", Id(), nullable=True),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("subject_kind", sa.String(length=24), nullable=False),
        sa.Column("subject_id", Id(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("happened_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_audit")),
    )
    spread("people_audit", "ledger_id")
    op.create_index(
        op.f("ix_people_audit_ledger_id_actor_id_happened_at"),
        "people_audit",
        ["ledger_id", "actor_id", "happened_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_people_audit_ledger_id_subject_id"),
        "people_audit",
        ["ledger_id", "subject_id"],
        unique=False,
    )
    op.create_table(
        "people_member",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("volunteer_no", sa.String(length=40), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("name_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("name_masked", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("joined_by_id", Id(), nullable=False),
        sa.Column("merged_into_id", Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'merged', 'left', 'erased')",
            name=op.f("ck_people_member_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "merged_into_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_member_ledger_id_merged_into_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_people_member_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_member")),
        sa.UniqueConstraint(
            "ledger_id", "external_id", name=op.f("uq_people_member_ledger_id_external_id")
        ),
        sa.UniqueConstraint(
            "ledger_id", "person_id", name=op.f("uq_people_member_ledger_id_person_id")
        ),
        sa.UniqueConstraint(
            "ledger_id", "volunteer_no", name=op.f("uq_people_member_ledger_id_volunteer_no")
        ),
    )
    spread("people_member", "ledger_id")
    op.create_index(
        op.f("ix_people_member_ledger_id_node_id"),
        "people_member",
        ["ledger_id", "node_id"],
        unique=False,
    )
    op.create_table(
        "people_card",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("card_no", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("token_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("batch", sa.String(length=24), nullable=True),
        sa.Column("replaces_id", Id(), nullable=True),
        sa.Column("issued_by_id", Id(), nullable=False),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'lost', 'replaced', 'cancelled')",
            name=op.f("ck_people_card_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_card_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "replaces_id"],
            ["people_card.ledger_id", "people_card.id"],
            name=op.f("fk_people_card_ledger_id_replaces_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_card")),
        sa.UniqueConstraint("ledger_id", "card_no", name=op.f("uq_people_card_ledger_id_card_no")),
        sa.UniqueConstraint(
            "ledger_id", "replaces_id", name=op.f("uq_people_card_ledger_id_replaces_id")
        ),
        sa.UniqueConstraint(
            "ledger_id", "token_hash", name=op.f("uq_people_card_ledger_id_token_hash")
        ),
    )
    spread("people_card", "ledger_id")
    op.create_index(
        "uq_people_card_active",
        "people_card",
        ["ledger_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "people_code",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("digits_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("used_by_id", Id(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('attend', 'redeem', 'confirm')", name=op.f("ck_people_code_purpose_known")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_code_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "code_hash", name=op.f("pk_people_code")),
        sa.UniqueConstraint(
            "ledger_id", "digits_hash", name=op.f("uq_people_code_ledger_id_digits_hash")
        ),
    )
    spread("people_code", "ledger_id")
    op.create_index(
        op.f("ix_people_code_ledger_id_member_id"),
        "people_code",
        ["ledger_id", "member_id"],
        unique=False,
    )
    op.create_table(
        "people_household",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("head_member_id", Id(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_id", "head_member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_household_ledger_id_head_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_people_household_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_household")),
    )
    spread("people_household", "ledger_id")
    op.create_table(
        "people_merge",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("old_member_id", Id(), nullable=False),
        sa.Column("kept_member_id", Id(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("requested_by_id", Id(), nullable=False),
        sa.Column("requested_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by_id", Id(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'refused')",
            name=op.f("ck_people_merge_state_known"),
        ),
        sa.CheckConstraint(
            "old_member_id <> kept_member_id", name=op.f("ck_people_merge_two_members")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "kept_member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_merge_ledger_id_kept_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "old_member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_merge_ledger_id_old_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_merge")),
    )
    spread("people_merge", "ledger_id")
    op.create_table(
        "people_message",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("natural_key", sa.String(length=120), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_message_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_message")),
        sa.UniqueConstraint(
            "ledger_id", "natural_key", name=op.f("uq_people_message_ledger_id_natural_key")
        ),
    )
    spread("people_message", "ledger_id")
    op.create_index(
        op.f("ix_people_message_ledger_id_member_id_sent_at"),
        "people_message",
        ["ledger_id", "member_id", "sent_at"],
        unique=False,
    )
    op.create_table(
        "people_objection",
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
            "subject_kind IN ('attendance', 'grant', 'redemption')",
            name=op.f("ck_people_objection_subject_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_objection_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_people_objection")),
    )
    spread("people_objection", "ledger_id")
    op.create_index(
        "uq_people_objection_open",
        "people_objection",
        ["ledger_id", "subject_kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "people_household_member",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ledger_id", "household_id"],
            ["people_household.ledger_id", "people_household.id"],
            name=op.f("fk_people_household_member_ledger_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_people_household_member_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint(
            "ledger_id",
            "household_id",
            "member_id",
            "joined_on",
            name=op.f("pk_people_household_member"),
        ),
    )
    spread("people_household_member", "ledger_id")
    op.create_index(
        "uq_people_household_member_live",
        "people_household_member",
        ["ledger_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("left_on IS NULL"),
        postgresql_where=sa.text("left_on IS NULL"),
    )
    append_only("people_audit")


def downgrade() -> None:
    refuse_if_filled("people_member")
    not_append_only("people_audit")
    op.drop_table("people_household_member")
    op.drop_table("people_objection")
    op.drop_table("people_message")
    op.drop_table("people_merge")
    op.drop_table("people_household")
    op.drop_table("people_code")
    op.drop_table("people_card")
    op.drop_table("people_member")
    op.drop_table("people_audit")
