"""The kinds' part of the daily proof: each kind of goods has its own counter-account (P8)."""

from typing import Any

import sqlalchemy as sa

from app.ledger.models import Account, Transfer
from app.mall import counter_accounts
from app.mall.models import Goods, Redemption, RedemptionLine


def findings(ledger_id: int) -> dict[str, sa.Select[Any]]:
    """What could be wrong, each with the statement that names the redemptions concerned."""
    return {
        f"{kind} differs from its account": _kind_differs(ledger_id, kind)
        for kind in counter_accounts.KINDS
        if kind != "goods"
    }


def _kind_differs(ledger_id: int, kind: str) -> sa.Select[Any]:
    """Redemptions that brought a kind's account neither what its lines cost nor nothing.

    Nothing: they are older than the parting of the kinds; all stands with the goods.
    """
    due, moved = _due(ledger_id, kind), _moved(ledger_id, counter_accounts.KINDS[kind])
    points = sa.func.coalesce(moved.c.points, 0)
    return (
        sa.select(Redemption.number)
        .outerjoin(due, due.c.redemption_id == Redemption.id)
        .join(moved, moved.c.journal_id == Redemption.journal_id)
        .where(
            Redemption.ledger_id == ledger_id,
            points != sa.func.coalesce(due.c.points, 0),
        )
        .order_by(Redemption.number)
    )


def _due(ledger_id: int, kind: str) -> sa.Subquery:
    price = RedemptionLine.quantity_count * RedemptionLine.price_points
    return (
        sa.select(RedemptionLine.redemption_id, sa.func.sum(price).label("points"))
        .join(
            Goods,
            sa.and_(
                Goods.ledger_id == RedemptionLine.ledger_id,
                Goods.id == RedemptionLine.goods_id,
            ),
        )
        .where(
            RedemptionLine.ledger_id == ledger_id,
            Goods.ledger_id == ledger_id,
            Goods.kind == kind,
        )
        .group_by(RedemptionLine.redemption_id)
        .subquery("due")
    )


def _moved(ledger_id: int, account_kind: str) -> sa.Subquery:
    return (
        sa.select(Transfer.journal_id, sa.func.sum(Transfer.amount).label("points"))
        .join(
            Account,
            sa.and_(
                Account.ledger_id == Transfer.ledger_id,
                Account.id == Transfer.credit_account_id,
            ),
        )
        .where(
            Transfer.ledger_id == ledger_id,
            Account.ledger_id == ledger_id,
            Account.kind == account_kind,
            Transfer.phase.in_(("single", "post")),
        )
        .group_by(Transfer.journal_id)
        .subquery("moved_to_kind")
    )
