"""The seen ticket: proof that a code was seen on the screen, good for ten minutes.

Signed and not stored: no row is written for a stranger. It travels in the page
while its holder signs in.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from app.activities.errors import BadSignature
from app.base import clock, crypto
from app.people.errors import CodeExpired, WrongAudience

VERSION = 1
DIRECTIONS = ("in", "out")
TICKET_LIFE = timedelta(minutes=10)
MAC_BYTES = 16
SLOT_SECONDS = 15
"""How long one code stands on the screen."""

_TICKET = struct.Struct(">B5s16sBIQ")


class ScreenCode(NamedTuple):
    """What a screen shows now: the QR's token, six digits to type, and for how long."""

    token: str
    short_code: str
    seconds_left: int


class SlotCode(NamedTuple):
    """What a screen shows in one slot of 15 seconds."""

    slot: int
    token: str
    short_code: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a screen of ours showed, and in which 15 seconds: however long ago."""

    ledger_id: int
    session_id: UUID
    direction: str
    slot: int

    @property
    def shown_at(self) -> datetime:
        """When the code came on the screen, by the server's clock."""
        return datetime.fromtimestamp(self.slot * SLOT_SECONDS, UTC)


@dataclass(frozen=True, slots=True)
class SeenTicket:
    """Proof that a code was seen on the screen at an instant, by whoever holds it."""

    ledger_id: int
    session_id: UUID
    direction: str
    slot: int
    seen_at: datetime

    def sign(self) -> str:
        """Write the ticket as text for the page; good for ten minutes."""
        millis = int(self.seen_at.timestamp() * 1000)
        body = _TICKET.pack(
            VERSION,
            self.ledger_id.to_bytes(5, "big"),
            self.session_id.bytes,
            DIRECTIONS.index(self.direction),
            self.slot,
            millis,
        )
        return to_text(body + crypto.mac("seen-ticket/1", body, MAC_BYTES))


def open_ticket(text: str, *, ledger_id: int) -> SeenTicket:
    """Read a ticket back from the page while it is good.

    Raises:
        BadSignature: It is not ours.
        CodeExpired: Its ten minutes are over.
        WrongAudience: It belongs to another book.
    """
    ticket = read_ticket(text)
    if ticket.ledger_id != ledger_id:
        raise WrongAudience("a ticket of another book")
    if not ticket.seen_at <= clock.now() <= ticket.seen_at + TICKET_LIFE:
        raise CodeExpired("the ten minutes are over")
    return ticket


def read_ticket(text: str) -> SeenTicket:
    """Read a ticket back from the page, however old.

    Raises:
        BadSignature: It is not ours.
    """
    raw = to_bytes(text, _TICKET.size + MAC_BYTES)
    body, sent_mac = raw[: _TICKET.size], raw[_TICKET.size :]
    if not crypto.equal(crypto.mac("seen-ticket/1", body, MAC_BYTES), sent_mac):
        raise BadSignature("not a ticket of ours")
    _, ledger, session_id, direction, slot, millis = _TICKET.unpack(body)
    seen_at = datetime.fromtimestamp(millis // 1000, UTC) + timedelta(milliseconds=millis % 1000)
    ledger_id = int.from_bytes(ledger, "big")
    return SeenTicket(ledger_id, UUID(bytes=session_id), DIRECTIONS[direction], slot, seen_at)


def to_text(raw: bytes) -> str:
    """Write bytes as base64url without padding: safe in an address and in a QR."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def to_bytes(text: str, size_bytes: int) -> bytes:
    """Read base64url of exactly so many bytes.

    Raises:
        BadSignature: It is something else.
    """
    try:
        raw = base64.b64decode(
            text.strip() + "=" * (-len(text.strip()) % 4), altchars=b"-_", validate=True
        )
    except (binascii.Error, ValueError):
        raise BadSignature("not base64url") from None
    if len(raw) != size_bytes or to_text(raw) != text.strip():
        raise BadSignature("wrong length, or another spelling of the same bytes")
    return raw
