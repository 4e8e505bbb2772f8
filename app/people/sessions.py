"""Sessions of signed-in devices: kept on the server, found by one key, revoked at will.

The token is `<person id, base64url>.<secret>`: the person says where to look, the
secret's keyed hash is the key. A stolen copy is dead after sign-out, a change of
password or erasure. `find` never writes; a door calls `touch` when
`SignedIn.needs_touch` and it has a writing unit of work at hand.
"""

import base64
import binascii
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.people.models import SignInSession

SECRET_BYTES = 32
TOUCH_SECONDS_MIN = 60
TOUCHES_PER_IDLE = 60
"""How often, at most, use is noted within one idle time: a 30-day session twice a day."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a token stands for, and until when."""

    person_id: UUID
    token_hash: bytes
    seen_at: datetime
    expires_at: datetime
    idle_minutes: int
    needs_touch: bool


_TABLE = SignInSession.__table__
_FIND = (
    sa.select(_TABLE.c.seen_at, _TABLE.c.expires_at, _TABLE.c.idle_minutes, _TABLE.c.revoked_at)
    .where(_TABLE.c.person_id == sa.bindparam("person_id"))
    .where(_TABLE.c.token_hash == sa.bindparam("token_hash"))
)


def begin(
    session: Session,
    *,
    person_id: UUID,
    idle_minutes: int,
    lasts: timedelta,
    device_hash: bytes | None = None,
) -> str:
    """Open a session and return its token, which is kept nowhere."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    now = clock.now()
    session.execute(
        sa.insert(SignInSession).values(
            person_id=person_id,
            token_hash=_hash(secret),
            created_at=now,
            seen_at=now,
            expires_at=now + lasts,
            idle_minutes=idle_minutes,
            device_hash=device_hash,
        )
    )
    return f"{base64.urlsafe_b64encode(person_id.bytes).decode().rstrip('=')}.{secret}"


def find(session: Session, token: str) -> SignedIn | None:
    """Return who the token stands for; None when it is unknown, ended or idle too long."""
    key = _key_of(token)
    if key is None:
        return None
    person_id, token_hash = key
    row = session.execute(_FIND, {"person_id": person_id, "token_hash": token_hash}).one_or_none()
    if row is None or row.revoked_at is not None:
        return None
    now, idle = clock.now(), timedelta(minutes=row.idle_minutes)
    if now >= row.expires_at or now - row.seen_at > idle:
        return None
    touch_after = max(timedelta(seconds=TOUCH_SECONDS_MIN), idle / TOUCHES_PER_IDLE)
    return SignedIn(
        person_id=person_id,
        token_hash=token_hash,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        idle_minutes=row.idle_minutes,
        needs_touch=now - row.seen_at >= touch_after,
    )


def is_known(session: Session, token: str) -> bool:
    """Whether the token stands, or once stood, for somebody: an ended session is told as one."""
    key = _key_of(token)
    if key is None:
        return False
    found = session.execute(_FIND, {"person_id": key[0], "token_hash": key[1]})
    return found.one_or_none() is not None


def touch(session: Session, token: str) -> None:
    """Note that the session was used now; at most once a minute is written."""
    key = _key_of(token)
    if key is None:
        return
    now = clock.now()
    session.execute(
        _live(key[0])
        .where(
            SignInSession.token_hash == key[1],
            SignInSession.seen_at <= now - timedelta(seconds=TOUCH_SECONDS_MIN),
        )
        .values(seen_at=now)
    )


def revoke(session: Session, token: str) -> None:
    """End one session: sign out. A token that stands for nothing is left alone."""
    key = _key_of(token)
    if key is not None:
        ended = _live(key[0]).where(SignInSession.token_hash == key[1])
        session.execute(ended.values(revoked_at=clock.now()))


def revoke_one(session: Session, *, person_id: UUID, token_hash: bytes) -> bool:
    """End one of a person's sessions by its hash ("my devices"); return whether it was live."""
    ended = _live(person_id).where(SignInSession.token_hash == token_hash)
    statement = ended.values(revoked_at=clock.now()).returning(SignInSession.token_hash)
    return session.execute(statement).first() is not None


def revoke_all(session: Session, *, person_id: UUID, keep_token: str | None = None) -> int:
    """End every session of a person but the one to keep; return how many."""
    statement = _live(person_id)
    kept = _key_of(keep_token) if keep_token else None
    if kept is not None:
        statement = statement.where(SignInSession.token_hash != kept[1])
    ended = statement.values(revoked_at=clock.now()).returning(SignInSession.token_hash)
    return len(session.execute(ended).all())


def shorten(session: Session, *, person_id: UUID, idle_minutes: int, lasts: timedelta) -> None:
    """Hold the open sessions of a person to a shorter idle time and end: a role was granted."""
    latest = clock.now() + lasts
    session.execute(
        _live(person_id)
        .where(SignInSession.idle_minutes > idle_minutes)
        .values(
            idle_minutes=idle_minutes,
            expires_at=sa.case(
                (SignInSession.expires_at > latest, latest), else_=SignInSession.expires_at
            ),
        )
    )


def list_live(session: Session, *, person_id: UUID) -> list[SignInSession]:
    """List a person's sessions that have not ended, last used first ("my devices")."""
    rows = session.scalars(
        sa.select(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > clock.now(),
        )
        .order_by(SignInSession.seen_at.desc())
        .execution_options(populate_existing=True)
    )
    now = clock.now()
    return [row for row in rows if now - row.seen_at <= timedelta(minutes=row.idle_minutes)]


def _live(person_id: UUID) -> sa.Update:
    return (
        sa.update(SignInSession)
        .where(SignInSession.person_id == person_id, SignInSession.revoked_at.is_(None))
        .execution_options(synchronize_session=False)
    )


def _hash(secret: str) -> bytes:
    return crypto.lookup_hash("session", secret)


def _key_of(token: str) -> tuple[UUID, bytes] | None:
    """Split a token; None when it has not the shape of one."""
    head, _, secret = token.partition(".")
    if len(head) != 22 or not secret or not token.isascii():
        return None
    try:
        return UUID(bytes=base64.b64decode(head + "==", altchars=b"-_", validate=True)), _hash(
            secret
        )
    except (ValueError, binascii.Error):
        return None
