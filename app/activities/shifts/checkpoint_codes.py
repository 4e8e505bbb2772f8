"""The code of a checkpoint: of one session, one place and one day (C13, A1).

It hangs at the place for the hours of one shift, as a sheet or on a phone. Its MAC is
made with the session's key over the place and the session's day, so that yesterday's
sheet is another session's and opens nothing. A scan becomes a ticket of ten minutes,
so that signing in slowly costs nobody anything.

Bytes: version 2 · ledger 5 · session_no 4 · ordinal 1 · MAC 16, as base64url 36 characters.
"""

import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.errors import (
    ActivityStateConflict,
    BadSignature,
    KeyRevoked,
    NotInTimeWindow,
)
from app.activities.models import Activity, ActivitySession
from app.activities.models_shift import Checkpoint
from app.activities.tickets import MAC_BYTES, TICKET_LIFE, to_bytes, to_text
from app.base import clock, crypto
from app.people.errors import CodeExpired, WrongAudience

CHECKPOINT_VERSION = 2
SHORT_DIGITS = 6
OLD_VERSIONS_MAX = 8
DIRECTION = "checkpoint"

_HEAD = struct.Struct(">B5sIB")
_TICKET = struct.Struct(">B5s16sBQ")


@dataclass(frozen=True, slots=True)
class CheckpointTicket:
    """Proof that a checkpoint's code was seen at an instant, by whoever holds it."""

    ledger_id: int
    session_id: UUID
    ordinal: int
    seen_at: datetime

    @property
    def direction(self) -> str:
        """Neither in nor out: on the way."""
        return DIRECTION

    def sign(self) -> str:
        """Write the ticket as text for the page; good for ten minutes."""
        millis = int(self.seen_at.timestamp() * 1000)
        ledger = self.ledger_id.to_bytes(5, "big")
        body = _TICKET.pack(CHECKPOINT_VERSION, ledger, self.session_id.bytes, self.ordinal, millis)
        return to_text(body + crypto.mac("checkpoint-ticket/1", body, MAC_BYTES))


def is_one(token: str) -> bool:
    """Whether a scanned text has the shape of a checkpoint's code."""
    try:
        return to_bytes(token, _HEAD.size + MAC_BYTES)[0] == CHECKPOINT_VERSION
    except BadSignature:
        return False


def is_ticket(text: str) -> bool:
    """Whether a text has the shape of a checkpoint's ticket."""
    try:
        return to_bytes(text, _TICKET.size + MAC_BYTES)[0] == CHECKPOINT_VERSION
    except BadSignature:
        return False


def token_of(slot: ActivitySession, ordinal: int) -> str:
    """Return what the QR of a checkpoint holds on the day of a session."""
    return to_text(_head(slot, ordinal) + _mac(slot, ordinal))


def digits_of(slot: ActivitySession, ordinal: int) -> str:
    """Return the six digits under a checkpoint's code, for who cannot scan."""
    digest = hmac.digest(_key(slot), b"short" + _head(slot, ordinal) + _day(slot), "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % 10**SHORT_DIGITS:0{SHORT_DIGITS}d}"


def redeem(session: Session, *, token: str) -> CheckpointTicket:
    """Turn a scanned checkpoint's code into a ticket; writes nothing, asks nobody's name.

    Raises:
        BadSignature: No sheet of ours.
        KeyRevoked: The leader revoked the session's codes since.
        CodeExpired: It is of another day, or its shift is over (A1).
        NotInTimeWindow: The shift has not begun to take people in (D12).
        ActivityStateConflict: The session is closed, cancelled, or not open yet.
    """
    ledger_id, session_no, ordinal, sent_mac = _read(token)
    row = _find(session, ledger_id, ActivitySession.session_no == session_no, ordinal)
    if row is None:
        raise BadSignature("no such checkpoint")
    slot, activity = row
    if not crypto.equal(_mac(slot, ordinal), sent_mac):
        raise _why_not(slot, ordinal, sent_mac)
    return _see(slot, activity, ordinal)


def redeem_digits(
    session: Session, *, ledger_id: int, session_id: UUID, digits: str
) -> CheckpointTicket:
    """Turn the six digits under a checkpoint's code into a ticket, typed on the shift's page.

    Six digits can be guessed: the door limits the tries.

    Raises:
        As `redeem`; digits of no checkpoint of this session are `CodeExpired`.
    """
    typed = digits.strip().encode()
    rows = session.execute(_query(ledger_id).where(ActivitySession.id == session_id))
    for slot, activity, ordinal in rows:
        if crypto.equal(digits_of(slot, ordinal).encode(), typed):
            return _see(slot, activity, ordinal)
    raise CodeExpired("of no checkpoint of this shift")


def open_ticket(text: str, *, ledger_id: int | None = None) -> CheckpointTicket:
    """Read a ticket back from the page while it is good.

    Raises:
        BadSignature: It is not ours.
        CodeExpired: Its ten minutes are over.
        WrongAudience: It belongs to another book.
    """
    raw = to_bytes(text, _TICKET.size + MAC_BYTES)
    body, sent_mac = raw[: _TICKET.size], raw[_TICKET.size :]
    if not crypto.equal(crypto.mac("checkpoint-ticket/1", body, MAC_BYTES), sent_mac):
        raise BadSignature("not a ticket of ours")
    _, ledger, session_id, ordinal, millis = _TICKET.unpack(body)
    seen_at = datetime.fromtimestamp(millis // 1000, UTC) + timedelta(milliseconds=millis % 1000)
    ticket = CheckpointTicket(
        int.from_bytes(ledger, "big"), UUID(bytes=session_id), ordinal, seen_at
    )
    if ledger_id is not None and ticket.ledger_id != ledger_id:
        raise WrongAudience("a ticket of another book")
    if not seen_at <= clock.now() <= seen_at + TICKET_LIFE:
        raise CodeExpired("the ten minutes are over")
    return ticket


def _see(slot: ActivitySession, activity: Activity, ordinal: int) -> CheckpointTicket:
    now = clock.now()
    if _shift_day(slot) < clock.today() and now >= slot.ends_at:
        raise CodeExpired("the sheet of another day")
    if slot.state != "planned" or activity.state != "open":
        raise ActivityStateConflict(state=activity.state)
    if not slot.opens_at <= now < slot.ends_at:
        raise NotInTimeWindow(
            opens_at=slot.opens_at.isoformat(), closes_at=slot.ends_at.isoformat()
        )
    return CheckpointTicket(slot.ledger_id, slot.id, ordinal, now)


def _find(session: Session, ledger_id: int, which: Any, ordinal: int) -> Any:
    query = _query(ledger_id).where(which, Checkpoint.ordinal == ordinal)
    row = session.execute(query).one_or_none()
    return row[:2] if row else None


def _query(ledger_id: int) -> Any:
    return (
        sa.select(ActivitySession, Activity, Checkpoint.ordinal)
        .join(
            Activity,
            sa.and_(
                Activity.ledger_id == ActivitySession.ledger_id,
                Activity.id == ActivitySession.activity_id,
            ),
        )
        .join(
            Checkpoint,
            sa.and_(
                Checkpoint.ledger_id == Activity.ledger_id, Checkpoint.activity_id == Activity.id
            ),
        )
        .where(ActivitySession.ledger_id == ledger_id)
        .execution_options(populate_existing=True)
    )


def _why_not(slot: ActivitySession, ordinal: int, sent_mac: bytes) -> Exception:
    newest = slot.code_key_version - 1
    for version in range(newest, max(0, newest - OLD_VERSIONS_MAX), -1):
        if crypto.equal(_mac(slot, ordinal, version), sent_mac):
            return KeyRevoked()
    return BadSignature()


def _mac(slot: ActivitySession, ordinal: int, version: int | None = None) -> bytes:
    """HMAC(session key, place, day)."""
    message = _head(slot, ordinal) + _day(slot)
    return hmac.digest(_key(slot, version), message, "sha256")[:MAC_BYTES]


def _head(slot: ActivitySession, ordinal: int) -> bytes:
    ledger = int(slot.ledger_id).to_bytes(5, "big")
    return _HEAD.pack(CHECKPOINT_VERSION, ledger, slot.session_no, ordinal)


def _key(slot: ActivitySession, version: int | None = None) -> bytes:
    parts = (slot.ledger_id, slot.session_no, version or slot.code_key_version)
    return crypto.mac("checkpoint-key/1", "/".join(map(str, parts)).encode(), 32)


def _shift_day(slot: ActivitySession) -> Any:
    return clock.local_date(slot.starts_at)


def _day(slot: ActivitySession) -> bytes:
    return str(_shift_day(slot).toordinal()).encode()


def _read(token: str) -> tuple[int, int, int, bytes]:
    raw = to_bytes(token, _HEAD.size + MAC_BYTES)
    version, ledger, session_no, ordinal = _HEAD.unpack(raw[: _HEAD.size])
    if version != CHECKPOINT_VERSION:
        raise BadSignature("not a checkpoint's code of ours")
    return int.from_bytes(ledger, "big"), session_no, ordinal, raw[_HEAD.size :]
