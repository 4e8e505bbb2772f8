"""Books: one for each programme. Points of one book are not valid in another."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_or_ignore
from app.ledger.errors import LedgerReadOnly
from app.ledger.models import Book


def open_book(
    session: Session, *, book_id: int, code: str, name: str, has_points: bool, opened_on: date
) -> Book:
    """Open a book under a number and a code that nobody uses yet.

    Raises:
        ValidationFailed: The number or the code is taken.
    """
    row = {
        "id": book_id,
        "code": code,
        "name": name,
        "has_points": has_points,
        "opened_on": opened_on,
    }
    opened = session.execute(insert_or_ignore(session, Book).values(row).returning(Book.id))
    if opened.scalar() is None:
        raise ValidationFailed(f"book {book_id} or code {code} exists", field="code")
    return get(session, book_id)


def get(session: Session, ledger_id: int) -> Book:
    """Return a book by its number.

    Raises:
        NotFound: There is no such book.
    """
    book = session.get(Book, ledger_id)
    if book is None:
        raise NotFound(f"no book {ledger_id}")
    return book


def by_code(session: Session, code: str) -> Book:
    """Return a book by the code that people read in addresses and numbers.

    Raises:
        NotFound: There is no such book.
    """
    book = session.execute(sa.select(Book).where(Book.code == code)).scalar_one_or_none()
    if book is None:
        raise NotFound(f"no book with code {code}")
    return book


def list_books(session: Session) -> Sequence[Book]:
    """List every book by its code."""
    return session.execute(sa.select(Book).order_by(Book.code)).scalars().all()


def require_writable(session: Session, *, ledger_id: int) -> None:
    """Refuse when the book is stopped.

    Raises:
        NotFound: There is no such book.
        LedgerReadOnly: A proof stopped it.
    """
    query = sa.select(Book.read_only_at).where(Book.id == ledger_id)
    row = session.execute(query).first()
    if row is None:
        raise NotFound(f"no book {ledger_id}")
    if row.read_only_at is not None:
        raise LedgerReadOnly
