"""Statements (结算单): a settlement reckoned again from its rows; it prints the same for ever."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.mall import captures, merchants, settlement_rows, settlements, shops
from app.mall.models import Settlement


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A capture, or the taking back of one: `points` is negative then. No names."""

    number: str
    at: datetime
    points: int
    is_reversal: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """All that a statement prints. `by_kind`: net points by the shop's accounts (P8)."""

    settlement: Settlement
    shop_name: str
    merchant_name: str
    lines: tuple[StatementLine, ...]
    by_kind: dict[str, int]

    @property
    def agrees(self) -> bool:
        """Whether what was fixed is what the rows add up to now."""
        fixed = self.settlement
        captured = sum(line.points for line in self.lines if not line.is_reversal)
        back = -sum(line.points for line in self.lines if line.is_reversal)
        amount_fen = settlement_rows.payable_fen(
            captured - back, reference_fen=fixed.reference_fen, rate_bp=fixed.discount_rate_bp
        )
        kinds = sum(self.by_kind.values())
        return (captured, back, kinds, amount_fen) == (
            fixed.captured_points,
            fixed.reversed_points,
            fixed.total_points,
            fixed.amount_fen,
        )


def read(session: Session, *, ledger_id: int, settlement_id: UUID) -> Statement:
    """Reckon a settlement's statement again from its rows and from the book.

    Raises:
        NotFound: No such settlement.
    """
    made = settlements.get(session, ledger_id=ledger_id, settlement_id=settlement_id)
    shop = shops.get(session, ledger_id=ledger_id, shop_id=made.shop_id)
    merchant = merchants.get(session, ledger_id=ledger_id, merchant_id=shop.merchant_id)
    found = captures.rows(ledger_id).c
    query = sa.select(
        found.number,
        found.taken_at,
        found.total_points,
        found.reversed_at,
        found.settlement_id,
        found.reversal_settlement_id,
    ).where(sa.or_(found.settlement_id == made.id, found.reversal_settlement_id == made.id))
    lines = []
    for row in session.execute(query):
        if row.settlement_id == made.id:
            lines.append(StatementLine(row.number, row.taken_at, row.total_points, False))
        if row.reversal_settlement_id == made.id:
            lines.append(StatementLine(row.number, row.reversed_at, -row.total_points, True))
    lines.sort(key=lambda line: (line.at, line.number, line.is_reversal))
    by_kind = settlement_rows.moved_by_kind(session, made)
    return Statement(made, shop.name, merchant.name, tuple(lines), by_kind)
