"""One-time personal codes: 60 seconds, one purpose, dead after the first use.

The phone shows a token as a QR and 18 digits under it for scan guns. Only keyed
hashes are stored. A code is consumed by one conditional update, so of two tills
at the same instant one wins (E17). The consumption is an outer fact: the door
calls `consume` before the savepoint of its verb, and a verb that refuses has
still used the code up (ruling 6).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.crypto import lookup_hash
from app.base.errors import NotFound
from app.people.errors import CodeAlreadyUsed, CodeExpired, WrongAudience
from app.people.member_locks import lock_active
from app.people.models import Code
from app.people.models_member import CODE_PURPOSES
from app.people.tokens import foreign_book, ledger_of, new_token

PREFIX = "TP1"
LIFE_SECONDS = 60
LIVE_MAX = 2
DIGIT_COUNT = 18
PURPOSES = CODE_PURPOSES

_table: sa.Table = Code.__table__  # type: ignore[assignment]
_spend_by = {
    column.name: sa.update(_table)
    .where(
        _table.c.ledger_id == sa.bindparam("in_ledger"),
        column == sa.bindparam("presented_hash"),
        _table.c.purpose == sa.bindparam("for_purpose"),
        _table.c.used_at.is_(None),
        _table.c.expires_at > sa.bindparam("at"),
    )
    .values(used_at=sa.bindparam("at"), used_by_id=sa.bindparam("by"))
    .returning(_table.c.code_hash, _table.c.member_id)
    for column in (_table.c.code_hash, _table.c.digits_hash)
}
_note = (
    sa.update(_table)
    .where(_table.c.ledger_id == sa.bindparam("in_ledger"))
    .where(_table.c.code_hash == sa.bindparam("which"))
    .values(result=sa.bindparam("facts"))
)


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A fresh code. Token and digits are shown once; only hashes remain."""

    token: str
    digits: str
    code_hash: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SpentCode:
    """A code that was live a moment ago and is now used up."""

    ledger_id: int
    code_hash: bytes
    member_id: UUID
    purpose: str
    used_by_id: UUID
    used_at: datetime


@dataclass(frozen=True, slots=True)
class CodeStatus:
    """What became of a code. `state` is live, used or expired; `result` is the door's note."""

    member_id: UUID
    purpose: str
    state: str
    expires_at: datetime
    used_at: datetime | None
    result: dict[str, Any] | None


def issue(session: Session, *, ledger_id: int, member_id: UUID, purpose: str) -> IssuedCode:
    """Make a code of 60 seconds; of the member's older ones for this purpose one stays live.

    Args:
        purpose: `attend`, `redeem` or `confirm` (rulings §3).

    Raises:
        NotFound: No such member in this book.
        MemberNotActive: The membership was merged, left or erased.
    """
    now = clock.now()
    # One after another, so that a member never has three live codes.
    lock_active(session, ledger_id=ledger_id, member_ids=[member_id])
    _retire_older(session, ledger_id, member_id, purpose, now)
    token = new_token(PREFIX, ledger_id)
    digits = f"{secrets.randbelow(10**DIGIT_COUNT):0{DIGIT_COUNT}d}"
    code = Code(
        ledger_id=ledger_id,
        code_hash=hash_of(token),
        member_id=member_id,
        purpose=purpose,
        digits_hash=hash_of(digits),
        issued_at=now,
        expires_at=now + timedelta(seconds=LIFE_SECONDS),
    )
    session.add(code)
    session.flush()
    return IssuedCode(token, digits, code.code_hash, code.expires_at)


def consume(
    session: Session, *, ledger_id: int, presented: str, purpose: str, used_by_id: UUID
) -> SpentCode:
    """Use a code up, by its token or its 18 digits; one statement when it is good.

    Args:
        used_by_id: The person (clerk, leader) who scanned it.

    Raises:
        NotFound: No such code.
        WrongAudience: It belongs to another book, or was made for another purpose.
        CodeAlreadyUsed: It was used before (E17).
        CodeExpired: Its 60 seconds are over.
    """
    column, presented_hash = _read(session, ledger_id, presented)
    now = clock.now()
    values = {
        "in_ledger": ledger_id,
        "presented_hash": presented_hash,
        "for_purpose": purpose,
        "at": now,
        "by": used_by_id,
    }
    spent = session.execute(_spend_by[column.name], values).one_or_none()
    if spent is None:
        raise _why_not(session, ledger_id, column == presented_hash, purpose)
    return SpentCode(ledger_id, spent.code_hash, spent.member_id, purpose, used_by_id, now)


def note_result(session: Session, code: SpentCode, facts: dict[str, Any]) -> None:
    """Write what came of a used code, for the member's phone. No personal data in `facts`."""
    values = {"in_ledger": code.ledger_id, "which": code.code_hash, "facts": facts}
    session.connection().execute(_note, values)


def status(session: Session, *, ledger_id: int, code_hash: bytes) -> CodeStatus:
    """Say what became of a code. The door shows it only to the member it names.

    Raises:
        NotFound: No such code.
    """
    query = sa.select(_table).where(
        _table.c.ledger_id == ledger_id, _table.c.code_hash == code_hash
    )
    code = session.execute(query).one_or_none()
    if code is None:
        raise NotFound("no such code")
    live = "live" if code.expires_at > clock.now() else "expired"
    state = "used" if code.used_at else live
    return CodeStatus(
        code.member_id, code.purpose, state, code.expires_at, code.used_at, code.result
    )


def hash_of(secret: str) -> bytes:
    """Hash a token or its digits as they are stored."""
    return lookup_hash("personal-code", secret)


def prune(session: Session, *, ledger_id: int, before_at: datetime) -> None:
    """Drop codes that ended before an instant: they prove nothing that redemptions do not."""
    session.execute(
        sa.delete(_table).where(_table.c.ledger_id == ledger_id, _table.c.expires_at < before_at)
    )


def _read(session: Session, ledger_id: int, presented: str) -> tuple[sa.Column[Any], bytes]:
    digits = "".join(presented.split())
    if len(digits) == DIGIT_COUNT and digits.isascii() and digits.isdigit():
        return _table.c.digits_hash, hash_of(digits)
    token = presented.strip()
    home = ledger_of(PREFIX, token)
    if home is None:
        raise NotFound("this is not a personal code")
    if home != ledger_id:
        raise foreign_book(session, home)
    return _table.c.code_hash, hash_of(token)


def _why_not(
    session: Session, ledger_id: int, is_presented: sa.ColumnElement[bool], purpose: str
) -> Exception:
    query = sa.select(_table.c.purpose, _table.c.used_at).where(
        _table.c.ledger_id == ledger_id, is_presented
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return NotFound("no such code")
    if found.purpose != purpose:
        return WrongAudience("made for another purpose", purpose=found.purpose)
    return CodeAlreadyUsed() if found.used_at else CodeExpired()


def _retire_older(
    session: Session, ledger_id: int, member_id: UUID, purpose: str, now: datetime
) -> None:
    is_live = sa.and_(
        _table.c.ledger_id == ledger_id,
        _table.c.member_id == member_id,
        _table.c.purpose == purpose,
        _table.c.used_at.is_(None),
        _table.c.expires_at > now,
    )
    newest = (
        sa.select(_table.c.code_hash)
        .where(is_live)
        .order_by(_table.c.expires_at.desc())
        .limit(LIVE_MAX - 1)
    )
    session.execute(
        sa.update(_table).where(is_live, _table.c.code_hash.not_in(newest)).values(expires_at=now)
    )
