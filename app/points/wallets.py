"""Wallets: whole points by vintage (the day on which they expire), and what is 待追回.

The only place that chooses vintages: first-expiring first when points
are spent, the same vintage when they come back, the grant's own vintage first when
they are clawed back. Functions return lines; who posts them is the caller's matter.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base import clock
from app.base.db import NEVER
from app.ledger.accounts import AccountRef
from app.ledger.errors import InsufficientPoints
from app.ledger.models import Account, Transfer
from app.ledger.posting import Line
from app.points import holders

POINTS_ISSUANCE = AccountRef("points", "issuance")
MINUTES_ISSUANCE = AccountRef("minutes", "issuance")
EXPIRED = AccountRef("points", "expired")

_accounts: Any = Account.__table__
_purse_query = (
    sa.select(
        _accounts.c.owner_id,
        _accounts.c.kind,
        _accounts.c.vintage_on,
        (_accounts.c.credits_posted - _accounts.c.debits_posted).label("posted"),
        _accounts.c.debits_pending.label("held"),
    )
    .where(
        _accounts.c.ledger_id == sa.bindparam("book"),
        _accounts.c.owner_id.in_(sa.bindparam("owners", expanding=True)),
        _accounts.c.unit == "points",
        _accounts.c.kind.in_(("wallet", "receivable")),
    )
    .order_by(_accounts.c.id)
)
_locking_purse_query = _purse_query.with_for_update(key_share=True)


@dataclass(frozen=True, slots=True)
class Holding:
    """What a member may spend, what they owe, and the lots (expiry date, points) behind it."""

    spendable_points: int
    receivable_points: int
    lots: list[tuple[date, int]]

    @property
    def next_expiry(self) -> tuple[date, int] | None:
        """The lot that expires first: its last day and its points; None when all of them last."""
        return next(((day, points) for day, points in self.lots if day != NEVER), None)


@dataclass(frozen=True, slots=True)
class Payment:
    """The lines that pay an amount, and what the member may spend after them."""

    lines: tuple[Line, ...]
    left_points: int


@dataclass(slots=True)
class Purse:
    """One holder's points as they stand in this transaction; taking and adding change it.

    Attributes:
        lots: Points by vintage, without what is reserved.
        receivable_points: What is owed (待追回), 0 or more.
    """

    holder_id: UUID
    lots: dict[date, int] = field(default_factory=dict)
    receivable_points: int = 0

    def live_lots(self, today: date) -> list[tuple[date, int]]:
        """Return the lots that have not expired, first-expiring first."""
        live = sorted(self.lots.items())
        return [(vintage, points) for vintage, points in live if points > 0 and vintage >= today]

    def spendable_points(self, today: date) -> int:
        """Return what may be spent: nothing that is owed."""
        live = sum(points for _, points in self.live_lots(today))
        return max(0, live - self.receivable_points)

    def spend(self, points: int, *, to: AccountRef, today: date) -> list[Line]:
        """Take points, first-expiring first (D28, E9).

        Raises:
            InsufficientPoints: Fact `short_points`.
        """
        short = points - self.spendable_points(today)
        if short > 0:
            raise InsufficientPoints(short_points=short)
        return self._take(points, [vintage for vintage, _ in self.live_lots(today)], to)

    def earn(self, points: int, vintage_on: date, *, source: AccountRef) -> list[Line]:
        """Add points: what is 待追回 is recovered first (D31, E11)."""
        lines = earn_lines(self.holder_id, points, vintage_on, self.receivable_points, source)
        recovered = min(points, self.receivable_points)
        self.receivable_points -= recovered
        self.lots[vintage_on] = self.lots.get(vintage_on, 0) + points - recovered
        return lines

    def claw_back(self, points: int, vintage_on: date, *, to: AccountRef) -> list[Line]:
        """Take points back: the grant's vintage, then first-expiring others, then 待追回 (L10)."""
        others = sorted(vintage for vintage in self.lots if vintage != vintage_on)
        left = min(points, sum(max(0, lot) for lot in self.lots.values()))
        lines = self._take(left, [vintage_on, *others], to)
        if points > left:
            self.receivable_points += points - left
            lines.append(Line(receivable_ref(self.holder_id), to, points - left))
        return lines

    def _take(self, points: int, vintages: list[date], to: AccountRef) -> list[Line]:
        lines = []
        for vintage in vintages:
            part = min(points, max(0, self.lots.get(vintage, 0)))
            if part:
                self.lots[vintage] -= part
                points -= part
                lines.append(Line(wallet_ref(self.holder_id, vintage), to, part))
        assert points == 0, "the lots hold less than was to be taken"
        return lines


def wallet_ref(member_id: UUID, vintage_on: date = NEVER) -> AccountRef:
    """Name a member's wallet of the points that expire on a day."""
    return AccountRef("points", "wallet", member_id, vintage_on)


def receivable_ref(member_id: UUID) -> AccountRef:
    """Name a member's 待追回: what was clawed back and is not recovered yet."""
    return AccountRef("points", "receivable", member_id)


def hours_ref(member_id: UUID, provenance: str) -> AccountRef:
    """Name a member's hours of a provenance: credited, honorary or historical."""
    return AccountRef("minutes", f"hours_{provenance}", member_id)


def purses(
    session: Session, *, ledger_id: int, holder_ids: Collection[UUID], lock: bool = False
) -> dict[UUID, Purse]:
    """Read the purses of many holders in one statement; `lock` holds them still."""
    found = {holder_id: Purse(holder_id) for holder_id in holder_ids}
    query = _locking_purse_query if lock else _purse_query
    for row in session.execute(query, {"book": ledger_id, "owners": list(found)}):
        purse = found[row.owner_id]
        if row.kind == "receivable":
            purse.receivable_points = -row.posted
        else:
            purse.lots[row.vintage_on] = row.posted - row.held
    return found


def holding(session: Session, *, ledger_id: int, member_id: UUID) -> Holding:
    """Return what the member may spend today, and what is 待追回 (points)."""
    purse = purses(session, ledger_id=ledger_id, holder_ids=[member_id])[member_id]
    today = clock.today()
    return Holding(purse.spendable_points(today), purse.receivable_points, purse.live_lots(today))


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


def earn_lines(
    member_id: UUID,
    points: int,
    vintage_on: date,
    receivable: int,
    source: AccountRef = POINTS_ISSUANCE,
) -> list[Line]:
    """Lines that give points: first to what is 待追回 (`receivable`, 0 or more), then to a wallet.

    Rule: D31, E11. Two lines, so that no account is both debited and credited.
    """
    recovered = min(points, receivable)
    lines = []
    if recovered:
        lines.append(Line(source, receivable_ref(member_id), recovered))
    if points > recovered:
        lines.append(Line(source, wallet_ref(member_id, vintage_on), points - recovered))
    return lines


def return_lines(session: Session, *, ledger_id: int, journal_id: UUID) -> tuple[Line, ...]:
    """Lines that give back what a journal spent: each part to its vintage (E10).

    A part whose vintage has passed goes to `expired`: the slip says why. What the
    member owes meanwhile is recovered from the rest. The caller posts them as the
    reversal of that journal.
    """
    spent = _spent(session, ledger_id, journal_id)
    kept = holders.of(session, ledger_id=ledger_id, member_ids={row.holder_id for row in spent})
    held = purses(session, ledger_id=ledger_id, holder_ids=set(kept.values()), lock=True)
    today = clock.today()
    lines: list[Line] = []
    for row in spent:
        source = AccountRef(row.unit, row.kind, row.owner_id, row.vintage_on, row.stripe)
        if row.spent_vintage_on < today:
            lines.append(Line(source, EXPIRED, row.amount))
        else:
            purse = held[kept[row.holder_id]]
            lines += purse.earn(row.amount, row.spent_vintage_on, source=source)
    return tuple(_merged(lines))


def _spent(session: Session, ledger_id: int, journal_id: UUID) -> list[Any]:
    """What left wallets in a journal, first-expiring first, and where it went."""
    giver, taker = aliased(Account), aliased(Account)
    query = (
        sa.select(
            Transfer.amount,
            giver.owner_id.label("holder_id"),
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
            giver.kind == "wallet",
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
