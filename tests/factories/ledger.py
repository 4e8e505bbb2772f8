"""Builders of the ledger's tests: a book, names of accounts, journals of the usual kinds."""

from datetime import date
from itertools import count
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM
from app.base.db import NEVER
from app.base.ids import new_id
from app.ledger import books, posting
from app.ledger.accounts import AccountRef
from app.ledger.posting import JournalDraft, Line
from app.ledger.tables import ACCOUNT, BOOK, ENTRY, JOURNAL, TRANSFER

ISSUANCE = AccountRef("points", "issuance")
ISSUANCE_MINUTES = AccountRef("minutes", "issuance")
EXPIRED = AccountRef("points", "expired")
SETTLED = AccountRef("points", "settled")
OPENING = AccountRef("points", "opening")
OPENING_MINUTES = AccountRef("minutes", "opening")

_book_ids = count(350902)
_keys = count(1)


def open_book(session: Session, code: str | None = None) -> int:
    """Open a book of its own for a test and return its number."""
    book_id = next(_book_ids)
    books.open_book(
        session,
        book_id=book_id,
        code=code or f"book{book_id}",
        name="爱心银行",
        has_points=True,
        opened_on=date(2025, 1, 1),
    )
    return book_id


def wallet(member_id: UUID, vintage_on: date = NEVER) -> AccountRef:
    return AccountRef("points", "wallet", member_id, vintage_on)


def receivable(member_id: UUID) -> AccountRef:
    return AccountRef("points", "receivable", member_id)


def hours(member_id: UUID, kind: str = "hours_credited") -> AccountRef:
    return AccountRef("minutes", kind, member_id)


def shop(shop_id: UUID) -> AccountRef:
    return AccountRef("points", "shop", shop_id)


def escrow(request_id: UUID, vintage_on: date = NEVER) -> AccountRef:
    return AccountRef("points", "escrow", request_id, vintage_on)


def draft(*lines: Line, key: str | None = None, kind: str = "grant", **rest) -> JournalDraft:
    """A journal draft with a key of its own unless told otherwise."""
    rest.setdefault("actor", SYSTEM)
    return JournalDraft(key=key or f"test:{next(_keys)}", kind=kind, lines=lines, **rest)


def post(session: Session, ledger_id: int, *lines: Line, **rest) -> UUID:
    """Post one journal of these lines."""
    return posting.post_one(session, ledger_id=ledger_id, draft=draft(*lines, **rest))


def issue(
    session: Session, ledger_id: int, member_id: UUID, points: int, vintage_on: date = NEVER
) -> UUID:
    """Let a member earn points, as any grant does."""
    return post(session, ledger_id, Line(ISSUANCE, wallet(member_id, vintage_on), points))


def member_with(session: Session, ledger_id: int, points: int, vintage_on: date = NEVER) -> UUID:
    """A new member who has earned these points."""
    member_id = new_id()
    issue(session, ledger_id, member_id, points, vintage_on)
    return member_id


def everything(session: Session, ledger_id: int) -> dict[str, list[tuple]]:
    """Every row of a book, to see that a refusal changed nothing."""
    rows = {}
    for table in (ACCOUNT, JOURNAL, TRANSFER, ENTRY):
        query = sa.select(table).where(table.c.ledger_id == ledger_id)
        rows[table.name] = sorted(map(tuple, session.execute(query)), key=repr)
    book = session.execute(sa.select(BOOK).where(BOOK.c.id == ledger_id))
    return rows | {"book": list(map(tuple, book))}


def today() -> date:
    return clock.today()
