"""Create persons: identity, sign-in, roles, consents, agents.

Why: what follows one person through every book; personal fields encrypted, a phone found
    only by its keyed hash; sessions on the server, so that they can be revoked.
Rows: none changed.
Old code: keeps working; nothing reads these tables yet.
Undo: drops every person.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import spread

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "people_agent",
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("agent_person_id", Id(), nullable=False),
        sa.Column("ledger_id", sa.BigInteger(), nullable=False),
        sa.Column("relation", sa.String(length=24), nullable=False),
        sa.Column("consent_note", sa.String(length=200), nullable=False),
        sa.Column("recorded_by_id", Id(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_people_agent")),
    )
    spread("people_agent", "person_id")
    op.create_index(
        "uq_people_agent_live",
        "people_agent",
        ["person_id", "agent_person_id", "ledger_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "people_consent",
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("text_version", sa.String(length=16), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_people_consent")),
    )
    spread("people_consent", "person_id")
    op.create_table(
        "people_credential",
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("password_hash", sa.String(length=160), nullable=True),
        sa.Column("pin_hash", sa.String(length=160), nullable=True),
        sa.Column("failed_count", sa.SmallInteger(), nullable=False),
        sa.Column("locked_until_at", UTCDateTime(), nullable=True),
        sa.Column("pin_failed_count", sa.SmallInteger(), nullable=False),
        sa.Column("pin_locked_until_at", UTCDateTime(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people_credential")),
    )
    spread("people_credential", "person_id")
    op.create_table(
        "people_home",
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("joined_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "ledger_id", name=op.f("pk_people_home")),
    )
    spread("people_home", "person_id")
    op.create_table(
        "people_login",
        sa.Column("login_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('phone')", name=op.f("ck_people_login_kind_known")),
        sa.PrimaryKeyConstraint("login_hash", name=op.f("pk_people_login")),
    )
    spread("people_login", "login_hash")
    op.create_table(
        "people_login_code",
        sa.Column("login_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("attempt_count", sa.SmallInteger(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("login_hash", "id", name=op.f("pk_people_login_code")),
    )
    spread("people_login_code", "login_hash")
    op.create_table(
        "people_person",
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("name_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("phone_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("erased_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people_person")),
    )
    spread("people_person", "person_id")
    op.create_table(
        "people_session",
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("device_hash", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "token_hash", name=op.f("pk_people_session")),
    )
    spread("people_session", "person_id")
    op.create_table(
        "people_role_grant",
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("granted_by_id", Id(), nullable=False),
        sa.Column("granted_at", UTCDateTime(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "role IN ('volunteer', 'leader', 'clerk', 'staff', 'second_approver', 'auditor', 'administrator')",
            name=op.f("ck_people_role_grant_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_people_role_grant_node_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_people_role_grant")),
    )
    spread("people_role_grant", "person_id")
    op.create_index(
        "uq_people_role_grant_live",
        "people_role_grant",
        ["person_id", "node_id", "role"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("people_role_grant")
    op.drop_table("people_session")
    op.drop_table("people_person")
    op.drop_table("people_login_code")
    op.drop_table("people_login")
    op.drop_table("people_home")
    op.drop_table("people_credential")
    op.drop_table("people_consent")
    op.drop_table("people_agent")
