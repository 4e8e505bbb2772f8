"""Accounts: their natural names, their bounds, and the locks that a posting takes.

An account is named by what it is (unit, kind, owner, vintage), never by an id
that a caller would have to keep.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.db import NEVER
from app.base.ids import NOBODY, new_id
from app.base.upserts import insert_or_ignore
from app.ledger import books
from app.ledger.batches import Batch, dialect_of
from app.ledger.errors import LedgerReadOnly
from app.ledger.tables import ACCOUNT, BOOK

SHOPS = ("shop", "shop_service", "shop_offer", "shop_honour")
"""What a shop took in, by what it gave: goods, services, offers, honours (P8)."""

HOURS = ("hours_credited", "hours_honorary", "hours_historical")
KINDS_OF_UNIT = {
    "minutes": frozenset({"issuance", "opening", "clearing", *HOURS}),
    "points": frozenset(
        {"issuance", "opening", "clearing", "wallet", "household", "escrow", "common_pool"}
        | {"receivable", "settled", "expired", *SHOPS}
    ),
}

Bounds = tuple[int | None, int | None]
UNBOUNDED = frozenset({"issuance", "settled", "expired", "opening", "clearing", *SHOPS})


@dataclass(frozen=True, slots=True)
class AccountRef:
    """The natural name of an account.

    Attributes:
        unit: `minutes` or `points`.
        kind: What sort of pot it is (`models.KINDS`).
        owner_id: The member, household, shop or request it belongs to.
        vintage_on: The last date on which its points are valid (D28).
        stripe: Which of several parallel rows of a busy account.
    """

    unit: str
    kind: str
    owner_id: UUID = NOBODY
    vintage_on: date = NEVER
    stripe: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS_OF_UNIT.get(self.unit, ()):
            raise ValueError(f"no account of {self.unit} is a {self.kind}")

    @property
    def is_bounded(self) -> bool:
        """Whether the account has a floor or a ceiling."""
        return self.kind not in UNBOUNDED

    @property
    def natural_key(self) -> tuple[str, str, UUID, date, int]:
        """The name as a row, in the order of the unique key."""
        return (self.unit, self.kind, self.owner_id, self.vintage_on, self.stripe)


@dataclass(frozen=True, slots=True)
class LockedAccount:
    """An account as it stands under the lock of this transaction."""

    id: UUID
    ref: AccountRef
    floor: int | None
    ceiling: int | None
    debits_posted: int
    credits_posted: int
    debits_pending: int
    credits_pending: int
    entry_count: int
    last_posted_at: datetime | None
    is_closed: bool


def bounds_of(kind: str) -> Bounds:
    """Return floor and ceiling of a kind: wallets do not run dry, a debt is no credit (I4)."""
    if kind == "receivable":
        return None, 0
    return (None, None) if kind in UNBOUNDED else (0, None)


def ensure(
    session: Session, *, ledger_id: int, refs: Collection[AccountRef]
) -> dict[AccountRef, UUID]:
    """Return the ids of the accounts, opening those that do not exist yet.

    Raises:
        NotFound: There is no such book.
        LedgerReadOnly: An account would have to be opened in a stopped book.
    """
    found = _find(session, ledger_id, refs)
    missing = [ref for ref in refs if ref not in found]
    if missing:
        books.require_writable(session, ledger_id=ledger_id)
        _open(session, ledger_id, missing)
        found |= _find(session, ledger_id, missing)
    return found


def lock(
    session: Session, *, ledger_id: int, refs: Collection[AccountRef]
) -> dict[AccountRef, LockedAccount]:
    """Lock the accounts until the transaction ends, opening those that do not exist yet.

    One statement when all exist: bounded accounts first, then by id, so that two
    postings never wait for each other in a ring, and busy accounts come last.

    Raises:
        NotFound: There is no such book.
        LedgerReadOnly: The book is stopped.
    """
    locked = _lock(session, ledger_id, refs)
    missing = [ref for ref in refs if ref not in locked]
    if missing:
        books.require_writable(session, ledger_id=ledger_id)
        _open(session, ledger_id, missing)
        locked |= _lock(session, ledger_id, missing)
    assert len(locked) == len(refs), "an account was opened but is not seen"
    return locked


REF_COLUMNS = ("unit", "kind", "owner_id", "vintage_on", "stripe")
_wanted = Batch(
    "wanted",
    (
        ("unit", "text"),
        ("kind", "text"),
        ("owner_id", "id"),
        ("vintage_on", "day"),
        ("stripe", "whole"),
    ),
)
_NATURAL = sa.tuple_(*(ACCOUNT.c[name] for name in REF_COLUMNS))


def ref_of(row: Any) -> AccountRef:
    """Read the natural name from a row that holds the account's columns."""
    return AccountRef(row.unit, row.kind, row.owner_id, row.vintage_on, row.stripe)


@cache
def _find_statement(dialect: str) -> Any:
    return sa.select(ACCOUNT.c.id, *(ACCOUNT.c[name] for name in REF_COLUMNS)).where(
        ACCOUNT.c.ledger_id == sa.bindparam("in_ledger_id"),
        _NATURAL.in_(_wanted.keys(dialect)),
    )


@cache
def _lock_statement(dialect: str) -> Any:
    return (
        sa.select(ACCOUNT, BOOK.c.read_only_at)
        .join_from(ACCOUNT, BOOK, BOOK.c.id == ACCOUNT.c.ledger_id)
        .where(
            ACCOUNT.c.ledger_id == sa.bindparam("in_ledger_id"),
            _NATURAL.in_(_wanted.keys(dialect)),
        )
        .order_by(ACCOUNT.c.floor_amount.is_(None), ACCOUNT.c.id)
        .with_for_update(key_share=True, of=ACCOUNT)
    )


def _parameters(session: Session, ledger_id: int, refs: Iterable[AccountRef]) -> dict[str, Any]:
    rows = [ref.natural_key for ref in refs]
    return {"in_ledger_id": ledger_id, **_wanted.bind(dialect_of(session), rows)}


def _find(session: Session, ledger_id: int, refs: Collection[AccountRef]) -> dict[AccountRef, UUID]:
    statement = _find_statement(dialect_of(session))
    rows = session.execute(statement, _parameters(session, ledger_id, refs))
    return {ref_of(row): row.id for row in rows}


def _lock(
    session: Session, ledger_id: int, refs: Collection[AccountRef]
) -> dict[AccountRef, LockedAccount]:
    statement = _lock_statement(dialect_of(session))
    rows = session.execute(statement, _parameters(session, ledger_id, refs)).all()
    if rows and rows[0].read_only_at is not None:
        raise LedgerReadOnly
    return dict(map(_locked, rows))


def _locked(row: Any) -> tuple[AccountRef, LockedAccount]:
    ref = ref_of(row)
    return ref, LockedAccount(
        id=row.id,
        ref=ref,
        floor=row.floor_amount,
        ceiling=row.ceiling_amount,
        debits_posted=row.debits_posted,
        credits_posted=row.credits_posted,
        debits_pending=row.debits_pending,
        credits_pending=row.credits_pending,
        entry_count=row.entry_count,
        last_posted_at=row.last_posted_at,
        is_closed=row.closed_at is not None,
    )


def _open(session: Session, ledger_id: int, refs: Iterable[AccountRef]) -> None:
    """Insert accounts in the order of their names: two openers wait, never in a ring."""
    opened_at = clock.now()
    rows = []
    for ref in sorted(refs, key=lambda ref: ref.natural_key):
        floor, ceiling = bounds_of(ref.kind)
        row: dict[str, Any] = {name: getattr(ref, name) for name in REF_COLUMNS}
        row |= {"ledger_id": ledger_id, "id": new_id(), "opened_at": opened_at}
        row |= {"floor_amount": floor, "ceiling_amount": ceiling, "entry_count": 0}
        row |= {"debits_posted": 0, "credits_posted": 0, "debits_pending": 0, "credits_pending": 0}
        rows.append(row)
    session.execute(insert_or_ignore(session, ACCOUNT), rows)
