"""The rows of a settlement: gathered once, added up, and read again from the book (D39, E12)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.ledger.accounts import SHOPS
from app.ledger.models import Account, Transfer
from app.mall import captures
from app.mall.models import Settlement

WHOLE_BP = 10_000


def gather(session: Session, made: Settlement, ends_at: datetime) -> int:
    """Put every capture and taking back into the statement that none has yet; return how many."""
    count = 0
    for source in captures.SOURCES:
        own = (source.ledger_id == made.ledger_id, source.shop_id == made.shop_id)
        is_new = (source.settlement_id.is_(None), captures.moment_of(source) < ends_at)
        is_back = (
            source.reversal_settlement_id.is_(None),
            source.settlement_id.is_not(None),
            source.reversed_at < ends_at,
        )
        for conditions, column in (
            (is_new, "settlement_id"),
            (is_back, "reversal_settlement_id"),
        ):
            gathered = session.execute(
                sa.update(source)
                .where(*own, *conditions)
                .values({column: made.id})
                .returning(source.id)
                .execution_options(synchronize_session=False)
            )
            count += len(gathered.all())
    return count


def reckon(session: Session, made: Settlement) -> None:
    """Add up what the statement holds (E12)."""
    all_rows = captures.rows(made.ledger_id).c
    points = all_rows.total_points
    captured = sa.case((all_rows.settlement_id == made.id, points), else_=0)
    back = sa.case((all_rows.reversal_settlement_id == made.id, points), else_=0)
    query = sa.select(
        sa.func.coalesce(sa.func.sum(captured), 0), sa.func.coalesce(sa.func.sum(back), 0)
    )
    made.captured_points, made.reversed_points = map(int, session.execute(query).one())
    made.total_points = made.captured_points - made.reversed_points
    made.amount_fen = payable_fen(
        made.total_points, reference_fen=made.reference_fen, rate_bp=made.discount_rate_bp
    )


def payable_fen(points: int, *, reference_fen: int, rate_bp: int) -> int:
    """Return what so many points are paid with, in fen; half a fen is rounded up (E12)."""
    exact = abs(points) * reference_fen * rate_bp
    rounded = (2 * exact + WHOLE_BP) // (2 * WHOLE_BP)
    return rounded if points >= 0 else -rounded


def moved_by_kind(session: Session, made: Settlement) -> dict[str, int]:
    """Return the net points of a statement by the shop's accounts, read from the book."""
    found = dict.fromkeys(SHOPS, 0)
    for side, journal, statement, sign in (
        (Transfer.credit_account_id, "journal_id", "settlement_id", 1),
        (Transfer.debit_account_id, "reversal_journal_id", "reversal_settlement_id", -1),
    ):
        all_rows = captures.rows(made.ledger_id).c
        query = (
            sa.select(Account.kind, sa.func.sum(Transfer.amount))
            .join_from(Transfer, Account, Account.id == side)
            .join(all_rows[journal].table, all_rows[journal] == Transfer.journal_id)
            .where(
                Transfer.ledger_id == made.ledger_id,
                Account.ledger_id == made.ledger_id,
                Account.owner_id == made.shop_id,
                Account.kind.in_(SHOPS),
                Transfer.phase.in_(("single", "post")),
                all_rows[statement] == made.id,
            )
            .group_by(Account.kind)
        )
        for kind, points in session.execute(query):
            found[kind] += sign * int(points)
    return found
