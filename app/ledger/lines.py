"""Posted lines with the names of their accounts: the reverse of what posting wrote."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.ledger.accounts import REF_COLUMNS, AccountRef
from app.ledger.drafts import MOVING, Line
from app.ledger.tables import ACCOUNT, TRANSFER

DEBITED = ACCOUNT.alias("debited")
CREDITED = ACCOUNT.alias("credited")
_book: sa.BindParameter[int] = sa.bindparam("in_ledger_id")

LINES = (
    sa.select(
        TRANSFER,
        *(DEBITED.c[name].label(f"debit_{name}") for name in REF_COLUMNS),
        *(CREDITED.c[name].label(f"credit_{name}") for name in REF_COLUMNS),
    )
    .join_from(
        TRANSFER,
        DEBITED,
        sa.and_(DEBITED.c.ledger_id == _book, DEBITED.c.id == TRANSFER.c.debit_account_id),
    )
    .join(
        CREDITED,
        sa.and_(CREDITED.c.ledger_id == _book, CREDITED.c.id == TRANSFER.c.credit_account_id),
    )
    .where(TRANSFER.c.ledger_id == _book)
)
"""Transfers of the book `in_ledger_id` with both accounts' names; add conditions."""

IS_PENDING = TRANSFER.c.phase == sa.literal_column("'pending'")
"""A literal, so that the partial index of holds serves it."""


def debit_of(row: Any) -> AccountRef:
    """Return the account that a row of `LINES` debits."""
    return AccountRef(*(getattr(row, f"debit_{name}") for name in REF_COLUMNS))


def credit_of(row: Any) -> AccountRef:
    """Return the account that a row of `LINES` credits."""
    return AccountRef(*(getattr(row, f"credit_{name}") for name in REF_COLUMNS))


def moved_by(session: Session, *, ledger_id: int, journal_id: UUID) -> tuple[Line, ...]:
    """Return what a journal moved, as plain lines in their order; holds are left out.

    Raises:
        NotFound: There is no such journal, or it moved nothing.
    """
    query = LINES.where(TRANSFER.c.journal_id == journal_id, TRANSFER.c.phase.in_(MOVING))
    rows = session.execute(query.order_by(TRANSFER.c.line), {"in_ledger_id": ledger_id})
    lines = tuple(Line(debit_of(row), credit_of(row), row.amount) for row in rows)
    if not lines:
        raise NotFound("no such journal, or it moved nothing")
    return lines
