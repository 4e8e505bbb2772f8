"""Tables that follow one person through every book: identity, sign-in, roles, consent.

Name and phone are encrypted; what must be unique in the whole system (a phone)
is a row of `people_login`, found by its keyed hash. No ID numbers (D46).
"""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import (
    BY_LOGIN,
    BY_PERSON,
    Amount,
    Base,
    Cipher,
    Digest,
    Id,
    IdColumn,
    Instant,
    NodeId,
    Small,
    one_of,
    unique_where,
)
from app.base.ids import new_id

ROLES = (
    "volunteer",
    "leader",
    "clerk",
    "staff",
    "second_approver",
    "auditor",
    "administrator",
)


class Person(Base):
    """Someone who serves, is served, or works here."""

    __tablename__ = "people_person"
    __table_args__ = BY_PERSON

    person_id: Mapped[UUID] = mapped_column(Id(), primary_key=True, default=new_id)
    name_cipher: Mapped[Cipher | None]
    phone_cipher: Mapped[Cipher | None]
    birth_year: Mapped[Small | None]
    created_at: Mapped[Instant]
    erased_at: Mapped[Instant | None]


class Login(Base):
    """The directory: whose phone this is. Found by the phone's keyed hash only."""

    __tablename__ = "people_login"
    __table_args__ = (one_of("kind", "phone"), BY_LOGIN)

    login_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    person_id: Mapped[IdColumn]
    kind: Mapped[str] = mapped_column(sa.String(8))
    created_at: Mapped[Instant]


class LoginCode(Base):
    """A one-time code sent to a phone: ten minutes, five tries, once."""

    __tablename__ = "people_login_code"
    __table_args__ = BY_LOGIN

    login_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    id: Mapped[UUID] = mapped_column(Id(), primary_key=True, default=new_id)
    code_hash: Mapped[Digest]
    sent_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    attempt_count: Mapped[Small]
    used_at: Mapped[Instant | None]


class Credential(Base):
    """A person's password and spending PIN (argon2id), with the lock of D48."""

    __tablename__ = "people_credential"
    __table_args__ = BY_PERSON

    person_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(160))
    pin_hash: Mapped[str | None] = mapped_column(sa.String(160))
    failed_count: Mapped[Small]
    locked_until_at: Mapped[Instant | None]
    pin_failed_count: Mapped[Small]
    pin_locked_until_at: Mapped[Instant | None]
    changed_at: Mapped[Instant]


class SignInSession(Base):
    """A signed-in device. The cookie holds a secret; here is its hash, and it can be revoked."""

    __tablename__ = "people_session"
    __table_args__ = BY_PERSON

    person_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    created_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    idle_minutes: Mapped[int]
    revoked_at: Mapped[Instant | None]
    device_hash: Mapped[Digest | None]


class RoleGrant(Base):
    """A role at a node, valid in its subtree until it is revoked or runs out."""

    __tablename__ = "people_role_grant"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        unique_where(
            "uq_people_role_grant_live",
            "person_id",
            "node_id",
            "role",
            where="revoked_at IS NULL",
        ),
        one_of("role", *ROLES),
        BY_PERSON,
    )

    person_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    id: Mapped[UUID] = mapped_column(Id(), primary_key=True, default=new_id)
    node_id: Mapped[NodeId]
    role: Mapped[str] = mapped_column(sa.String(16))
    granted_by_id: Mapped[IdColumn]
    granted_at: Mapped[Instant]
    until_on: Mapped[date | None]
    revoked_at: Mapped[Instant | None]


class Home(Base):
    """In which books a person is a member, so that "my books" is one look-up."""

    __tablename__ = "people_home"
    __table_args__ = BY_PERSON

    person_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    ledger_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    member_id: Mapped[IdColumn]
    joined_at: Mapped[Instant]


class Consent(Base):
    """A consent given, with the version of the text, and when it was taken back."""

    __tablename__ = "people_consent"
    __table_args__ = BY_PERSON

    person_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    id: Mapped[UUID] = mapped_column(Id(), primary_key=True, default=new_id)
    purpose: Mapped[str] = mapped_column(sa.String(24))
    text_version: Mapped[str] = mapped_column(sa.String(16))
    given_at: Mapped[Instant]
    withdrawn_at: Mapped[Instant | None]


class Agent(Base):
    """Leave to act on behalf of a person (代办): by consent, ended by the person at will."""

    __tablename__ = "people_agent"
    __table_args__ = (
        unique_where(
            "uq_people_agent_live",
            "person_id",
            "agent_person_id",
            "ledger_id",
            where="ended_at IS NULL",
        ),
        BY_PERSON,
    )

    person_id: Mapped[UUID] = mapped_column(Id(), primary_key=True)
    id: Mapped[UUID] = mapped_column(Id(), primary_key=True, default=new_id)
    agent_person_id: Mapped[IdColumn]
    ledger_id: Mapped[Amount]
    relation: Mapped[str] = mapped_column(sa.String(24))
    consent_note: Mapped[str] = mapped_column(sa.String(200))
    recorded_by_id: Mapped[IdColumn]
    begun_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
