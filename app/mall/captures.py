"""Captures: all by which a shop took in points, in one shape, for settlements and their proof.

One row each: its number, the moment, the points, the journals that brought and took them,
and the statements that count it and its taking back.
"""

from typing import Any

import sqlalchemy as sa

from app.mall.models import Redemption, Voucher

SOURCES: tuple[Any, ...] = (Redemption, Voucher)
"""Tables whose rows take in points; each has the columns of a capture."""


def rows(ledger_id: int) -> sa.Subquery:
    """Every capture of a book."""
    selects = [_of(source, ledger_id) for source in SOURCES]
    return sa.union_all(*selects).subquery("captures")


def _of(source: Any, ledger_id: int) -> sa.Select[Any]:
    return sa.select(
        source.number,
        source.shop_id,
        moment_of(source).label("taken_at"),
        source.total_points,
        source.state,
        source.journal_id,
        source.reversal_journal_id,
        source.reversed_at,
        source.settlement_id,
        source.reversal_settlement_id,
    ).where(source.ledger_id == ledger_id)


def moment_of(source: Any) -> Any:
    """Return the column that says when the points came in."""
    return source.issued_at if source is Voucher else source.redeemed_at
