"""Statements: what an owner had, what came and went, what is left (存折).

A statement spans all accounts of an owner in one unit: lots of several vintages,
and what is owed (a receivable counts as less). Pending transfers move nothing and
stand below the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.ledger.accounts import REF_COLUMNS, AccountRef, ref_of
from app.ledger.lines import IS_PENDING
from app.ledger.tables import ACCOUNT, ENTRY, JOURNAL, TRANSFER


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement, with the balance it left over all the owner's accounts.

    Attributes:
        ref: The owner's account that moved.
        other: The account at the other end.
        delta: What came (above 0) or went, in whole minutes or points.
        occurred_at: When it happened; `posted_at` is when it was written (D8).
    """

    journal_id: UUID
    kind: str
    reason: str
    source_id: UUID
    occurred_at: datetime
    posted_at: datetime
    ref: AccountRef
    other: AccountRef
    delta: int
    balance: int


@dataclass(frozen=True, slots=True)
class HeldLine:
    """An amount that was kept back at the statement's end."""

    ref: AccountRef
    amount: int
    held_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Statement:
    """Opening, lines, closing, and what was held at the end; whole minutes or points."""

    opening: int
    lines: tuple[StatementLine, ...]
    closing: int
    holds: tuple[HeldLine, ...]

    @property
    def held(self) -> int:
        """Return how much of the closing balance was kept back."""
        return sum(hold.amount for hold in self.holds)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which accounts, by their ids, in which half-open span of time."""

    ledger_id: int
    refs: Mapping[UUID, AccountRef]
    begins_at: datetime | None
    ends_at: datetime | None

    def entries(self) -> list[sa.ColumnElement[bool]]:
        """Condition on entries of these accounts."""
        return [ENTRY.c.ledger_id == self.ledger_id, ENTRY.c.account_id.in_(list(self.refs))]


def statement(
    session: Session,
    *,
    ledger_id: int,
    owner_id: UUID,
    unit: str,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Statement:
    """Return an owner's statement over `begins_at` ≤ posted < `ends_at`; None is open."""
    refs = _refs(session, ledger_id, owner_id, unit)
    scope = _Scope(ledger_id, refs, begins_at, ends_at)
    opening = _opening(session, scope)
    rows = session.execute(_lines_query(scope)).all()
    balances = list(accumulate((row.delta for row in rows), initial=opening))
    lines = tuple(
        _line(row, scope, balance) for row, balance in zip(rows, balances[1:], strict=True)
    )
    return Statement(opening, lines, balances[-1], _holds(session, scope))


def _refs(session: Session, ledger_id: int, owner_id: UUID, unit: str) -> dict[UUID, AccountRef]:
    query = sa.select(ACCOUNT.c.id, *(ACCOUNT.c[name] for name in REF_COLUMNS)).where(
        ACCOUNT.c.ledger_id == ledger_id, ACCOUNT.c.owner_id == owner_id
    )
    return {row.id: ref_of(row) for row in session.execute(query) if row.unit == unit}


def _opening(session: Session, scope: _Scope) -> int:
    if scope.begins_at is None:
        return 0
    query = sa.select(sa.func.coalesce(sa.func.sum(ENTRY.c.delta), 0)).where(
        *scope.entries(), ENTRY.c.posted_at < scope.begins_at
    )
    return int(session.execute(query).scalar_one())


def _lines_query(scope: _Scope) -> Any:
    other = ACCOUNT.alias("other")
    other_id = sa.case(
        (TRANSFER.c.debit_account_id == ENTRY.c.account_id, TRANSFER.c.credit_account_id),
        else_=TRANSFER.c.debit_account_id,
    )
    query = (
        sa.select(
            ENTRY.c.account_id,
            ENTRY.c.delta,
            ENTRY.c.posted_at,
            TRANSFER.c.journal_id,
            *(JOURNAL.c[name] for name in ("kind", "reason", "source_id", "occurred_at")),
            *(other.c[name].label(f"other_{name}") for name in REF_COLUMNS),
        )
        .join_from(ENTRY, TRANSFER, TRANSFER.c.id == ENTRY.c.transfer_id)
        .join(JOURNAL, JOURNAL.c.id == TRANSFER.c.journal_id)
        .join(other, other.c.id == other_id)
        .where(*scope.entries(), *_in_book(scope, TRANSFER, JOURNAL, other))
        .order_by(ENTRY.c.posted_at, TRANSFER.c.journal_id, TRANSFER.c.line, ENTRY.c.delta)
    )
    if scope.begins_at is not None:
        query = query.where(ENTRY.c.posted_at >= scope.begins_at)
    if scope.ends_at is not None:
        query = query.where(ENTRY.c.posted_at < scope.ends_at)
    return query


def _in_book(scope: _Scope, *tables: Any) -> list[sa.ColumnElement[bool]]:
    return [table.c.ledger_id == scope.ledger_id for table in tables]


def _line(row: Any, scope: _Scope, balance: int) -> StatementLine:
    return StatementLine(
        journal_id=row.journal_id,
        kind=row.kind,
        reason=row.reason,
        source_id=row.source_id,
        occurred_at=row.occurred_at,
        posted_at=row.posted_at,
        ref=scope.refs[row.account_id],
        other=AccountRef(*(getattr(row, f"other_{name}") for name in REF_COLUMNS)),
        delta=row.delta,
        balance=balance,
    )


def _holds(session: Session, scope: _Scope) -> tuple[HeldLine, ...]:
    """Holds on the owner's accounts that had been placed and not ended by the end."""
    resolver = TRANSFER.alias("resolver")
    ended = sa.exists().where(
        resolver.c.ledger_id == scope.ledger_id, resolver.c.pending_id == TRANSFER.c.id
    )
    query = (
        sa.select(
            TRANSFER.c.amount,
            TRANSFER.c.posted_at,
            TRANSFER.c.expires_at,
            TRANSFER.c.debit_account_id,
        )
        .where(*_in_book(scope, TRANSFER), TRANSFER.c.debit_account_id.in_(list(scope.refs)))
        .where(IS_PENDING)
        .order_by(TRANSFER.c.posted_at, TRANSFER.c.id)
    )
    if scope.ends_at is not None:
        query = query.where(TRANSFER.c.posted_at < scope.ends_at)
        ended = ended.where(resolver.c.posted_at < scope.ends_at)
    rows = session.execute(query.where(~ended))
    return tuple(
        HeldLine(scope.refs[row.debit_account_id], row.amount, row.posted_at, row.expires_at)
        for row in rows
    )
