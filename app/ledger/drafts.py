"""What a room asks the ledger to write: lines, gathered into a journal.

Pure: nothing here touches the database. A draft that breaks a law of double entry
cannot be made at all (ValueError, a programmer's mistake); what depends on
balances is for `posting`.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, TypedDict
from uuid import UUID

from app.base import crypto
from app.base.actors import Actor
from app.base.ids import NOBODY
from app.ledger.accounts import AccountRef

RESOLVING = frozenset({"post", "void", "expire"})
MOVING = frozenset({"single", "post"})
"""Phases that move the balance and so write entries."""

KEY_LENGTH, KIND_LENGTH, REASON_LENGTH = 120, 32, 200


@dataclass(frozen=True, slots=True)
class Line:
    """An amount that leaves the debited account and arrives at the credited one.

    Attributes:
        amount: Whole minutes or points, more than 0.
        phase: `single`, `pending` (a hold), or what ends the hold `pending_id`.
        expires_at: When a hold lapses; None if it waits for ever.
    """

    debit: AccountRef
    credit: AccountRef
    amount: int
    phase: str = "single"
    pending_id: UUID | None = None
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        if type(self.amount) is not int or self.amount <= 0:
            raise ValueError(f"an amount is a whole number above 0, not {self.amount!r}")
        if self.debit == self.credit or self.debit.unit != self.credit.unit:
            raise ValueError("a line joins two accounts of one unit")
        if (self.phase in RESOLVING) != (self.pending_id is not None):
            raise ValueError("what ends a hold names it, and nothing else does")
        if self.expires_at is not None and self.phase != "pending":
            raise ValueError("only a hold lapses")

    @property
    def unit(self) -> str:
        """`minutes` or `points`."""
        return self.debit.unit


@dataclass(frozen=True, slots=True)
class JournalDraft:
    """One business event, ready to be written.

    Attributes:
        key: The event's natural name, unique in the book: `grant:<source>:<version>`.
        kind: What sort of event it is: `grant`, `redemption`, `reversal`, …
        source_id: The row that caused it.
        occurred_at: When it happened, if not at the moment of posting (D8).
        reverses_id: The journal that this one takes back.
    """

    key: str
    kind: str
    lines: tuple[Line, ...]
    actor: Actor
    reason: str = ""
    source_id: UUID = NOBODY
    occurred_at: datetime | None = None
    reverses_id: UUID | None = None

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("a journal has lines")
        if not 0 < len(self.key) <= KEY_LENGTH or not 0 < len(self.kind) <= KIND_LENGTH:
            raise ValueError(f"key or kind is empty or too long: {self.key!r}, {self.kind!r}")
        if len(self.reason) > REASON_LENGTH:
            raise ValueError(f"a reason has at most {REASON_LENGTH} characters")
        moving = [line for line in self.lines if line.phase in MOVING]
        debited = {line.debit for line in moving if line.debit.is_bounded}
        if any(line.credit in debited for line in moving):
            raise ValueError("no journal both credits and debits one bounded account")


class Act(TypedDict):
    """What a verb that posts by itself is told besides its lines (see `JournalDraft`)."""

    key: str
    kind: str
    actor: Actor
    reason: NotRequired[str]
    source_id: NotRequired[UUID]


def content_hash(draft: JournalDraft) -> bytes:
    """SHA-256 of what a key stands for: kind, cause, lines and what is reversed.

    Left out is what may differ when the same event is sent again: who sends it, in
    which words, at what moment, and so when a hold would lapse.
    """
    content = [
        draft.kind,
        draft.source_id.hex,
        draft.reverses_id.hex if draft.reverses_id else None,
        [_canonical_line(line) for line in draft.lines],
    ]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return crypto.fingerprint(text.encode())


def _canonical_line(line: Line) -> list[object]:
    pending = line.pending_id.hex if line.pending_id else None
    return [line.phase, pending, line.amount, *_canonical(line.debit), *_canonical(line.credit)]


def _canonical(ref: AccountRef) -> list[object]:
    return [ref.unit, ref.kind, ref.owner_id.hex, ref.vintage_on.isoformat(), ref.stripe]
