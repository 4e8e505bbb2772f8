"""Login codes: six digits to a phone, ten minutes, five tries, once.

One a minute and five an hour for each phone, whoever asks. A new code replaces
the one before. A phone nobody joined with gets a code like any other, so asking
tells nothing; who then proves it gets a ticket with which to join.
"""

import base64
import binascii
import secrets
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.errors import DomainError, RateLimited
from app.base.upserts import insert_or_ignore
from app.people import phones
from app.people.errors import SignInFailed
from app.people.models import LoginCode
from app.people.senders import Outgoing

LIFETIME = timedelta(minutes=10)
TRIES_MAX = 5
PAUSE = timedelta(minutes=1)
PER_HOUR_MAX = 5
TEXT = "【爱心银行】登录验证码 {code}，10 分钟内有效。请勿告诉他人。"


def issue(session: Session, *, phone: str) -> Outgoing:
    """Make a code for a phone and return the text; the door sends it after the commit.

    Raises:
        ValidationFailed: It is no mobile number.
        RateLimited: One a minute, five an hour (fact `retry_after_seconds`).
    """
    phone = phones.normalise(phone)
    login_hash, now = phones.login_hash(phone), clock.now()
    _require_pause(session, login_hash)
    # Numbered by the minute: of two requests at once, the key lets one in.
    code_id = UUID(int=int(now.timestamp()) // 60)
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = {
        "login_hash": login_hash,
        "id": code_id,
        "code_hash": _hash(login_hash, code_id, code),
        "sent_at": now,
        "expires_at": now + LIFETIME,
        "attempt_count": 0,
    }
    insert = insert_or_ignore(session, LoginCode).values(row).returning(LoginCode.id)
    if session.execute(insert).first() is None:
        raise RateLimited("one code a minute", retry_after_seconds=PAUSE.seconds)
    return Outgoing(phone, TEXT.format(code=code))


def redeem(session: Session, *, phone: str, code: str) -> DomainError | None:
    """Use up a code: None if it was right, else the refusal. The try is an outer fact.

    Call it outside the savepoint and commit, whatever it returns.

    Raises:
        ValidationFailed: It is no mobile number.
    """
    login_hash, now = phones.login_hash(phones.normalise(phone)), clock.now()
    newest = session.scalar(
        sa.select(LoginCode.id)
        .where(LoginCode.login_hash == login_hash)
        .order_by(LoginCode.sent_at.desc())
        .limit(1)
    )
    if newest is None:
        return SignInFailed()
    tried = (
        sa.update(LoginCode)
        .where(
            LoginCode.login_hash == login_hash,
            LoginCode.id == newest,
            LoginCode.used_at.is_(None),
            LoginCode.expires_at > now,
            LoginCode.attempt_count < TRIES_MAX,
        )
        .values(attempt_count=LoginCode.attempt_count + 1)
        .returning(LoginCode.code_hash)
        .execution_options(synchronize_session=False)
    )
    code_hash = session.scalar(tried)
    if code_hash is None or not crypto.equal(code_hash, _hash(login_hash, newest, code.strip())):
        return SignInFailed()
    # The update above holds the row: nobody else can use the code between the two.
    session.execute(
        sa.update(LoginCode)
        .where(LoginCode.login_hash == login_hash, LoginCode.id == newest)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return None


def ticket(phone: str) -> str:
    """Return a proof, good for ten minutes, that this normalised phone answered a code."""
    expires = int((clock.now() + LIFETIME).timestamp()).to_bytes(6)
    sealed = expires + _ticket_mac(phone, expires)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def is_ticket_of(text: str, *, phone: str) -> bool:
    """Whether the text is a live proof for this phone, which may be as typed.

    Raises:
        ValidationFailed: It is no mobile number.
    """
    phone = phones.normalise(phone)
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return False
    expires, proof = sealed[:6], sealed[6:]
    is_live = int.from_bytes(expires) > clock.now().timestamp()
    return is_live and crypto.equal(proof, _ticket_mac(phone, expires))


def _require_pause(session: Session, login_hash: bytes) -> None:
    now = clock.now()
    sent = session.scalars(
        sa.select(LoginCode.sent_at)
        .where(LoginCode.login_hash == login_hash, LoginCode.sent_at > now - timedelta(hours=1))
        .order_by(LoginCode.sent_at.desc())
        .limit(PER_HOUR_MAX)
    ).all()
    waits = [sent_at + PAUSE - now for sent_at in sent[:1]]
    waits += [sent_at + timedelta(hours=1) - now for sent_at in sent[PER_HOUR_MAX - 1 :]]
    longest = max(waits, default=timedelta())
    if longest > timedelta():
        seconds = max(1, round(longest.total_seconds()))
        raise RateLimited("too many codes for this phone", retry_after_seconds=seconds)


def _hash(login_hash: bytes, code_id: UUID, code: str) -> bytes:
    return crypto.lookup_hash("login-code", f"{login_hash.hex()}:{code_id}:{code}")


def _ticket_mac(phone: str, expires: bytes) -> bytes:
    return crypto.mac("phone-ticket/1", expires + phones.login_hash(phone))
