"""Tokens that a card or a phone shows: `<prefix>.<book in base 36>.<128 random bits>`.

The book's number stands in the token, so a scan is a look-up in one book, and a
token of another book is refused by name (A9). It is public; the secret is the rest.
"""

import re
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound
from app.ledger.models import Book
from app.people.errors import WrongAudience

SECRET_BYTES = 16
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(r"(?P<prefix>[A-Z0-9]{3})\.(?P<book>[0-9a-z]{1,12})\.[A-Za-z0-9_-]{22}")


def new_token(prefix: str, ledger_id: int) -> str:
    """Make a token with 128 bits from `secrets` (a UUID does not count)."""
    return f"{prefix}.{_base36(ledger_id)}.{secrets.token_urlsafe(SECRET_BYTES)}"


def ledger_of(prefix: str, token: str) -> int | None:
    """Return the book that a token names, or None if it is no token of this kind."""
    shape = _SHAPE.fullmatch(token)
    if shape is None or shape["prefix"] != prefix:
        return None
    return int(shape["book"], 36)


def foreign_book(session: Session, ledger_id: int) -> DomainError:
    """Return the refusal of a token that another book made, with that book's name."""
    name = session.scalar(sa.select(Book.name).where(Book.id == ledger_id))
    if name is None:
        return NotFound("no such book")
    return WrongAudience("made by another book", book=name)


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"
