"""Balances: what an account holds, what of it is held back, and what it held at a past moment."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.ledger.accounts import REF_COLUMNS, AccountRef, ref_of
from app.ledger.tables import ACCOUNT, ENTRY


@dataclass(frozen=True, slots=True)
class Balance:
    """The state of one account, in whole minutes or points.

    Attributes:
        posted: Credits less debits.
        held: What open holds keep back of it.
        available: What may leave: posted less held.
    """

    ref: AccountRef
    account_id: UUID
    posted: int
    held: int
    available: int


_posted = (ACCOUNT.c.credits_posted - ACCOUNT.c.debits_posted).label("posted")
_of_owner = sa.select(
    ACCOUNT.c.id, *(ACCOUNT.c[name] for name in REF_COLUMNS), _posted, ACCOUNT.c.debits_pending
).where(
    ACCOUNT.c.ledger_id == sa.bindparam("ledger_id"),
    ACCOUNT.c.owner_id == sa.bindparam("owner_id"),
)


def of_owner(session: Session, *, ledger_id: int, owner_id: UUID) -> list[Balance]:
    """List the balances of an owner's accounts by unit, kind and vintage."""
    rows = session.execute(_of_owner, {"ledger_id": ledger_id, "owner_id": owner_id})
    # sorted here: asked for the order, SQLite walks the whole book in it
    balances = [
        Balance(
            ref=ref_of(row),
            account_id=row.id,
            posted=row.posted,
            held=row.debits_pending,
            available=row.posted - row.debits_pending,
        )
        for row in rows
    ]
    return sorted(balances, key=lambda balance: balance.ref.natural_key)


def available(session: Session, *, ledger_id: int, ref: AccountRef) -> int:
    """Return what may leave an account, in its unit; 0 if it was never opened."""
    own = ACCOUNT.c
    query = sa.select(own.credits_posted - own.debits_posted - own.debits_pending).where(
        own.ledger_id == ledger_id,
        own.unit == ref.unit,
        own.kind == ref.kind,
        own.owner_id == ref.owner_id,
        own.vintage_on == ref.vintage_on,
        own.stripe == ref.stripe,
    )
    return session.execute(query).scalar() or 0


def at(session: Session, *, ledger_id: int, account_id: UUID, instant: datetime) -> int:
    """Return the posted balance that an account had at a past instant, in its unit.

    One probe backwards along the account's entries: what was posted at the instant
    itself counts.
    """
    query = (
        sa.select(ENTRY.c.balance_after)
        .where(
            ENTRY.c.ledger_id == ledger_id,
            ENTRY.c.account_id == account_id,
            ENTRY.c.posted_at <= instant,
        )
        .order_by(ENTRY.c.seq.desc())
        .limit(1)
    )
    return session.execute(query).scalar() or 0
