"""Signed tickets of the till: who stands there, and that they agreed to an amount.

A till reads a code in one request and sells in another. Between them it holds a
ticket: bound to one book, till, member and showing, dead after ten minutes, and not
to be made without the key. It is no secret worth stealing: only the clerk of that
till may use it, and one showing pays for one basket (`presentation_id`).
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.base import clock, crypto
from app.base.ids import NOBODY, new_id
from app.people.codes import SpentCode
from app.people.errors import CodeExpired, WrongAudience

LIFE = timedelta(minutes=10)
MAC_BYTES = 16
HASH_BYTES = 32
WAYS = ("pin", "phone", "second_staff")
_SHOWN = struct.Struct(">qQ16s16s16s16s32s")
_AGREED = struct.Struct(">BqQ16sq")


@dataclass(frozen=True, slots=True)
class Presentation:
    """One showing of a code or card at a till.

    Attributes:
        card_id: The card, or None when a one-time code was shown.
        code_hash: Of the one-time code, so that the phone can be told; empty for a card.
    """

    ledger_id: int
    till_id: UUID
    member_id: UUID
    expires_at: datetime
    card_id: UUID | None = None
    code_hash: bytes = b""
    id: UUID = NOBODY

    @property
    def kind(self) -> str:
        """How the member was known: `code` or `card`."""
        return "code" if self.card_id is None else "card"

    def spent_code(self, used_by_id: UUID) -> SpentCode | None:
        """Return the code that was used up, if it was one."""
        if self.card_id is not None:
            return None
        return SpentCode(
            self.ledger_id, self.code_hash, self.member_id, "redeem", used_by_id, clock.now()
        )


def presentation(
    *,
    ledger_id: int,
    till_id: UUID,
    member_id: UUID,
    card_id: UUID | None = None,
    code_hash: bytes = b"",
) -> Presentation:
    """Return a fresh showing, good for ten minutes."""
    expires_at = (clock.now() + LIFE).replace(microsecond=0)
    return Presentation(ledger_id, till_id, member_id, expires_at, card_id, code_hash, new_id())


def sign(shown: Presentation) -> str:
    """Write a showing as the ticket that the till keeps."""
    body = _SHOWN.pack(
        shown.ledger_id,
        int(shown.expires_at.timestamp()),
        shown.till_id.bytes,
        shown.member_id.bytes,
        (shown.card_id or NOBODY).bytes,
        shown.id.bytes,
        shown.code_hash,
    )
    return _seal("presentation/1", body)


def read(ticket: str, *, ledger_id: int, till_id: UUID | None = None) -> Presentation:
    """Return the showing that a ticket stands for.

    Raises:
        WrongAudience: It is not ours, or of another book or till.
        CodeExpired: Its ten minutes are over.
    """
    book, until, till, member, card, shown_id, code_hash = _SHOWN.unpack(
        _open("presentation/1", ticket, _SHOWN.size)
    )
    shown = Presentation(
        ledger_id=book,
        till_id=UUID(bytes=till),
        member_id=UUID(bytes=member),
        expires_at=datetime.fromtimestamp(until, UTC),
        card_id=None if card == NOBODY.bytes else UUID(bytes=card),
        code_hash=code_hash if card == NOBODY.bytes else b"",
        id=UUID(bytes=shown_id),
    )
    if shown.ledger_id != ledger_id or till_id not in (None, shown.till_id):
        raise WrongAudience("a ticket of another till")
    _require_alive(shown.expires_at)
    return shown


def sign_agreement(shown: Presentation, *, way: str, amount_points: int) -> str:
    """Write that the member agreed to pay exactly this for this showing."""
    until = int(shown.expires_at.timestamp())
    body = _AGREED.pack(WAYS.index(way), shown.ledger_id, until, shown.id.bytes, amount_points)
    return _seal("agreement/1", body)


def agreed_way(text: str, *, shown: Presentation, amount_points: int) -> str:
    """Return how the member agreed to this amount for this showing.

    Raises:
        WrongAudience: It is not ours, or for another showing or amount.
        CodeExpired: The showing's ten minutes are over.
    """
    way, book, until, shown_id, amount = _AGREED.unpack(_open("agreement/1", text, _AGREED.size))
    if (book, shown_id, amount) != (shown.ledger_id, shown.id.bytes, amount_points):
        raise WrongAudience("agreed to something else")
    _require_alive(datetime.fromtimestamp(until, UTC))
    return WAYS[way]


def _require_alive(until: datetime) -> None:
    if until <= clock.now():
        raise CodeExpired


def _seal(purpose: str, body: bytes) -> str:
    sealed = body + crypto.mac(purpose, body, MAC_BYTES)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _open(purpose: str, text: str, size: int) -> bytes:
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error) as error:
        raise WrongAudience("not a ticket") from error
    body, tag = sealed[:size], sealed[size:]
    if not crypto.equal(tag, crypto.mac(purpose, body, MAC_BYTES)) or len(body) != size:
        raise WrongAudience("not a ticket of ours")
    return body
