"""Expiry: points whose vintage has passed are posted to the book's expired account (D28, L15).

Hours never expire. What is reserved stays until its reservation ends; the next
run takes it then. Members hear of it 30 and 7 days before. Run by `jobs run`,
as often as one likes: every posting and every reminder has a natural key.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.base.db import NEVER
from app.ledger import posting
from app.ledger.accounts import AccountRef
from app.ledger.models import Account
from app.ledger.posting import JournalDraft, Line
from app.people import homes, inbox
from app.points import holders, reminders, wallets
from app.points.purses import POT_KINDS

REMINDER_DAYS = (7, 30)
BATCH_SIZE = 500

_accounts: Any = Account.__table__
_available = _accounts.c.credits_posted - _accounts.c.debits_posted - _accounts.c.debits_pending


class Lot(NamedTuple):
    """A pot of one vintage with what may leave it, and how often it moved so far."""

    kind: str
    holder_id: UUID
    vintage_on: date
    points: int
    entry_count: int


def expire_due(session: Session, *, ledger_id: int, today: date) -> int:
    """Post every lot that expired before `today`; return how many lots.

    A vintage is valid through its day. Lots are locked and posted in batches.

    Raises:
        LedgerReadOnly: The book is stopped.

    Rule: D28, E9, E10, L15.
    """
    count = 0
    while lots := _due(session, ledger_id, today):
        _expire(session, ledger_id, lots)
        count += len(lots)
    return count


def remind(session: Session, *, ledger_id: int, today: date) -> int:
    """Tell holders of lots that expire within 30, and again within 7 days; return how many lots.

    Rule: D28. Each lot is told once for each of the two, however often this runs.
    """
    query = _lots(ledger_id).where(
        _accounts.c.vintage_on >= today,
        _accounts.c.vintage_on <= today + timedelta(days=max(REMINDER_DAYS)),
    )
    lots = [Lot(*row) for row in session.execute(query)]
    if not lots:
        return 0
    told = _told(session, ledger_id, lots)
    notes = [_reminder(lot, each, today) for lot in lots for each in told[lot.holder_id]]
    reminders.tell(session, ledger_id=ledger_id, notes=notes)
    return len(lots)


def _lots(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        _accounts.c.kind,
        _accounts.c.owner_id,
        _accounts.c.vintage_on,
        _available.label("points"),
        _accounts.c.entry_count,
    ).where(
        _accounts.c.ledger_id == ledger_id,
        _accounts.c.unit == "points",
        _accounts.c.kind.in_(POT_KINDS),
        _accounts.c.vintage_on < NEVER,
        _available > 0,
    )


def _due(session: Session, ledger_id: int, today: date) -> list[Lot]:
    query = (
        _lots(ledger_id)
        .where(_accounts.c.vintage_on < today)
        .order_by(_accounts.c.id)
        .limit(BATCH_SIZE)
        .with_for_update(key_share=True)
    )
    return [Lot(*row) for row in session.execute(query)]


def _expire(session: Session, ledger_id: int, lots: Sequence[Lot]) -> None:
    drafts = [
        JournalDraft(
            key=_key(lot),
            kind="expiry",
            lines=(Line(_ref(lot), wallets.EXPIRED, lot.points),),
            actor=SYSTEM,
            source_id=lot.holder_id,
        )
        for lot in lots
    ]
    posting.post(session, ledger_id=ledger_id, drafts=drafts)
    told = _told(session, ledger_id, lots)
    notes = [
        inbox.Note(
            each,
            _topic(lot, "expired"),
            {"points": lot.points, "expired_on": lot.vintage_on.isoformat()},
            natural_key=_key_of(_key(lot), lot, each),
        )
        for lot in lots
        for each in told[lot.holder_id]
    ]
    reminders.tell(session, ledger_id=ledger_id, notes=notes)


def _ref(lot: Lot) -> AccountRef:
    return AccountRef("points", lot.kind, lot.holder_id, lot.vintage_on)


def _told(session: Session, ledger_id: int, lots: Sequence[Lot]) -> dict[UUID, list[UUID]]:
    """Who hears of each lot: its holder, or everybody in the household now."""
    home_ids = {lot.holder_id for lot in lots if lot.kind == "household"}
    own_ids = {lot.holder_id for lot in lots} - home_ids
    kept = holders.of(session, ledger_id=ledger_id, member_ids=own_ids) if own_ids else {}
    found = {own_id: [kept_id] for own_id, kept_id in kept.items()}
    if home_ids:
        found |= {home_id: [] for home_id in home_ids}
        found |= homes.present_in(session, ledger_id=ledger_id, household_ids=home_ids)
    return found


def _topic(lot: Lot, topic: str) -> str:
    return topic if lot.kind == "wallet" else f"home_{topic}"


def _key_of(key: str, lot: Lot, member_id: UUID) -> str:
    """Name a note: a household's lot is told to each of its members once."""
    return key if lot.kind == "wallet" else f"{key}:{member_id}"


def _key(lot: Lot) -> str:
    """Name this expiry; a lot into which a reservation fell back later has moved since."""
    return f"expire:{lot.vintage_on.isoformat()}:{lot.holder_id}:{lot.entry_count}"


def _reminder(lot: Lot, holder_id: UUID, today: date) -> inbox.Note:
    days_left = (lot.vintage_on - today).days
    days = min(days for days in REMINDER_DAYS if days_left <= days)
    facts = {"points": lot.points, "expires_on": lot.vintage_on.isoformat(), "days": days_left}
    key = f"expiring:{lot.vintage_on.isoformat()}:{lot.holder_id}:{days}"
    key = _key_of(key, lot, holder_id)
    return inbox.Note(holder_id, _topic(lot, "expiring"), facts, natural_key=key)
