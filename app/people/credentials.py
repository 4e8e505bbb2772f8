"""Passwords and spending PINs: argon2id, and the lock after five failures (D48).

`check_password` and `check_pin` return a refusal instead of raising it: the
failure they count is an outer fact. A door calls them outside the savepoint,
lets the unit of work commit, and raises the refusal afterwards.

The hash is verified before the count is written, without a lock. Of many guesses
at once, each is counted in turn, and a right one that comes after the fifth wrong
one is refused all the same.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.base.errors import DomainError, NotFound, RateLimited, ValidationFailed
from app.base.upserts import insert_or_ignore
from app.people import audit, sessions
from app.people.errors import SignInFailed, StepUpRequired, WrongPin
from app.people.models import Credential, Person
from app.people.weak_secrets import is_weak

FAILURES_MAX = 5
LOCK = timedelta(minutes=15)
PASSWORD_LENGTH_MIN = 8
PASSWORD_LENGTH_MAX = 128
PIN = re.compile(r"[0-9]{6}")

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_turnstile = threading.BoundedSemaphore(2)
"""Each hash takes 19 MiB: two at a time in one process."""

_NOBODYS_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IG9mIG91cg"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""Verified when there is no password, so that an unknown phone takes as long as a known one."""


@dataclass(frozen=True)
class _Lock:
    """The three columns of one secret, and the refusal of a wrong one."""

    hash: Any
    failed_count: Any
    locked_until_at: Any
    wrong: Callable[..., DomainError]


_PASSWORD = _Lock(
    Credential.password_hash, Credential.failed_count, Credential.locked_until_at, SignInFailed
)
_PIN = _Lock(
    Credential.pin_hash, Credential.pin_failed_count, Credential.pin_locked_until_at, WrongPin
)


def set_password(
    session: Session,
    *,
    person_id: UUID,
    password: str,
    actor: Actor,
    keep_token: str | None = None,
) -> None:
    """Set a password, open the lock and end every other session of the person.

    Whoever changes their own proves the old one first, by `check_password` or a code.

    Raises:
        ValidationFailed: Too short, too long, or one of those guessed first.
        NotFound: There is no such person.
    """
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        raise ValidationFailed(
            "8 to 128 characters", field="password", reason="length", min=PASSWORD_LENGTH_MIN
        )
    if is_weak(password, phone=_phone_of(session, person_id)):
        raise ValidationFailed("easily guessed", field="password", reason="weak")
    _set(session, person_id, _PASSWORD, password)
    sessions.revoke_all(session, person_id=person_id, keep_token=keep_token)
    _write_audit(session, "password_set", person_id, actor)


def set_pin(session: Session, *, person_id: UUID, pin: str, actor: Actor) -> None:
    """Set the spending PIN of six digits and open its lock.

    Raises:
        ValidationFailed: It is not six digits, or one of those guessed first.
        NotFound: There is no such person.
    """
    phone = _phone_of(session, person_id)
    if not PIN.fullmatch(pin):
        raise ValidationFailed("six digits", field="pin", reason="shape")
    if is_weak(pin, phone=phone):
        raise ValidationFailed("easily guessed", field="pin", reason="weak")
    _set(session, person_id, _PIN, pin)
    _write_audit(session, "pin_set", person_id, actor)


def check_password(session: Session, *, person_id: UUID, password: str) -> DomainError | None:
    """Return None if the password is right, else the refusal; counts a failure (D48).

    Returns:
        `SignInFailed` (fact `tries_left_count`) or `RateLimited` (`retry_after_seconds`).
    """
    return _check(session, person_id, password, _PASSWORD)


def check_pin(session: Session, *, person_id: UUID, pin: str) -> DomainError | None:
    """Return None if the spending PIN is right, else the refusal; counts a failure (D48).

    Returns:
        `StepUpRequired` when no PIN is set, `WrongPin` (fact `tries_left_count`), or
        `RateLimited` (`retry_after_seconds`).
    """
    if not has_pin(session, person_id=person_id):
        return StepUpRequired()
    return _check(session, person_id, pin, _PIN)


def has_pin(session: Session, *, person_id: UUID) -> bool:
    """Whether the person has set a spending PIN."""
    return _stored(session, person_id, _PIN)[0] is not None


def has_password(session: Session, *, person_id: UUID) -> bool:
    """Whether the person has set a password."""
    return _stored(session, person_id, _PASSWORD)[0] is not None


def unlock(session: Session, *, person_id: UUID, actor: Actor) -> None:
    """Open the locks of password and PIN: staff help who locked themselves out."""
    session.execute(
        _update(person_id).values(
            failed_count=0, locked_until_at=None, pin_failed_count=0, pin_locked_until_at=None
        )
    )
    _write_audit(session, "sign_in_unlocked", person_id, actor)


def _check(session: Session, person_id: UUID, secret: str, lock: _Lock) -> DomainError | None:
    stored, locked_until_at = _stored(session, person_id, lock)
    if locked_until_at is not None and locked_until_at > clock.now():
        return _locked(locked_until_at)
    if _is_right(stored, secret):
        opened = _update(person_id).where(_is_open(lock)).values({lock.failed_count: 0})
        if session.execute(opened.returning(Credential.person_id)).first():
            return None
    return _count_failure(session, person_id, lock)


def _is_right(stored: str | None, secret: str) -> bool:
    with _turnstile:
        try:
            _hasher.verify(stored or _NOBODYS_HASH, secret[:PASSWORD_LENGTH_MAX])
        except VerificationError:
            return False
    return stored is not None and len(secret) <= PASSWORD_LENGTH_MAX


def _count_failure(session: Session, person_id: UUID, lock: _Lock) -> DomainError:
    """Count one failure; the fifth locks. A person without a row gets one, like anybody."""
    session.execute(insert_or_ignore(session, Credential).values(_empty(person_id)))
    is_last = lock.failed_count + 1 >= FAILURES_MAX
    counted = (
        _update(person_id)
        .where(_is_open(lock))
        .values(
            {
                lock.failed_count: sa.case((is_last, 0), else_=lock.failed_count + 1),
                lock.locked_until_at: sa.case((is_last, clock.now() + LOCK), else_=None),
            }
        )
        .returning(lock.failed_count, lock.locked_until_at)
    )
    row = session.execute(counted).one_or_none()
    if row is None:
        return _locked(_stored(session, person_id, lock)[1])
    failed_count, locked_until_at = row
    if locked_until_at is not None:
        return _locked(locked_until_at)
    return lock.wrong(tries_left_count=FAILURES_MAX - failed_count)


def _locked(until_at: datetime | None) -> RateLimited:
    left = (until_at - clock.now()).total_seconds() if until_at else 0
    return RateLimited("locked after too many failures", retry_after_seconds=max(1, round(left)))


def _is_open(lock: _Lock) -> Any:
    return sa.or_(lock.locked_until_at.is_(None), lock.locked_until_at <= clock.now())


def _stored(session: Session, person_id: UUID, lock: _Lock) -> tuple[str | None, datetime | None]:
    row = session.execute(
        sa.select(lock.hash, lock.locked_until_at).where(Credential.person_id == person_id)
    ).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def _set(session: Session, person_id: UUID, lock: _Lock, secret: str) -> None:
    with _turnstile:
        hashed = _hasher.hash(secret)
    session.execute(insert_or_ignore(session, Credential).values(_empty(person_id)))
    session.execute(
        _update(person_id).values(
            {
                lock.hash: hashed,
                lock.failed_count: 0,
                lock.locked_until_at: None,
                Credential.changed_at: clock.now(),
            }
        )
    )


def _empty(person_id: UUID) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "failed_count": 0,
        "pin_failed_count": 0,
        "changed_at": clock.now(),
    }


def _update(person_id: UUID) -> sa.Update:
    return (
        sa.update(Credential)
        .where(Credential.person_id == person_id)
        .execution_options(synchronize_session=False)
    )


def _phone_of(session: Session, person_id: UUID) -> str | None:
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFound("no such person")
    return crypto.unseal(person.phone_cipher, person_id) if person.phone_cipher else None


def _write_audit(session: Session, action: str, person_id: UUID, actor: Actor) -> None:
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor,
        action=action,
        subject_kind="person",
        subject_id=person_id,
    )
