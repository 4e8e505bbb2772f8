"""Stock: goods come in, are counted, are written off (D38, A14).

Counts are pieces. A difference found by counting is posted with its reason, so
the shelf's number and the sum of its movements never part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.mall import shelf
from app.mall.models import Goods, StockMovement

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


@dataclass(frozen=True, slots=True)
class Difference:
    """One correction of a shelf, as the month's list shows it: without anybody's name."""

    number: str
    name: str
    kind: str
    change_count: int
    reason: str | None
    moved_at: datetime


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
    require_counts(counts, least=1)
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
    require_counts(counts, least=1)
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
    reasons: Mapping[UUID, str] | None = None,
) -> list[Counted]:
    """Set the shelf to what was counted; each difference is a movement with its reason.

    What a stall has is not on the shelf and not counted. Goods that agree get a
    movement of 0, the proof that they were counted (A14).

    Args:
        reasons: By goods; `reason` stands for those that are not in it.

    Raises:
        ValidationFailed: A difference without a reason, or a negative count.
        NotFound: Some goods are not of this book.
        StockConflict: Goods without a shelf.
    """
    require_counts(counted, least=0)
    found = shelf.seen(session, ledger_id=ledger_id, goods_ids=counted, for_update=True)
    shelf.require_all(found, counted)
    lines = [
        Counted(one.id, one.number, one.name, one.available_count, counted[one.id])
        for one in found.values()
    ]
    _require_reason(reason)
    said = dict.fromkeys(counted, reason or "") | dict(reasons or {})
    require_reasons(lines, said)
    changes = {line.goods_id: line.difference_count for line in lines}
    moved = shelf.move(session, ledger_id=ledger_id, changes=changes)
    shelf.record(
        session,
        ledger_id=ledger_id,
        moved=moved,
        changes=changes,
        kind="count",
        actor=actor,
        reasons=said,
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


def differences_by_shop(
    session: Session,
    *,
    ledger_id: int,
    shop_ids: Sequence[UUID],
    begins_at: datetime,
    ends_at: datetime,
) -> dict[UUID, list[Difference]]:
    """List what each shop's counts and write-offs changed in a period (D38)."""
    query = (
        sa.select(
            Goods.shop_id,
            Goods.number,
            Goods.name,
            StockMovement.kind,
            StockMovement.change_count,
            StockMovement.reason,
            StockMovement.moved_at,
        )
        .join(
            Goods,
            sa.and_(Goods.ledger_id == StockMovement.ledger_id, Goods.id == StockMovement.goods_id),
        )
        .where(
            StockMovement.ledger_id == ledger_id,
            Goods.ledger_id == ledger_id,
            Goods.shop_id.in_(shop_ids),
            StockMovement.kind.in_(("count", "write_off")),
            StockMovement.change_count != 0,
            StockMovement.moved_at >= begins_at,
            StockMovement.moved_at < ends_at,
        )
        .order_by(StockMovement.moved_at, Goods.number)
    )
    found: dict[UUID, list[Difference]] = {one: [] for one in shop_ids}
    rows: Any = session.execute(query)
    for shop_id, *row in rows:
        found[shop_id].append(Difference(*row))
    return found


def require_counts(counts: Mapping[UUID, int], *, least: int) -> None:
    """Refuse pieces that are no number of pieces.

    Raises:
        ValidationFailed: No goods, or fewer than `least` pieces or far too many.
    """
    if not counts:
        raise ValidationFailed("no goods were named")
    for number in counts.values():
        if type(number) is not int or not least <= number <= COUNT_MAX:
            raise ValidationFailed(f"pieces are {least} to {COUNT_MAX}", count=number)


def require_reasons(lines: Sequence[Counted], reasons: Mapping[UUID, str]) -> None:
    """Refuse a difference that nobody explained.

    Raises:
        ValidationFailed: Without a reason, or with one that is too long.
    """
    for line in lines:
        said = reasons.get(line.goods_id, "")
        _require_reason(said, is_needed=line.difference_count != 0)


def _require_reason(reason: str | None, *, is_needed: bool = False) -> None:
    if is_needed and not (reason or "").strip():
        raise ValidationFailed("a difference needs a reason", field="reason")
    if reason is not None and len(reason) > REASON_MAX:
        raise ValidationFailed("the reason is too long", field="reason")
