"""The service orders' part of the daily proof: every exchange has its points where they belong.

An exchange under way holds exactly its points in escrow, one that is over holds none;
no escrow belongs to nothing, and the journals moved what the exchange says (L5–L7).
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.ledger.models import Account, Transfer
from app.ledger.proof import Check
from app.service_orders.models import Exchange

NAME = "exchange_in_escrow"
NAMED_MAX = 5


def checks(session: Session, *, ledger_id: int) -> list[Check]:
    """Prove that escrow and exchanges agree."""
    findings = {
        "escrow differs from the exchange": _held(ledger_id),
        "escrow of nothing": _stray(ledger_id),
        "journal differs from the exchange": _moved(ledger_id),
    }
    found = {what: list(session.scalars(query)) for what, query in findings.items()}
    detail = "; ".join(_said(what, names) for what, names in found.items() if names)
    return [Check(NAME, not detail, detail or "every exchange has its points")]


def _said(what: str, names: list[Any]) -> str:
    shown = ", ".join(str(name) for name in names[:NAMED_MAX])
    return f"{what}: {len(names)} ({shown})"


def _in_escrow(ledger_id: int) -> sa.Subquery:
    balance = sa.func.sum(Account.credits_posted - Account.debits_posted)
    return (
        sa.select(Account.owner_id, balance.label("points"))
        .where(Account.ledger_id == ledger_id, Account.kind == "escrow")
        .group_by(Account.owner_id)
        .subquery()
    )


def _held(ledger_id: int) -> sa.Select[Any]:
    held = _in_escrow(ledger_id)
    is_live = Exchange.state.in_(("open", "accepted"))
    expected = sa.case((is_live, Exchange.points), else_=0)
    return (
        sa.select(Exchange.number)
        .outerjoin(held, held.c.owner_id == Exchange.id)
        .where(Exchange.ledger_id == ledger_id, sa.func.coalesce(held.c.points, 0) != expected)
    )


def _stray(ledger_id: int) -> sa.Select[Any]:
    held = _in_escrow(ledger_id)
    return (
        sa.select(held.c.owner_id)
        .outerjoin(
            Exchange, sa.and_(Exchange.ledger_id == ledger_id, Exchange.id == held.c.owner_id)
        )
        .where(held.c.points != 0, Exchange.id.is_(None))
    )


def _moved(ledger_id: int) -> sa.Select[Any]:
    moved = (
        sa.select(Transfer.journal_id, sa.func.sum(Transfer.amount).label("points"))
        .where(Transfer.ledger_id == ledger_id, Transfer.unit == "points")
        .group_by(Transfer.journal_id)
        .subquery()
    )
    back = moved.alias("back")
    return (
        sa.select(Exchange.number)
        .outerjoin(moved, moved.c.journal_id == Exchange.escrow_journal_id)
        .outerjoin(back, back.c.journal_id == Exchange.end_journal_id)
        .where(
            Exchange.ledger_id == ledger_id,
            sa.or_(
                sa.func.coalesce(moved.c.points, 0) != Exchange.points,
                sa.and_(
                    Exchange.end_journal_id.is_not(None),
                    sa.func.coalesce(back.c.points, 0) != Exchange.points,
                ),
            ),
        )
    )
