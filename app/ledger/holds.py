"""Holds: an amount kept back for a while, then captured, given back, or lapsed — once.

A hold is a journal of pending lines. It moves no balance and writes no entry; it
only lowers what is available. Whatever ends it is a journal of its own.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Unpack
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import NotFound
from app.ledger import posting
from app.ledger.accounts import AccountRef
from app.ledger.drafts import Act, JournalDraft, Line
from app.ledger.lines import IS_PENDING, LINES, credit_of, debit_of
from app.ledger.tables import ACCOUNT, TRANSFER

LAPSED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Hold:
    """One amount that is kept back, in whole points or minutes.

    Attributes:
        id: The pending transfer.
        journal_id: The journal that placed it.
    """

    id: UUID
    journal_id: UUID
    debit: AccountRef
    credit: AccountRef
    amount: int
    expires_at: datetime | None


def place(
    session: Session,
    *,
    ledger_id: int,
    draft: JournalDraft,
    expires_at: datetime | None = None,
) -> UUID:
    """Keep back what the draft's lines would move; return the id of the holding journal.

    Raises:
        InsufficientPoints: Less is available than is to be held.
    """
    lines = tuple(replace(line, phase="pending", expires_at=expires_at) for line in draft.lines)
    pending = replace(draft, lines=lines)
    return posting.post_one(session, ledger_id=ledger_id, draft=pending)


def capture(
    session: Session,
    *,
    ledger_id: int,
    journal_id: UUID,
    amount: int | None = None,
    **act: Unpack[Act],
) -> UUID:
    """Move what a journal holds, or the first `amount` of it; the rest is given back.

    Raises:
        NotFound: The journal holds nothing.
        HoldAlreadyResolved: It was captured or given back before, or has lapsed.
        ValueError: The amount is not above 0, or above what is held.
    """
    holds = of_journal(session, ledger_id=ledger_id, journal_id=journal_id)
    held = sum(hold.amount for hold in holds)
    left = held if amount is None else amount
    if not 0 < left <= held:
        raise ValueError(f"{left} of {held} cannot be captured")
    lines = []
    for hold in holds:
        taken = min(left, hold.amount)
        left -= taken
        lines.append(_ending(hold, "post", taken) if taken else _ending(hold, "void"))
    draft = JournalDraft(lines=tuple(lines), **act)
    return posting.post_one(session, ledger_id=ledger_id, draft=draft)


def void(session: Session, *, ledger_id: int, journal_id: UUID, **act: Unpack[Act]) -> UUID:
    """Give back all that a journal holds.

    Raises:
        NotFound: The journal holds nothing.
        HoldAlreadyResolved: It was captured or given back before.
    """
    holds = of_journal(session, ledger_id=ledger_id, journal_id=journal_id)
    draft = JournalDraft(lines=tuple(_ending(hold, "void") for hold in holds), **act)
    return posting.post_one(session, ledger_id=ledger_id, draft=draft)


def expire_due(session: Session, *, ledger_id: int, limit: int = LAPSED_AT_ONCE) -> int:
    """Give back the holds whose time is over, oldest first; return how many.

    The job calls it again, in a new unit of work, until it returns 0.
    """
    due = LINES.where(*_is_open(ledger_id), TRANSFER.c.expires_at <= clock.now()).order_by(
        TRANSFER.c.expires_at, TRANSFER.c.id
    )
    holds = [_hold(row) for row in session.execute(due.limit(limit), {"in_ledger_id": ledger_id})]
    drafts = [
        JournalDraft(
            key=f"hold-lapsed:{hold.id}",
            kind="hold_lapsed",
            lines=(_ending(hold, "expire"),),
            actor=SYSTEM,
            source_id=hold.journal_id,
        )
        for hold in holds
    ]
    return len(posting.post(session, ledger_id=ledger_id, drafts=drafts))


def of_journal(session: Session, *, ledger_id: int, journal_id: UUID) -> list[Hold]:
    """List what a journal holds or held, in the order of its lines.

    Raises:
        NotFound: There is no such journal, or it holds nothing.
    """
    query = LINES.where(TRANSFER.c.journal_id == journal_id, IS_PENDING)
    rows = session.execute(query.order_by(TRANSFER.c.line), {"in_ledger_id": ledger_id})
    holds = [_hold(row) for row in rows]
    if not holds:
        raise NotFound("no such hold")
    return holds


def list_open(session: Session, *, ledger_id: int, owner_id: UUID) -> list[Hold]:
    """List what is kept back of an owner's accounts, oldest first."""
    own = sa.select(ACCOUNT.c.id).where(
        ACCOUNT.c.ledger_id == ledger_id, ACCOUNT.c.owner_id == owner_id
    )
    query = LINES.where(*_is_open(ledger_id), TRANSFER.c.debit_account_id.in_(own))
    rows = session.execute(query, {"in_ledger_id": ledger_id})
    return sorted((_hold(row) for row in rows), key=lambda hold: hold.id)


def _is_open(ledger_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    resolver = TRANSFER.alias("resolver")
    ended = sa.exists().where(
        resolver.c.ledger_id == ledger_id, resolver.c.pending_id == TRANSFER.c.id
    )
    return (IS_PENDING, ~ended)


def _hold(row: Any) -> Hold:
    return Hold(
        id=row.id,
        journal_id=row.journal_id,
        debit=debit_of(row),
        credit=credit_of(row),
        amount=row.amount,
        expires_at=row.expires_at,
    )


def _ending(hold: Hold, phase: str, amount: int | None = None) -> Line:
    return Line(hold.debit, hold.credit, amount or hold.amount, phase, hold.id)
