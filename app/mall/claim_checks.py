"""The claims' part of the daily proof: vouchers have their journals, pieces and uses (L8, D38)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.ledger.accounts import SHOPS
from app.ledger.models import Account, Transfer
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Goods, Redemption, Reservation, StockMovement, Voucher

BACK = ("returned", "lapsed")


def findings(ledger_id: int) -> dict[str, sa.Select[Any]]:
    """What could be wrong, each with the statement that names the vouchers or reservations."""
    back = Voucher.state.in_(BACK)
    return {
        "voucher differs from its journal": _journal_differs(
            ledger_id, Transfer.credit_account_id, Voucher.journal_id, sa.true()
        ),
        "voucher differs from its taking back": _journal_differs(
            ledger_id, Transfer.debit_account_id, Voucher.reversal_journal_id, back
        ),
        "voucher differs from stock": _stock_differs(ledger_id),
        "reservation differs from its hold": _hold_differs(ledger_id),
        "reservation differs from its redemption": _redemption_differs(ledger_id),
    }


def _journal_differs(
    ledger_id: int, side: Any, journal_id: Any, is_due: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    """Vouchers whose journal did not move their points at their shop."""
    moved = (
        sa.select(
            Transfer.journal_id,
            Account.owner_id.label("shop_id"),
            sa.func.sum(Transfer.amount).label("points"),
        )
        .join(Account, sa.and_(Account.ledger_id == Transfer.ledger_id, Account.id == side))
        .where(
            Transfer.ledger_id == ledger_id,
            Account.ledger_id == ledger_id,
            Account.kind.in_(SHOPS),
            Transfer.phase.in_(("single", "post")),
        )
        .group_by(Transfer.journal_id, Account.owner_id)
        .subquery("moved")
    )
    due = sa.case((is_due, Voucher.total_points), else_=0)
    same = sa.and_(moved.c.journal_id == journal_id, moved.c.shop_id == Voucher.shop_id)
    return (
        sa.select(Voucher.number)
        .outerjoin(moved, same)
        .where(Voucher.ledger_id == ledger_id, sa.func.coalesce(moved.c.points, 0) != due)
        .order_by(Voucher.number)
    )


def _stock_differs(ledger_id: int) -> sa.Select[Any]:
    """Vouchers that did not take one piece, or did not give it back."""
    moves = (
        sa.select(StockMovement.voucher_id, sa.func.sum(StockMovement.change_count).label("change"))
        .where(StockMovement.ledger_id == ledger_id, StockMovement.voucher_id.is_not(None))
        .group_by(StockMovement.voucher_id)
        .subquery("moves")
    )
    is_counted = Goods.kind.in_(COUNTED_KINDS)
    due = sa.case((sa.and_(is_counted, Voucher.state.not_in(BACK)), -1), else_=0)
    return (
        sa.select(Voucher.number)
        .join(Goods, sa.and_(Goods.ledger_id == Voucher.ledger_id, Goods.id == Voucher.goods_id))
        .outerjoin(moves, moves.c.voucher_id == Voucher.id)
        .where(
            Voucher.ledger_id == ledger_id,
            Goods.ledger_id == ledger_id,
            sa.func.coalesce(moves.c.change, 0) != due,
        )
        .order_by(Voucher.number)
    )


def _hold_differs(ledger_id: int) -> sa.Select[Any]:
    """Reservations that stand without their points held, or hold them after their end."""
    ender = aliased(Transfer)
    ended = sa.exists().where(ender.ledger_id == ledger_id, ender.pending_id == Transfer.id)
    open_holds = (
        sa.select(Transfer.journal_id, sa.func.sum(Transfer.amount).label("points"))
        .where(Transfer.ledger_id == ledger_id, Transfer.phase == "pending", ~ended)
        .group_by(Transfer.journal_id)
        .subquery("open_holds")
    )
    due = sa.case((Reservation.state == "held", Reservation.total_points), else_=0)
    return (
        sa.select(Reservation.number)
        .outerjoin(open_holds, open_holds.c.journal_id == Reservation.hold_journal_id)
        .where(
            Reservation.ledger_id == ledger_id,
            sa.func.coalesce(open_holds.c.points, 0) != due,
        )
        .order_by(Reservation.number)
    )


def _redemption_differs(ledger_id: int) -> sa.Select[Any]:
    """Reservations collected without a redemption of their points."""
    same = sa.and_(
        Redemption.ledger_id == Reservation.ledger_id, Redemption.id == Reservation.redemption_id
    )
    is_collected = Reservation.state == "collected"
    return (
        sa.select(Reservation.number)
        .outerjoin(Redemption, same)
        .where(
            Reservation.ledger_id == ledger_id,
            sa.or_(
                sa.and_(
                    is_collected,
                    sa.func.coalesce(Redemption.total_points, -1) != Reservation.total_points,
                ),
                sa.and_(~is_collected, Reservation.redemption_id.is_not(None)),
            ),
        )
        .order_by(Reservation.number)
    )
