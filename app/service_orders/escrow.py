"""Escrow: the asker's points wait for the help, each lot with its own last day (L5–L7, D28).

The account belongs to the exchange. Released, a lot keeps its day; one whose day passed
while it waited counts as earned on the day of its release, or the helper would be paid with
dead points. Given back after its day it is expired, as in any refund (E10). No point is
made or lost on the way.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.db import NEVER
from app.ledger import balances, posting
from app.ledger.accounts import AccountRef
from app.ledger.models import Journal
from app.ledger.posting import JournalDraft, Line
from app.points import holders, programmes, vintages, wallets

HELD = "exchange_escrow"
RELEASED = "exchange_release"
REFUNDED = "exchange_refund"


def ref(exchange_id: UUID, vintage_on: date = NEVER) -> AccountRef:
    """Name the escrow of an exchange for the points of one last day."""
    return replace(AccountRef("points", "escrow", exchange_id), vintage_on=vintage_on)


def hold(
    session: Session,
    *,
    ledger_id: int,
    exchange_id: UUID,
    asker_id: UUID,
    points: int,
    actor: Actor,
) -> UUID:
    """Put the asker's points into escrow, first-expiring first; return the journal (L5).

    Raises:
        InsufficientPoints: Fact `short_points`.
        LedgerReadOnly: The book is stopped.
    """
    holder_id = holders.of(session, ledger_id=ledger_id, member_ids={asker_id}, lock=True)[asker_id]
    spent = wallets.spend_lines(
        session,
        ledger_id=ledger_id,
        member_id=holder_id,
        amount_points=points,
        to=ref(exchange_id),
    )
    lines = tuple(replace(line, credit=ref(exchange_id, line.debit.vintage_on)) for line in spent)
    return _post(session, ledger_id, exchange_id, HELD, lines, actor)


def release(
    session: Session, *, ledger_id: int, exchange_id: UUID, helper_id: UUID, actor: Actor
) -> UUID:
    """Give what is in escrow to the helper; return the journal (L6).

    A lot keeps its last day; one that lapsed meanwhile gets the programme's for today.
    What the helper owes (待追回) is recovered first (D31).

    Raises:
        LedgerReadOnly: The book is stopped.
    """
    holder_of = holders.of(session, ledger_id=ledger_id, member_ids={helper_id}, lock=True)
    purse = wallets.earning_purse(session, ledger_id=ledger_id, holder_id=holder_of[helper_id])
    today = clock.today()
    policy = programmes.of_ledger(session, ledger_id).expiry_policy
    lines: list[Line] = []
    for each in balances.of_owner(session, ledger_id=ledger_id, owner_id=exchange_id):
        if each.posted:
            held_on = each.ref.vintage_on
            day = held_on if held_on >= today else vintages.vintage_on(policy, today)
            lines += purse.earn(each.posted, day, source=each.ref)
    return _post(session, ledger_id, exchange_id, RELEASED, tuple(lines), actor)


def refund(
    session: Session, *, ledger_id: int, exchange_id: UUID, asker_id: UUID, actor: Actor
) -> UUID:
    """Give what is in escrow back to where it came from; return the journal (L7, E10).

    Raises:
        LedgerReadOnly: The book is stopped.
    """
    holders.of(session, ledger_id=ledger_id, member_ids={asker_id}, lock=True)
    held = sa.select(Journal.id).where(
        Journal.ledger_id == ledger_id, Journal.key == _key(exchange_id, HELD)
    )
    journal_id = session.scalars(held).one()
    lines = wallets.return_lines(session, ledger_id=ledger_id, journal_id=journal_id)
    return _post(session, ledger_id, exchange_id, REFUNDED, lines, actor)


def _post(
    session: Session,
    ledger_id: int,
    exchange_id: UUID,
    kind: str,
    lines: tuple[Line, ...],
    actor: Actor,
) -> UUID:
    draft = JournalDraft(
        key=_key(exchange_id, kind),
        kind=kind,
        lines=lines,
        actor=actor,
        source_id=exchange_id,
    )
    return posting.post_one(session, ledger_id=ledger_id, draft=draft)


def _key(exchange_id: UUID, kind: str) -> str:
    """Name what an exchange posts: held once, and ended once, whichever way."""
    return f"exchange:{exchange_id}:{'hold' if kind == HELD else 'end'}"
