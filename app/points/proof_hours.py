"""Hours agree (I6): by grant, by day and by account they are one number, per provenance."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.ledger.models import Account
from app.points import judging, proof_differences, proof_points
from app.points.models import Day, Grant, Indicator


def faults(session: Session, ledger_id: int) -> dict[str, int]:
    """Return each kind of fault with how many there are."""
    return {
        "hours differ from the accounts": _accounts(session, ledger_id),
        "hours differ from the day totals": _days(session, ledger_id),
        "journal differs from the grant": proof_differences.count_rows(
            session, _unposted(ledger_id)
        ),
        "rated minutes differ from the hours": proof_differences.count_rows(
            session, _unrated(ledger_id)
        ),
    }


def _by_grant(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    kind = sa.literal("hours_") + Grant.provenance
    return sa.select(Grant.member_id, kind, Grant.minutes).where(
        Grant.ledger_id == ledger_id, Grant.state == "posted", Grant.minutes > 0
    )


def _accounts(session: Session, ledger_id: int) -> int:
    by_account = sa.select(
        Account.owner_id, Account.kind, Account.debits_posted - Account.credits_posted
    ).where(Account.ledger_id == ledger_id, Account.kind.like("hours_%"))
    return proof_differences.count(session, ledger_id, [_by_grant(ledger_id), by_account])


def _days(session: Session, ledger_id: int) -> int:
    kind = sa.literal("hours_") + Day.provenance
    by_day = sa.select(Day.member_id, kind, -Day.minutes).where(Day.ledger_id == ledger_id)
    return proof_differences.count(session, ledger_id, [_by_grant(ledger_id), by_day])


def _unposted(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Grants whose journal, or its reversal, moved other minutes than the grant says."""
    there = proof_points.moved(ledger_id, "minutes")
    back = proof_points.moved(ledger_id, "minutes").alias("back")
    return (
        sa.select(Grant.id)
        .outerjoin(there, there.c.journal_id == Grant.journal_id)
        .outerjoin(back, back.c.journal_id == Grant.reversal_journal_id)
        .where(
            Grant.ledger_id == ledger_id,
            sa.or_(
                sa.and_(
                    Grant.journal_id.is_not(None),
                    sa.func.coalesce(there.c.amount, 0) != Grant.minutes,
                ),
                sa.and_(
                    Grant.reversal_journal_id.is_not(None),
                    sa.func.coalesce(back.c.amount, 0) != Grant.minutes,
                ),
            ),
        )
    )


def _unrated(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Grants rated by minutes that rated other minutes than they credit; caps of D18 trim some."""
    rated = sa.case((Grant.provenance == "credited", Grant.minutes), else_=0)
    is_trimmed = sa.and_(
        Grant.quantity < rated,
        sa.func.coalesce(Grant.hold_reasons, "").like(f"%{judging.OVER_CAP}%"),
    )
    return (
        sa.select(Grant.id)
        .join(
            Indicator,
            sa.and_(
                Indicator.programme_id == Grant.programme_id,
                Indicator.code == Grant.indicator_code,
            ),
        )
        .where(
            Grant.ledger_id == ledger_id,
            Indicator.measure == "minutes",
            Grant.quantity != rated,
            sa.not_(is_trimmed),
        )
    )
