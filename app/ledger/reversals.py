"""Reversals: a posted journal is never changed; another one takes it back, once (L4)."""

from collections import Counter
from collections.abc import Iterable
from typing import Unpack
from uuid import UUID

from sqlalchemy.orm import Session

from app.ledger import lines as posted
from app.ledger import posting
from app.ledger.drafts import Act, JournalDraft, Line


def reverse(
    session: Session,
    *,
    ledger_id: int,
    journal_id: UUID,
    lines: tuple[Line, ...] | None = None,
    **act: Unpack[Act],
) -> UUID:
    """Take a journal back, line by line, or by other lines of the same sums per unit.

    Other lines are for what cannot go back where it came from: points that have
    expired since (E10), or that were spent and become a receivable (L10, E11).

    Raises:
        NotFound: There is no such journal, or it moved nothing.
        AlreadyReversed: Another journal took it back before.
        InsufficientPoints: The points are no longer where the journal put them.
        ValueError: The other lines do not sum to what the journal moved.
    """
    moved = posted.moved_by(session, ledger_id=ledger_id, journal_id=journal_id)
    back = tuple(Line(line.credit, line.debit, line.amount) for line in moved)
    if lines is not None and sums(lines) != sums(moved):
        raise ValueError("a reversal moves as much of each unit as the journal did")
    draft = JournalDraft(lines=back if lines is None else lines, reverses_id=journal_id, **act)
    return posting.post_one(session, ledger_id=ledger_id, draft=draft)


def sums(lines: Iterable[Line]) -> Counter[str]:
    """Return how much the lines move of each unit."""
    total: Counter[str] = Counter()
    for line in lines:
        total[line.unit] += line.amount
    return total
