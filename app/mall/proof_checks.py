"""The mall's part of the daily proof: every redemption has its stock, its lines and its journal.

Set-based: a handful of statements whatever the size of the book. One check,
`redemption_has_stock`; its detail says which redemptions and goods disagree.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.ledger.accounts import SHOPS
from app.ledger.models import Account, Transfer
from app.ledger.proof import Check
from app.mall import claim_checks, kind_checks, settlement_checks, stall_checks
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Goods, Redemption, RedemptionLine, StockMovement

NAME = "redemption_has_stock"
NAMED_MAX = 5


def checks(session: Session, *, ledger_id: int) -> list[Check]:
    """Prove that stock, lines and journals of all redemptions agree (rulings §3, D38)."""
    findings = {
        "stock differs from lines": _stock_differs(ledger_id),
        "stock moved without a line": _moved_without_line(ledger_id),
        "lines differ from total": _lines_differ(ledger_id),
        "journal differs from total": _journal_differs(ledger_id),
        "reversal differs from total": _reversal_differs(ledger_id),
        "shelf differs from movements": _shelf_differs(ledger_id),
        "movements do not run on": _running_breaks(ledger_id),
        **stall_checks.findings(ledger_id),
        **kind_checks.findings(ledger_id),
        **claim_checks.findings(ledger_id),
        **settlement_checks.findings(ledger_id),
    }
    found = {what: list(session.scalars(query)) for what, query in findings.items()}
    detail = "; ".join(_said(what, names) for what, names in found.items() if names)
    return [Check(NAME, not detail, detail or "stock, lines and journals agree")]


def _said(what: str, names: Sequence[Any]) -> str:
    some = ", ".join(str(name) for name in names[:NAMED_MAX])
    return f"{what}: {len(names)} ({some}{', …' if len(names) > NAMED_MAX else ''})"


def _lines(ledger_id: int) -> sa.Subquery:
    """Pieces per redemption and counted goods, by the lines."""
    return (
        sa.select(
            RedemptionLine.redemption_id,
            RedemptionLine.goods_id,
            sa.func.sum(RedemptionLine.quantity_count).label("pieces"),
        )
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
            Goods.kind.in_(COUNTED_KINDS),
        )
        .group_by(RedemptionLine.redemption_id, RedemptionLine.goods_id)
        .subquery("lines")
    )


def _moves(ledger_id: int) -> sa.Subquery:
    """Pieces per redemption and goods that left the shelf, and that came back."""
    change, kind = StockMovement.change_count, StockMovement.kind
    return (
        sa.select(
            StockMovement.redemption_id,
            StockMovement.goods_id,
            sa.func.sum(sa.case((kind == "redemption", -change), else_=0)).label("taken"),
            sa.func.sum(sa.case((kind.in_(("cancel", "refund")), change), else_=0)).label("back"),
        )
        .where(StockMovement.ledger_id == ledger_id, StockMovement.redemption_id.is_not(None))
        .group_by(StockMovement.redemption_id, StockMovement.goods_id)
        .subquery("moves")
    )


def _same(lines: sa.Subquery, moves: sa.Subquery) -> sa.ColumnElement[bool]:
    return sa.and_(
        moves.c.redemption_id == lines.c.redemption_id, moves.c.goods_id == lines.c.goods_id
    )


def _stock_differs(ledger_id: int) -> sa.Select[str]:
    """Redemptions whose goods did not move as their lines say, or did not come back."""
    lines, moves = _lines(ledger_id), _moves(ledger_id)
    taken, back = (sa.func.coalesce(column, 0) for column in (moves.c.taken, moves.c.back))
    due_back = sa.case((Redemption.state == "done", 0), else_=lines.c.pieces)
    return (
        sa.select(Redemption.number)
        .join(lines, lines.c.redemption_id == Redemption.id)
        .outerjoin(moves, _same(lines, moves))
        .where(
            Redemption.ledger_id == ledger_id,
            sa.or_(taken != lines.c.pieces, back != due_back),
        )
        .distinct()
        .order_by(Redemption.number)
    )


def _moved_without_line(ledger_id: int) -> sa.Select[str]:
    """Redemptions that moved goods which are not among their lines."""
    lines, moves = _lines(ledger_id), _moves(ledger_id)
    return (
        sa.select(Redemption.number)
        .join(moves, moves.c.redemption_id == Redemption.id)
        .outerjoin(lines, _same(lines, moves))
        .where(Redemption.ledger_id == ledger_id, lines.c.goods_id.is_(None))
        .distinct()
        .order_by(Redemption.number)
    )


def _lines_differ(ledger_id: int) -> sa.Select[str]:
    """Redemptions whose lines do not add up to their total."""
    price = RedemptionLine.quantity_count * RedemptionLine.price_points
    return (
        sa.select(Redemption.number)
        .outerjoin(
            RedemptionLine,
            sa.and_(
                RedemptionLine.ledger_id == Redemption.ledger_id,
                RedemptionLine.ledger_id == ledger_id,
                RedemptionLine.redemption_id == Redemption.id,
            ),
        )
        .where(Redemption.ledger_id == ledger_id)
        .group_by(Redemption.id, Redemption.number, Redemption.total_points)
        .having(
            sa.or_(
                sa.func.count(RedemptionLine.line) == 0,
                sa.func.coalesce(sa.func.sum(price), 0) != Redemption.total_points,
            )
        )
        .order_by(Redemption.number)
    )


def _moved_points(ledger_id: int, side: Any) -> sa.Subquery:
    """Points per journal and shop that one side of its transfers moved."""
    return (
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
            Account.unit == "points",
            Transfer.phase.in_(("single", "post")),
        )
        .group_by(Transfer.journal_id, Account.owner_id)
        .subquery("moved")
    )


def _journal_differs(ledger_id: int) -> sa.Select[str]:
    """Redemptions whose journal did not bring their total to their shop."""
    moved = _moved_points(ledger_id, Transfer.credit_account_id)
    return _differing(ledger_id, moved, Redemption.journal_id, Redemption.total_points)


def _reversal_differs(ledger_id: int) -> sa.Select[str]:
    """Redemptions taken back whose reversal did not take their total from their shop."""
    moved = _moved_points(ledger_id, Transfer.debit_account_id)
    due = sa.case((Redemption.state == "done", 0), else_=Redemption.total_points)
    return _differing(ledger_id, moved, Redemption.reversal_journal_id, due)


def _differing(
    ledger_id: int, moved: sa.Subquery, journal_id: Any, due_points: Any
) -> sa.Select[str]:
    same = sa.and_(moved.c.journal_id == journal_id, moved.c.shop_id == Redemption.shop_id)
    points = sa.func.coalesce(moved.c.points, 0)
    names_journal = sa.case((journal_id.is_(None), 0), else_=1)
    needs_journal = sa.case((due_points > 0, 1), else_=0)
    return (
        sa.select(Redemption.number)
        .outerjoin(moved, same)
        .where(
            Redemption.ledger_id == ledger_id,
            sa.or_(points != due_points, names_journal != needs_journal),
        )
        .order_by(Redemption.number)
    )


def _shelf_differs(ledger_id: int) -> sa.Select[str]:
    """Goods whose stock is not the sum of their movements, or whose numbers have a gap."""
    sums = (
        sa.select(
            StockMovement.goods_id,
            sa.func.count().label("rows"),
            sa.func.max(StockMovement.seq).label("last"),
            sa.func.sum(StockMovement.change_count).label("stock"),
        )
        .where(StockMovement.ledger_id == ledger_id)
        .group_by(StockMovement.goods_id)
        .subquery("sums")
    )
    rows, last, stock = (
        sa.func.coalesce(column, 0) for column in (sums.c.rows, sums.c.last, sums.c.stock)
    )
    return (
        sa.select(Goods.number)
        .outerjoin(sums, sums.c.goods_id == Goods.id)
        .where(
            Goods.ledger_id == ledger_id,
            sa.or_(
                stock != Goods.stock_count,
                rows != Goods.movement_count,
                last != Goods.movement_count,
            ),
        )
        .order_by(Goods.number)
    )


def _running_breaks(ledger_id: int) -> sa.Select[str]:
    """Goods with a movement whose `stock_after` is not what all up to it add up to."""
    running = sa.func.sum(StockMovement.change_count).over(
        partition_by=StockMovement.goods_id, order_by=StockMovement.seq
    )
    walked = (
        sa.select(StockMovement.goods_id, StockMovement.stock_after, running.label("running_count"))
        .where(StockMovement.ledger_id == ledger_id)
        .subquery("walked")
    )
    return (
        sa.select(Goods.number)
        .join(walked, walked.c.goods_id == Goods.id)
        .where(Goods.ledger_id == ledger_id, walked.c.stock_after != walked.c.running_count)
        .distinct()
        .order_by(Goods.number)
    )
