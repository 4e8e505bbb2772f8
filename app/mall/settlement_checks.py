"""The settlements' part of the daily proof: a statement is its rows, its journal, and its sum."""

from typing import Any

import sqlalchemy as sa

from app.ledger.models import Account, Transfer
from app.mall import captures
from app.mall.models import Settlement


def findings(ledger_id: int) -> dict[str, sa.Select[Any]]:
    """What could be wrong, each with the statement that names the settlements concerned."""
    return {
        "settlement differs from its rows": _rows_differ(ledger_id),
        "settlement differs from its journal": _journal_differs(ledger_id),
    }


def _rows_differ(ledger_id: int) -> sa.Select[Any]:
    """Settlements that are not what their captures and reversals add up to, or of another shop."""
    taken = _sums(ledger_id, "settlement_id")
    back = _sums(ledger_id, "reversal_settlement_id")
    same = Settlement.captured_points - Settlement.reversed_points == Settlement.total_points
    strange = [sa.func.coalesce(sums.c.foreign_count, 0) > 0 for sums in (taken, back)]
    return (
        sa.select(Settlement.number)
        .outerjoin(taken, taken.c.settled_in == Settlement.id)
        .outerjoin(back, back.c.settled_in == Settlement.id)
        .where(
            Settlement.ledger_id == ledger_id,
            sa.or_(
                Settlement.captured_points != sa.func.coalesce(taken.c.points, 0),
                Settlement.reversed_points != sa.func.coalesce(back.c.points, 0),
                ~same,
                *strange,
            ),
        )
        .order_by(Settlement.number)
    )


def _sums(ledger_id: int, column: str) -> sa.Subquery:
    """Points by settlement, and how many of its rows are another shop's."""
    found = captures.rows(ledger_id).c
    home = sa.select(Settlement.id, Settlement.shop_id).where(Settlement.ledger_id == ledger_id)
    owner = home.subquery(f"owner_of_{column}")
    is_foreign = sa.case((owner.c.shop_id != found.shop_id, 1), else_=0)
    return (
        sa.select(
            found[column].label("settled_in"),
            sa.func.sum(found.total_points).label("points"),
            sa.func.sum(is_foreign).label("foreign_count"),
        )
        .join(owner, owner.c.id == found[column])
        .group_by(found[column])
        .subquery(f"sums_of_{column}")
    )


def _journal_differs(ledger_id: int) -> sa.Select[Any]:
    """Settlements whose journal did not move their net from the shop to what is settled."""
    credited, debited = (_moved(ledger_id, side) for side in ("credit", "debit"))
    net = sa.func.coalesce(credited.c.points, 0) - sa.func.coalesce(debited.c.points, 0)
    return (
        sa.select(Settlement.number)
        .outerjoin(credited, credited.c.journal_id == Settlement.journal_id)
        .outerjoin(debited, debited.c.journal_id == Settlement.journal_id)
        .where(Settlement.ledger_id == ledger_id, net != Settlement.total_points)
        .order_by(Settlement.number)
    )


def _moved(ledger_id: int, side: str) -> sa.Subquery:
    account_id = {"credit": Transfer.credit_account_id, "debit": Transfer.debit_account_id}[side]
    return (
        sa.select(Transfer.journal_id, sa.func.sum(Transfer.amount).label("points"))
        .join(Account, sa.and_(Account.ledger_id == Transfer.ledger_id, Account.id == account_id))
        .where(
            Transfer.ledger_id == ledger_id,
            Account.ledger_id == ledger_id,
            Account.kind == "settled",
        )
        .group_by(Transfer.journal_id)
        .subquery(f"settled_by_{side}")
    )
