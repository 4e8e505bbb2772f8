"""Wallets: what members and households hold, pay, get back and earn, by vintage.

With `purses` the only place that chooses vintages: first-expiring first when points
are spent, the same vintage when they come back, the grant's own vintage first when
they are clawed back. Functions return lines; who posts them is the caller's matter.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base import clock
from app.base.db import NEVER
from app.ledger.accounts import AccountRef
from app.ledger.models import Account, Transfer
from app.ledger.posting import Line
from app.points import holders, pooling, programmes
from app.points.purses import (
    POINTS_ISSUANCE,
    POT_KINDS,
    Purse,
    household_ref,
    of_members,
    of_owners,
    receivable_ref,
    wallet_ref,
)

MINUTES_ISSUANCE = AccountRef("minutes", "issuance")
EXPIRED = AccountRef("points", "expired")

__all__ = [
    "EXPIRED",
    "MINUTES_ISSUANCE",
    "POINTS_ISSUANCE",
    "Holding",
    "Payment",
    "Purse",
    "earning_purse",
    "holding",
    "hours_ref",
    "household_ref",
    "payment",
    "purses",
    "receivable_ref",
    "return_lines",
    "spend_lines",
    "wallet_ref",
]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a member may spend, what they owe, and the lots (expiry date, points) behind it.

    Attributes:
        shared_points: How much of it is the household's, for all of its members (D29).
    """

    spendable_points: int
    receivable_points: int
    lots: list[tuple[date, int]]
    shared_points: int = 0

    @property
    def own_points(self) -> int:
        """What is the member's alone: it goes when they go."""
        return self.spendable_points - self.shared_points

    @property
    def next_expiry(self) -> tuple[date, int] | None:
        """The lot that expires first: its last day and its points; None when all of them last."""
        return next(((day, points) for day, points in self.lots if day != NEVER), None)


@dataclass(frozen=True, slots=True)
class Payment:
    """The lines that pay an amount, and what the member may spend after them."""

    lines: tuple[Line, ...]
    left_points: int


def hours_ref(member_id: UUID, provenance: str) -> AccountRef:
    """Name a member's hours of a provenance: credited, honorary or historical."""
    return AccountRef("minutes", f"hours_{provenance}", member_id)


def purses(
    session: Session, *, ledger_id: int, holder_ids: Collection[UUID], lock: bool = False
) -> dict[UUID, Purse]:
    """Read the purses of holders to spend from; `lock` holds them still."""
    return of_members(session, ledger_id=ledger_id, holder_ids=holder_ids, lock=lock)


def earning_purse(session: Session, *, ledger_id: int, holder_id: UUID) -> Purse:
    """Lock and return the purse that gets what the holder earns now, by the programme (D29)."""
    held = purses(session, ledger_id=ledger_id, holder_ids=[holder_id], lock=True)
    programme = programmes.of_ledger(session, ledger_id)
    pooling.pool(session, programme=programme, purses=held)
    return held[holder_id]


def holding(session: Session, *, ledger_id: int, member_id: UUID) -> Holding:
    """Return what the member may spend today, and what is 待追回 (points)."""
    purse = purses(session, ledger_id=ledger_id, holder_ids=[member_id])[member_id]
    today = clock.today()
    shared = purse.shared.spendable_points(today) if purse.shared else 0
    return Holding(
        purse.spendable_points(today),
        sum(pot.receivable_points for pot in purse.pots),
        purse.live_lots(today),
        shared_points=min(shared, purse.spendable_points(today)),
    )


def spend_lines(
    session: Session, *, ledger_id: int, member_id: UUID, amount_points: int, to: AccountRef
) -> tuple[Line, ...]:
    """Choose the lots that pay; see `payment`.

    Raises:
        InsufficientPoints: Fact `short_points`.
    """
    named: Any = {"ledger_id": ledger_id, "member_id": member_id, "to": to}
    return payment(session, amount_points=amount_points, **named).lines


def payment(
    session: Session, *, ledger_id: int, member_id: UUID, amount_points: int, to: AccountRef
) -> Payment:
    """Choose the lots that pay, first-expiring first, and hold them still (D28, E9).

    One statement: this stands on the hot path of the till.

    Raises:
        InsufficientPoints: Fact `short_points`.
    """
    held = purses(session, ledger_id=ledger_id, holder_ids=[member_id], lock=True)
    purse, today = held[member_id], clock.today()
    lines = purse.spend(amount_points, to=to, today=today)
    return Payment(tuple(lines), purse.spendable_points(today))


def return_lines(session: Session, *, ledger_id: int, journal_id: UUID) -> tuple[Line, ...]:
    """Lines that give back what a journal spent: each part to its pot and vintage (E10).

    A part whose vintage has passed goes to `expired`: the slip says why. What the
    owner owes meanwhile is recovered from the rest. The caller posts them as the
    reversal of that journal.
    """
    spent = _spent(session, ledger_id, journal_id)
    givers = {row.holder_id for row in spent if row.giver_kind == "wallet"}
    kept = holders.of(session, ledger_id=ledger_id, member_ids=givers)
    kinds = {kept.get(row.holder_id, row.holder_id): row.giver_kind for row in spent}
    held = of_owners(session, ledger_id=ledger_id, kinds=kinds, lock=True)
    today = clock.today()
    lines: list[Line] = []
    for row in spent:
        source = AccountRef(row.unit, row.kind, row.owner_id, row.vintage_on, row.stripe)
        if row.spent_vintage_on < today:
            lines.append(Line(source, EXPIRED, row.amount))
        else:
            purse = held[kept.get(row.holder_id, row.holder_id)]
            lines += purse.earn(row.amount, row.spent_vintage_on, source=source)
    return tuple(_merged(lines))


def _spent(session: Session, ledger_id: int, journal_id: UUID) -> list[Any]:
    """What left wallets and households in a journal, first-expiring first, and where it went."""
    giver, taker = aliased(Account), aliased(Account)
    query = (
        sa.select(
            Transfer.amount,
            giver.owner_id.label("holder_id"),
            giver.kind.label("giver_kind"),
            giver.vintage_on.label("spent_vintage_on"),
            taker.unit,
            taker.kind,
            taker.owner_id,
            taker.vintage_on,
            taker.stripe,
        )
        .join(giver, sa.and_(giver.ledger_id == ledger_id, giver.id == Transfer.debit_account_id))
        .join(taker, sa.and_(taker.ledger_id == ledger_id, taker.id == Transfer.credit_account_id))
        .where(
            Transfer.ledger_id == ledger_id,
            Transfer.journal_id == journal_id,
            Transfer.phase.in_(("single", "post")),
            giver.kind.in_(POT_KINDS),
        )
        .order_by(giver.vintage_on, Transfer.line)
    )
    return list(session.execute(query))


def _merged(lines: list[Line]) -> list[Line]:
    """Add up lines between the same accounts: one line each reads better on the statement."""
    amounts: dict[tuple[AccountRef, AccountRef], int] = {}
    for line in lines:
        pair = (line.debit, line.credit)
        amounts[pair] = amounts.get(pair, 0) + line.amount
    return [Line(debit, credit, amount) for (debit, credit), amount in amounts.items()]
