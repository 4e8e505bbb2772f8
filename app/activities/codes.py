"""Screen codes: what the leader's screen shows, and the ticket that a scan becomes.

A code lives 15 seconds and is good for one session and one direction. The one on
the screen and the one before are accepted, by the server's clock alone (E15). A
good code is turned at once into a *seen ticket*, ten minutes long, so that signing
in slowly costs nobody anything; no row is written for a stranger.

Bytes: version 1 · ledger 5 · session_no 4 · direction 1 · slot 4 · MAC 16, as
base64url 42 characters.
"""

import hmac
import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.errors import (
    ActivityStateConflict,
    BadSignature,
    KeyRevoked,
    NotInTimeWindow,
    WrongWayIn,
)
from app.activities.models import Activity, ActivitySession, Attending
from app.activities.standing import get_activity, require_lead
from app.activities.tickets import (
    DIRECTIONS,
    MAC_BYTES,
    SLOT_SECONDS,
    VERSION,
    ScreenCode,
    SeenTicket,
    Shown,
    SlotCode,
    open_ticket,
    read_ticket,
    to_bytes,
    to_text,
)
from app.base import clock, crypto
from app.base.actors import Actor
from app.base.errors import NotFound
from app.people import audit
from app.people.errors import CodeExpired

__all__ = [
    "SLOT_SECONDS",
    "ScreenCode",
    "SeenTicket",
    "SlotCode",
    "current",
    "of_slots",
    "find_session",
    "open_ticket",
    "read_ticket",
    "recognise",
    "redeem",
    "redeem_short",
    "revoke",
    "slot_of",
]

SHORT_DIGITS = 6
OLD_VERSIONS_MAX = 8
"""How many revoked keys are tried, to say `key_revoked` and not `bad_signature`."""

_HEAD = struct.Struct(">B5sIBI")
_sessions: Any = ActivitySession.__table__
_activities: Any = Activity.__table__
_attending: Any = Attending.__table__
_showing = (
    sa.select(
        _sessions.c.ledger_id,
        _sessions.c.id,
        _sessions.c.session_no,
        _sessions.c.opens_at,
        _sessions.c.ends_at,
        _sessions.c.code_key_version,
        _sessions.c.state,
        _activities.c.state.label("activity_state"),
        _attending.c.way,
    )
    .join(
        _activities,
        sa.and_(
            _activities.c.ledger_id == _sessions.c.ledger_id,
            _activities.c.id == _sessions.c.activity_id,
        ),
    )
    .outerjoin(
        _attending,
        sa.and_(
            _attending.c.ledger_id == _activities.c.ledger_id,
            _attending.c.activity_id == _activities.c.id,
        ),
    )
    .where(_sessions.c.ledger_id == sa.bindparam("in_ledger"))
)
_by_number = _showing.where(_sessions.c.session_no == sa.bindparam("wanted"))
_by_id = _showing.where(_sessions.c.id == sa.bindparam("wanted"))


def current(session_row: ActivitySession, direction: str) -> ScreenCode:
    """Return what the leader's screen shows now for one direction."""
    now = clock.now()
    slot = slot_of(now)
    left = (slot + 1) * SLOT_SECONDS - int(now.timestamp())
    return ScreenCode(
        _token(session_row, direction, slot), _short_code(session_row, direction, slot), left
    )


def of_slots(
    session_row: ActivitySession, direction: str, slots: Sequence[int]
) -> tuple[SlotCode, ...]:
    """Return what a screen shows in each of some slots; to be handed out by `supplies` only."""
    return tuple(
        SlotCode(
            slot, _token(session_row, direction, slot), _short_code(session_row, direction, slot)
        )
        for slot in slots
    )


def slot_of(instant: datetime) -> int:
    """Return the number of the 15-second slot an instant lies in."""
    return int(instant.timestamp()) // SLOT_SECONDS


def redeem(session: Session, *, token: str) -> SeenTicket:
    """Turn a scanned code into a seen ticket; writes nothing, asks nobody's name.

    Raises:
        BadSignature: No screen of ours made it.
        KeyRevoked: The leader revoked the screen's codes since.
        CodeExpired: Neither the current nor the previous code (E15, A1).
        NotInTimeWindow: The session does not take anybody in now (D12).
        ActivityStateConflict: The session is closed, cancelled, or not open yet.
        WrongWayIn: One attends by a route or at a home (C13, C27).
    """
    ledger_id, session_no, direction, slot, sent_mac = _read_token(token)
    row = _find(session, _by_number, ledger_id, session_no)
    if row is None:
        raise BadSignature("no such session")
    if not crypto.equal(_mac(row, direction, slot), sent_mac):
        raise _why_not(row, direction, slot, sent_mac)
    return _see(row, direction, slot)


def recognise(session: Session, *, token: str) -> Shown:
    """Say whose screen showed a code and when, however long ago; opens nothing, writes nothing.

    Raises:
        BadSignature: No screen of ours made it.
        KeyRevoked: The leader revoked the screen's codes since.
    """
    ledger_id, session_no, direction, slot, sent_mac = _read_token(token)
    row = _find(session, _by_number, ledger_id, session_no)
    if row is None:
        raise BadSignature("no such session")
    if not crypto.equal(_mac(row, direction, slot), sent_mac):
        raise _why_not(row, direction, slot, sent_mac)
    return Shown(ledger_id, row.id, direction, slot)


def find_session(session: Session, *, token: str) -> SeenTicket | None:
    """Say what a refused code names, good or not; None if it names no session of ours.

    For keeping the refused scan; it proves nothing and opens nothing.
    """
    try:
        ledger_id, session_no, direction, slot, _ = _read_token(token)
    except BadSignature:
        return None
    row = _find(session, _by_number, ledger_id, session_no)
    return SeenTicket(ledger_id, row.id, direction, slot, clock.now()) if row else None


def redeem_short(
    session: Session, *, ledger_id: int, session_id: UUID, direction: str, digits: str
) -> SeenTicket:
    """Turn the six digits under the code into a ticket, typed on the session's page.

    Six digits can be guessed: the door limits the tries (`rate_limited`).

    Raises:
        As `redeem`; digits that are not on the screen are `CodeExpired`.
    """
    row = _find(session, _by_id, ledger_id, session_id)
    if row is None or direction not in DIRECTIONS:
        raise BadSignature("no such session")
    typed = digits.strip().encode()
    newest = slot_of(clock.now())
    for slot in (newest, newest - 1):
        if crypto.equal(_short_code(row, direction, slot).encode(), typed):
            return _see(row, direction, slot)
    raise CodeExpired("not on the screen now")


def revoke(session: Session, *, ledger_id: int, session_id: UUID, actor: Actor) -> int:
    """Revoke every code of a session's screen so far; return the new key version.

    Raises:
        NotFound: No such session.
        PermissionDenied: The actor neither leads the activity nor is its staff.
    """
    raised = session.execute(
        sa.update(_sessions)
        .where(_sessions.c.ledger_id == ledger_id, _sessions.c.id == session_id)
        .values(code_key_version=_sessions.c.code_key_version + 1)
        .returning(_sessions.c.code_key_version, _sessions.c.activity_id)
    ).one_or_none()
    if raised is None:
        raise NotFound("no such session")
    activity = get_activity(session, ledger_id=ledger_id, activity_id=raised.activity_id)
    require_lead(session, activity=activity, actor=actor)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="screen_codes_revoked",
        subject_kind="session",
        subject_id=session_id,
        key_version=raised.code_key_version,
    )
    return int(raised.code_key_version)


def _find(session: Session, statement: Any, ledger_id: int, wanted: object) -> Any:
    values = {"in_ledger": ledger_id, "wanted": wanted}
    return session.connection().execute(statement, values).one_or_none()


def _see(row: Any, direction: str, slot: int) -> SeenTicket:
    """Check the clock and the states, then say when the code was seen.

    A late check-out is judged at the check-out itself, which knows the place's rules.
    """
    now = clock.now()
    if slot not in (slot_of(now), slot_of(now) - 1):
        raise CodeExpired("a newer code is on the screen")
    if row.state != "planned" or row.activity_state != "open":
        raise ActivityStateConflict(state=row.activity_state)
    if row.way not in (None, "screen"):
        raise WrongWayIn(way=row.way)
    if now < row.opens_at or (direction == "in" and now >= row.ends_at):
        raise NotInTimeWindow(opens_at=row.opens_at.isoformat(), closes_at=row.ends_at.isoformat())
    return SeenTicket(row.ledger_id, row.id, direction, slot, now)


def _why_not(row: Any, direction: str, slot: int, sent_mac: bytes) -> Exception:
    newest = row.code_key_version - 1
    for version in range(newest, max(0, newest - OLD_VERSIONS_MAX), -1):
        if crypto.equal(_mac(row, direction, slot, version), sent_mac):
            return KeyRevoked()
    return BadSignature()


def _token(row: Any, direction: str, slot: int) -> str:
    return to_text(_head(row, direction, slot) + _mac(row, direction, slot))


def _short_code(row: Any, direction: str, slot: int) -> str:
    digest = hmac.digest(_key(row, slot), b"short" + _head(row, direction, slot), "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % 10**SHORT_DIGITS:0{SHORT_DIGITS}d}"


def _mac(row: Any, direction: str, slot: int, version: int | None = None) -> bytes:
    key = _key(row, slot, version)
    return hmac.digest(key, _head(row, direction, slot), "sha256")[:MAC_BYTES]


def _head(row: Any, direction: str, slot: int) -> bytes:
    ledger = int(row.ledger_id).to_bytes(5, "big")
    return _HEAD.pack(VERSION, ledger, row.session_no, DIRECTIONS.index(direction), slot)


def _key(row: Any, slot: int, version: int | None = None) -> bytes:
    """The screen's key of one Shanghai day: yesterday's poster opens nothing today."""
    day = clock.local_date(datetime.fromtimestamp(slot * SLOT_SECONDS, UTC)).toordinal()
    parts = (row.ledger_id, row.session_no, version or row.code_key_version, day)
    return crypto.mac("screen-key/1", "/".join(map(str, parts)).encode(), 32)


def _read_token(token: str) -> tuple[int, int, str, int, bytes]:
    raw = to_bytes(token, _HEAD.size + MAC_BYTES)
    version, ledger, session_no, direction, slot = _HEAD.unpack(raw[: _HEAD.size])
    if version != VERSION or direction >= len(DIRECTIONS):
        raise BadSignature("not a code of ours")
    ledger_id = int.from_bytes(ledger, "big")
    return ledger_id, session_no, DIRECTIONS[direction], slot, raw[_HEAD.size :]
