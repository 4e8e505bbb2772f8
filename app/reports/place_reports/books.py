"""A book's totals as of a day, from its entries: hours, points issued, redeemed and in hand."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.ledger.accounts import SHOPS
from app.ledger.models import Account, Entry

HELD = ("wallet", "household", "escrow", "common_pool")
TAKEN_IN = (*SHOPS, "settled")
HOURS = ("hours_credited", "hours_honorary", "hours_historical")


@dataclass(frozen=True, slots=True)
class BookTotals:
    """What a book says of itself; minutes and points, never added to another book's."""

    minutes: int
    issued_points: int
    redeemed_points: int
    held_points: int
    escrow_points: int


def totals(session: Session, *, ledger_id: int, as_of_on: date) -> BookTotals:
    """Return a book's totals at the end of a day, net of whatever was taken back (I3)."""
    until_at = clock.day_bounds(as_of_on)[1]
    query = (
        sa.select(Account.kind, sa.func.sum(Entry.delta))
        .join(Entry, (Entry.ledger_id == Account.ledger_id) & (Entry.account_id == Account.id))
        .where(
            Account.ledger_id == ledger_id,
            Entry.ledger_id == ledger_id,
            Entry.posted_at < until_at,
            sa.or_(Account.unit == "points", Account.kind.in_(HOURS)),
        )
        .group_by(Account.kind)
    )
    of_kind = {row[0]: int(row[1]) for row in session.execute(query)}

    def sum_of(*kinds: str) -> int:
        return sum(of_kind.get(kind, 0) for kind in kinds)

    return BookTotals(
        minutes=sum_of(*HOURS),
        issued_points=-of_kind.get("issuance", 0),
        redeemed_points=sum_of(*TAKEN_IN),
        held_points=sum_of(*HELD),
        escrow_points=sum_of("escrow"),
    )
