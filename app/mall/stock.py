"""Stock: goods come in, are counted, are written off (D38, A14).

Counts are pieces. A difference found by counting is posted with its reason, so
the shelf's number and the sum of its movements never part.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.mall import shelf
from app.mall.models import StockMovement

COUNT_MAX = 1_000_000
REASON_MAX = 120


@dataclass(frozen=True, slots=True)
class Counted:
    """One kind of goods as counted: what the book expected, what the shelf held."""

    goods_id: UUID
    number: str
    name: str
    expected_count: int
    counted_count: int

    @property
    def difference_count(self) -> int:
        """Pieces too many (positive) or missing (negative)."""
        return self.counted_count - self.expected_count


def intake(
    session: Session,
    *,
    ledger_id: int,
    counts: Mapping[UUID, int],
    actor: Actor,
    reason: str | None = None,
) -> None:
    """Put delivered goods on the shelf: pieces by goods.

    Raises:
        ValidationFailed: No goods, or a number of pieces that is not 1 or more.
        NotFound: Some goods are not of this book.
        StockConflict: They have no shelf (offers, honours).
    """
    _require_counts(counts, least=1)
    _require_reason(reason)
    moved = shelf.move(session, ledger_id=ledger_id, changes=counts)
    shelf.record(
        session,
        ledger_id=ledger_id,
        moved=moved,
        changes=counts,
        kind="intake",
        actor=actor,
        reason=reason,
    )


def write_off(
    session: Session, *, ledger_id: int, counts: Mapping[UUID, int], reason: str, actor: Actor
) -> None:
    """Take spoiled or broken goods off the shelf, with the reason: pieces by goods.

    Raises:
        ValidationFailed: No reason, no goods, or not 1 piece or more.
        NotFound: Some goods are not of this book.
        StockConflict: The shelf does not hold that many.
    """
    _require_counts(counts, least=1)
    _require_reason(reason, is_needed=True)
    changes = {goods_id: -count for goods_id, count in counts.items()}
    moved = shelf.move(session, ledger_id=ledger_id, changes=changes)
    shelf.record(
        session,
        ledger_id=ledger_id,
        moved=moved,
        changes=changes,
        kind="write_off",
        actor=actor,
        reason=reason,
    )


def count(
    session: Session,
    *,
    ledger_id: int,
    counted: Mapping[UUID, int],
    actor: Actor,
    reason: str | None = None,
) -> list[Counted]:
    """Set the shelf to what was counted; each difference is a movement with the reason.

    Goods that agree get a movement of 0, the proof that they were counted (A14).

    Raises:
        ValidationFailed: A difference without a reason, or a negative count.
        NotFound: Some goods are not of this book.
        StockConflict: Fewer than are reserved, or goods without a shelf.
    """
    _require_counts(counted, least=0)
    found = shelf.seen(session, ledger_id=ledger_id, goods_ids=counted, for_update=True)
    shelf.require_all(found, counted)
    lines = [
        Counted(one.id, one.number, one.name, one.stock_count, counted[one.id])
        for one in found.values()
    ]
    _require_reason(reason, is_needed=any(line.difference_count for line in lines))
    changes = {line.goods_id: line.difference_count for line in lines}
    moved = shelf.move(session, ledger_id=ledger_id, changes=changes)
    shelf.record(
        session,
        ledger_id=ledger_id,
        moved=moved,
        changes=changes,
        kind="count",
        actor=actor,
        reason=reason,
    )
    return sorted(lines, key=lambda line: line.number)


def list_movements(
    session: Session, *, ledger_id: int, goods_id: UUID, limit: int = 50, offset: int = 0
) -> list[StockMovement]:
    """List the movements of one kind of goods, the newest first."""
    query = (
        sa.select(StockMovement)
        .where(StockMovement.ledger_id == ledger_id, StockMovement.goods_id == goods_id)
        .order_by(StockMovement.seq.desc())
        .limit(limit)
        .offset(offset)
    )
    return list(session.scalars(query))


def _require_counts(counts: Mapping[UUID, int], *, least: int) -> None:
    if not counts:
        raise ValidationFailed("no goods were named")
    for number in counts.values():
        if type(number) is not int or not least <= number <= COUNT_MAX:
            raise ValidationFailed(f"pieces are {least} to {COUNT_MAX}", count=number)


def _require_reason(reason: str | None, *, is_needed: bool = False) -> None:
    if is_needed and not (reason or "").strip():
        raise ValidationFailed("a difference needs a reason", field="reason")
    if reason is not None and len(reason) > REASON_MAX:
        raise ValidationFailed("the reason is too long", field="reason")
