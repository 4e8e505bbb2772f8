"""Codes of vouchers and reservations: a token for the QR, and 12 digits to read out (D34).

Only keyed hashes are looked up; a sealed copy lets the member's phone show it again. Wrong
guesses are counted by the door.
"""

import secrets
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.crypto import lookup_hash, seal, unseal
from app.base.errors import NotFound
from app.people.tokens import foreign_book, ledger_of, new_token

VOUCHER = "TV1"
RESERVATION = "TR1"
DIGIT_COUNT = 12


@dataclass(frozen=True, slots=True)
class ClaimCode:
    """What the phone shows: the token as a QR, the digits under it."""

    token: str
    digits: str

    def columns(self, row_id: UUID) -> dict[str, bytes]:
        """Return the code as its row keeps it."""
        return {
            "token_hash": hash_of(self.token),
            "digits_hash": hash_of(self.digits),
            "code_cipher": seal(f"{self.token} {self.digits}", row_id),
        }


def new(prefix: str, ledger_id: int) -> ClaimCode:
    """Make a code of 128 random bits and 12 random digits."""
    digits = f"{secrets.randbelow(10**DIGIT_COUNT):0{DIGIT_COUNT}d}"
    return ClaimCode(new_token(prefix, ledger_id), digits)


def shown(code_cipher: bytes, row_id: UUID) -> ClaimCode:
    """Return a code to its member."""
    token, digits = unseal(code_cipher, row_id).split(" ")
    return ClaimCode(token, digits)


def hash_of(secret: str) -> bytes:
    """Hash a token or its digits as they are stored."""
    return lookup_hash("mall-claim", secret)


def matches(
    session: Session, model: type, *, prefix: str, ledger_id: int, presented: str
) -> sa.ColumnElement[bool]:
    """Return the condition that finds the row of a token or of 12 digits.

    Raises:
        NotFound: It is neither.
        WrongAudience: The token belongs to another book (A9).
    """
    digits = "".join(presented.split())
    if len(digits) == DIGIT_COUNT and digits.isascii() and digits.isdigit():
        return model.digits_hash == hash_of(digits)  # type: ignore[attr-defined,no-any-return]
    token = presented.strip()
    home = ledger_of(prefix, token)
    if home is None:
        raise NotFound("no such code")
    if home != ledger_id:
        raise foreign_book(session, home)
    return model.token_hash == hash_of(token)  # type: ignore[attr-defined,no-any-return]
