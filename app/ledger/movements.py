"""The arithmetic of a batch: what every account gains and loses, journal by journal.

Pure: given the locked accounts and the lines, it yields the entries with their
running balances and the net change of each account, as if the journals were
posted one after another. `posting` writes the outcome.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.ledger.accounts import AccountRef, LockedAccount
from app.ledger.drafts import MOVING, RESOLVING, Line
from app.ledger.errors import BoundBroken, InsufficientPoints, UnknownAccount

Entry = tuple[int, UUID, int, int]
"""seq, transfer, delta, balance after."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line with the id of its transfer and, if it ends a hold, the amount held."""

    transfer_id: UUID
    line: Line
    held_amount: int = 0


@dataclass(slots=True)
class Movement:
    """What a batch does to one account."""

    account: LockedAccount
    debits: int = 0
    credits: int = 0
    debits_held: int = 0
    credits_held: int = 0
    entries: list[Entry] = field(default_factory=list)
    short: int = 0

    @property
    def balance(self) -> int:
        """Posted balance after what was moved so far."""
        account = self.account
        return account.credits_posted + self.credits - account.debits_posted - self.debits

    @property
    def seq(self) -> int:
        """Number of the account's last entry."""
        return self.account.entry_count + len(self.entries)

    @property
    def available(self) -> int:
        """What may leave: the posted balance less what is held."""
        return self.balance - self.account.debits_pending - self.debits_held

    @property
    def expected(self) -> int:
        """What the balance may rise to: posted, and what others hold for it."""
        return self.balance + self.account.credits_pending + self.credits_held

    def write(self, transfer_id: UUID, delta: int) -> None:
        """Move the balance by one leg of a transfer."""
        if delta < 0:
            self.debits -= delta
        else:
            self.credits += delta
        self.entries.append((self.seq + 1, transfer_id, delta, self.balance))

    def note_bounds(self) -> None:
        """Remember by how much a journal would go below the floor.

        Raises:
            BoundBroken: It would go above the ceiling.
        """
        account = self.account
        if account.floor is not None:
            self.short = max(self.short, account.floor - self.available)
        if account.ceiling is not None and self.expected > account.ceiling:
            raise BoundBroken(f"{account.ref.kind} would rise above {account.ceiling}")


Moves = Mapping[AccountRef, Movement]


def walk(
    locked: Mapping[AccountRef, LockedAccount], journals: Iterable[list[Numbered]]
) -> dict[AccountRef, Movement]:
    """Add up the journals in their order and refuse what the bounds forbid.

    Raises:
        InsufficientPoints: A points account would fall below its floor.
        UnknownAccount: An account is closed.
        BoundBroken: Another bound would break.
    """
    moves: dict[AccountRef, Movement] = {}
    for lines in journals:
        touched = {ref for item in lines for ref in (item.line.debit, item.line.credit)}
        for ref in touched:
            if ref not in moves:
                moves[ref] = Movement(locked[ref])
        for item in lines:
            _move(moves, item)
        for ref in touched:
            moves[ref].note_bounds()
    _require_enough(moves)
    return moves


def _move(moves: Moves, item: Numbered) -> None:
    line = item.line
    debit, credit = moves[line.debit], moves[line.credit]
    if line.phase in MOVING:
        debit.write(item.transfer_id, -line.amount)
        credit.write(item.transfer_id, line.amount)
    held = -item.held_amount if line.phase in RESOLVING else 0
    if line.phase == "pending":
        held = line.amount
    debit.debits_held += held
    credit.credits_held += held


def _require_enough(moves: Moves) -> None:
    if any(move.account.is_closed for move in moves.values()):
        raise UnknownAccount("the account is closed")
    short = {ref: move.short for ref, move in moves.items() if move.short > 0}
    if any(ref.unit != "points" for ref in short):
        raise BoundBroken(f"below the floor: {sorted(ref.kind for ref in short)}")
    if short:
        raise InsufficientPoints(short_points=sum(short.values()))


def change_of(move: Movement) -> tuple[Any, ...]:
    """Return the account's net change as a row of the posting's UPDATE."""
    return (
        move.account.id,
        move.debits,
        move.credits,
        move.debits_held,
        move.credits_held,
        len(move.entries),
    )
