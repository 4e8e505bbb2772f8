"""Posting: the one way by which minutes and points move.

A batch of journals costs the same few statements as one journal: lock the
accounts, claim the keys, write transfers, move the counters, write entries (and
one more when holds end). The counters move by a conditional UPDATE whose row
count is compared: the floor is a fact of the database, not of this code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.db import UTCDateTime
from app.base.ids import new_id
from app.ledger import accounts, keys, movements
from app.ledger.accounts import AccountRef, LockedAccount
from app.ledger.batches import Batch, dialect_of
from app.ledger.drafts import JournalDraft, Line
from app.ledger.errors import BoundBroken, HoldAlreadyResolved
from app.ledger.keys import Entitled
from app.ledger.movements import Movement, Numbered
from app.ledger.tables import ACCOUNT, ENTRY, TRANSFER

__all__ = ["JournalDraft", "Line", "post", "post_one"]

_INSERT_TRANSFERS = TRANSFER.insert()
_INSERT_ENTRIES = ENTRY.insert()


def post_one(session: Session, *, ledger_id: int, draft: JournalDraft) -> UUID:
    """Post one journal and return its id; see `post`."""
    return post(session, ledger_id=ledger_id, drafts=[draft])[0]


def post(session: Session, *, ledger_id: int, drafts: Sequence[JournalDraft]) -> list[UUID]:
    """Post journals, all or none, and return their ids in the order of the drafts.

    A draft whose key is already in the book with the same content is a replay: it
    writes nothing and returns the first journal's id. `posted_at` is the present,
    but never before the last posting on a touched account.

    Raises:
        InsufficientPoints: A points account would fall below its floor (I4, `short_points`).
        IdempotencyMismatch: A key stands for other content.
        AlreadyReversed: The journal to reverse was reversed before (L4).
        HoldAlreadyResolved: The hold to end has ended before.
        LedgerReadOnly: The book is stopped.
        NotFound: There is no such book.
    """
    if not drafts:
        return []
    entitled = keys.entitle(drafts)
    refs = {ref for draft in drafts for line in draft.lines for ref in (line.debit, line.credit)}
    locked = accounts.lock(session, ledger_id=ledger_id, refs=refs)
    posted_at = _posting_instant(locked)
    new = keys.claim(session, ledger_id, entitled, posted_at)
    if len(new) < len(entitled):
        keys.accept_replays(session, ledger_id, entitled, new)
    if new:
        _write(session, _Writing(ledger_id, posted_at, locked, new))
    return [entitled[draft.key].journal_id for draft in drafts]


@dataclass(frozen=True, slots=True)
class _Writing:
    """A batch under way: the book, the moment, the locked accounts, the new journals."""

    ledger_id: int
    posted_at: datetime
    locked: Mapping[AccountRef, LockedAccount]
    new: Sequence[Entitled]


def _posting_instant(locked: Mapping[AccountRef, LockedAccount]) -> datetime:
    """The present, taken under the locks, so that time never goes back in an account."""
    last = (account.last_posted_at for account in locked.values() if account.last_posted_at)
    return max([clock.now(), *last])


def _write(session: Session, writing: _Writing) -> None:
    journals = _number(session, writing)
    moves = movements.walk(writing.locked, journals)
    session.execute(_INSERT_TRANSFERS, _transfer_rows(writing, journals))
    _move_counters(session, writing, list(moves.values()))
    entries = _entry_rows(writing, moves.values())
    if entries:
        session.execute(_INSERT_ENTRIES, entries)


def _number(session: Session, writing: _Writing) -> list[list[Numbered]]:
    """Give every line its transfer's id, and lines that end holds the amount held."""
    ending = [line for item in writing.new for line in item.draft.lines if line.pending_id]
    held = _open_holds(session, writing, ending) if ending else {}
    return [
        [
            Numbered(new_id(), line, held[line.pending_id] if line.pending_id else 0)
            for line in item.draft.lines
        ]
        for item in writing.new
    ]


_ending = Batch("ending", (("id", "id"),))


@cache
def _holds_statement(dialect: str) -> Any:
    resolver = TRANSFER.alias("resolver")
    is_resolver = sa.and_(
        resolver.c.ledger_id == TRANSFER.c.ledger_id, resolver.c.pending_id == TRANSFER.c.id
    )
    return (
        sa.select(
            TRANSFER.c.id,
            TRANSFER.c.amount,
            TRANSFER.c.expires_at,
            TRANSFER.c.debit_account_id,
            TRANSFER.c.credit_account_id,
        )
        .join_from(TRANSFER, resolver, is_resolver, isouter=True)
        .where(
            TRANSFER.c.ledger_id == sa.bindparam("in_ledger_id"),
            TRANSFER.c.id.in_(_ending.keys(dialect)),
            TRANSFER.c.phase == "pending",
            resolver.c.id.is_(None),
        )
    )


def _open_holds(
    session: Session, writing: _Writing, ending: Sequence[Line]
) -> dict[UUID | None, int]:
    """Return the amounts of the holds that the lines end, each of them still open.

    Read under the locks of the accounts, which everyone who ends a hold must take.
    """
    if len({line.pending_id for line in ending}) < len(ending):
        raise HoldAlreadyResolved("one batch ends a hold twice")
    dialect = dialect_of(session)
    bind = _ending.bind(dialect, [(line.pending_id,) for line in ending])
    parameters = {"in_ledger_id": writing.ledger_id, **bind}
    rows = session.execute(_holds_statement(dialect), parameters)
    holds = {row.id: row for row in rows}
    for line in ending:
        hold = holds.get(line.pending_id)
        if hold is None or _has_lapsed(line, hold, writing.posted_at):
            raise HoldAlreadyResolved
        _require_fits(line, hold, writing.locked)
    return {hold_id: hold.amount for hold_id, hold in holds.items()}


def _has_lapsed(line: Line, hold: Any, posted_at: datetime) -> bool:
    """Whether it is too late to capture: a lapsed hold is only given back."""
    return line.phase == "post" and hold.expires_at is not None and hold.expires_at <= posted_at


def _require_fits(line: Line, hold: Any, locked: Mapping[AccountRef, LockedAccount]) -> None:
    """A hold ends between its own accounts: captured in part or whole, else given back whole."""
    here = (locked[line.debit].id, locked[line.credit].id)
    if here != (hold.debit_account_id, hold.credit_account_id):
        raise BoundBroken("a hold ends between the accounts it was placed on")
    if line.amount > hold.amount or (line.phase != "post" and line.amount != hold.amount):
        raise BoundBroken(f"a hold of {hold.amount} does not end with {line.amount}")


def _transfer_rows(
    writing: _Writing, journals: Sequence[Sequence[Numbered]]
) -> list[dict[str, Any]]:
    locked = writing.locked
    return [
        {
            "ledger_id": writing.ledger_id,
            "id": item.transfer_id,
            "journal_id": entitled.journal_id,
            "line": number,
            "phase": item.line.phase,
            "pending_id": item.line.pending_id,
            "debit_account_id": locked[item.line.debit].id,
            "credit_account_id": locked[item.line.credit].id,
            "unit": item.line.unit,
            "amount": item.line.amount,
            "expires_at": item.line.expires_at,
            "posted_at": writing.posted_at,
        }
        for entitled, lines in zip(writing.new, journals, strict=True)
        for number, item in enumerate(lines, 1)
    ]


_moved = Batch(
    "moved",
    (
        ("account_id", "id"),
        ("debits", "whole"),
        ("credits", "whole"),
        ("debits_held", "whole"),
        ("credits_held", "whole"),
        ("entries", "whole"),
    ),
)


@cache
def _move_statement(dialect: str) -> Any:
    """The conditional UPDATE: an account whose bound would break is simply not updated."""
    moved, own = _moved.table(dialect), ACCOUNT.c
    debits, credits = own.debits_posted + moved.c.debits, own.credits_posted + moved.c.credits
    debits_held = own.debits_pending + moved.c.debits_held
    credits_held = own.credits_pending + moved.c.credits_held
    return (
        ACCOUNT.update()
        .where(
            own.ledger_id == sa.bindparam("in_ledger_id"),
            own.id == moved.c.account_id,
            # joined as above, and on SQLite found by their keys: see `batches`
            own.id.in_(sa.select(_moved.table(dialect).c.account_id))
            if dialect == "sqlite"
            else sa.true(),
            own.closed_at.is_(None),
            sa.or_(own.floor_amount.is_(None), credits - debits - debits_held >= own.floor_amount),
            sa.or_(
                own.ceiling_amount.is_(None),
                credits + credits_held - debits <= own.ceiling_amount,
            ),
        )
        .values(
            debits_posted=debits,
            credits_posted=credits,
            debits_pending=debits_held,
            credits_pending=credits_held,
            entry_count=own.entry_count + moved.c.entries,
            last_posted_at=sa.bindparam("at", type_=UTCDateTime()),
        )
        .returning(own.id, own.entry_count, (own.credits_posted - own.debits_posted).label("left"))
    )


def _move_counters(session: Session, writing: _Writing, moves: Sequence[Movement]) -> None:
    dialect = dialect_of(session)
    changes = [movements.change_of(move) for move in moves]
    bind = _moved.bind(dialect, changes)
    parameters = {"in_ledger_id": writing.ledger_id, "at": writing.posted_at, **bind}
    rows = session.execute(_move_statement(dialect), parameters)
    moved = {(row.id, row.entry_count, row.left) for row in rows}
    # The locks make these equal; if they ever are not, nothing may stay written.
    if moved != {(move.account.id, move.seq, move.balance) for move in moves}:
        raise BoundBroken("the counters moved otherwise than the locked accounts foretold")


def _entry_rows(writing: _Writing, moves: Any) -> list[dict[str, Any]]:
    return [
        {
            "ledger_id": writing.ledger_id,
            "account_id": move.account.id,
            "seq": seq,
            "transfer_id": transfer_id,
            "delta": delta,
            "balance_after": balance,
            "posted_at": writing.posted_at,
        }
        for move in moves
        for seq, transfer_id, delta, balance in move.entries
    ]
