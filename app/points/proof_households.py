"""Households, cases, the pool and gifts: each journal has its one row, each row its journal."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.ledger.models import Account, Journal, Transfer
from app.points import (
    deduction_posting,
    gifts,
    hardship,
    home_passing_posting,
    pool,
    proof_differences,
)
from app.points.models import (
    Application,
    Case,
    CaseShare,
    Deduction,
    Donation,
    Gift,
    GiftLot,
    Grant,
    Help,
    HomePassing,
    Rate,
)
from app.points.proof_points import moved

ROWS: dict[str, tuple[Any, str]] = {
    deduction_posting.KIND: (Deduction, "journal_id"),
    deduction_posting.REVERSED: (Deduction, "reversal_journal_id"),
    pool.DONATED: (Donation, "journal_id"),
    pool.TAKEN_BACK: (Donation, "reversal_journal_id"),
    hardship.KIND: (Help, "journal_id"),
    gifts.KIND: (Gift, "journal_id"),
    home_passing_posting.KIND: (HomePassing, "journal_id"),
}
"""Kind of journal, the table of the row behind it, and the column that names it."""


def faults(session: Session, ledger_id: int) -> dict[str, int]:
    """Return each kind of fault with how many there are."""
    queries: dict[str, sa.Select[*tuple[Any, ...]]] = {
        "points went to another pot": _misplaced(ledger_id),
        "case shares differ from the case": _misshared(ledger_id),
        "case grants differ from their shares": _misgranted(ledger_id),
        "case differs from its rate": _mispriced(ledger_id),
        "gift lots differ from the gift": _mislotted(ledger_id),
        "applications without their grant": _lost(ledger_id),
    }
    for kind, (model, column) in ROWS.items():
        queries[f"{kind} without its row"] = _orphans(ledger_id, kind, model, column)
        queries[f"{kind} differs from its row"] = _differing(ledger_id, model, column)
    found = {name: proof_differences.count_rows(session, query) for name, query in queries.items()}
    return {**found, "approved without a journal": _unposted(session, ledger_id)}


def _misplaced(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Grants whose points are not where they say: the household's account, or no household's."""
    owner = sa.case((Account.kind == "household", Account.owner_id), else_=None)
    is_own = sa.and_(Grant.household_id.is_(None), owner.is_not(None))
    is_away = sa.and_(Grant.household_id.is_not(None), Account.owner_id != Grant.household_id)
    return (
        sa.select(Grant.id)
        .join(Transfer, Transfer.journal_id == Grant.journal_id)
        .join(Account, Account.id == Transfer.credit_account_id)
        .where(
            Grant.ledger_id == ledger_id,
            Transfer.ledger_id == ledger_id,
            Account.ledger_id == ledger_id,
            Transfer.unit == "points",
            sa.or_(is_own, is_away),
        )
    )


def _misshared(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Cases whose shares do not sum to their points (K4)."""
    return (
        sa.select(Case.case_no)
        .outerjoin(CaseShare, _of_case(ledger_id))
        .where(Case.ledger_id == ledger_id, Case.source_kind == "case")
        .group_by(Case.ledger_id, Case.case_no, Case.points)
        .having(sa.func.coalesce(sa.func.sum(CaseShare.points), 0) != Case.points)
    )


def _misgranted(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Shares whose grant earned, or would earn, other points; or that have none (C33)."""
    wrong = sa.or_(
        sa.and_(CaseShare.points > 0, Grant.id.is_(None)),
        Grant.quantity != CaseShare.points,
        sa.and_(Grant.state == "posted", Grant.points != CaseShare.points),
    )
    return (
        sa.select(CaseShare.member_id)
        .join(Case, _of_case(ledger_id))
        .outerjoin(Grant, sa.and_(Grant.ledger_id == ledger_id, Grant.id == CaseShare.grant_id))
        .where(CaseShare.ledger_id == ledger_id, Case.source_kind == "case", wrong)
    )


def _mispriced(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Shared cases that pay another sum than one 件 at their pinned rate."""
    return (
        sa.select(Case.case_no)
        .join(Grant, sa.and_(Grant.ledger_id == ledger_id, Grant.source_kind == "case"))
        .join(
            CaseShare,
            sa.and_(_of_case(ledger_id), CaseShare.grant_id == Grant.id),
        )
        .join(
            Rate,
            sa.and_(
                Rate.programme_id == Grant.programme_id,
                Rate.indicator_code == Case.indicator_code,
                Rate.version == Case.rate_version,
            ),
        )
        .where(
            Case.ledger_id == ledger_id,
            Case.source_kind == "case",
            Case.points != Rate.points // Rate.per_quantity,
        )
    )


def _of_case(ledger_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        CaseShare.ledger_id == ledger_id,
        Case.ledger_id == ledger_id,
        CaseShare.case_no == Case.case_no,
        CaseShare.version == Case.version,
    )


def _mislotted(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Gift.id)
        .outerjoin(GiftLot, sa.and_(GiftLot.ledger_id == ledger_id, GiftLot.gift_id == Gift.id))
        .where(Gift.ledger_id == ledger_id)
        .group_by(Gift.ledger_id, Gift.id, Gift.points)
        .having(sa.func.coalesce(sa.func.sum(GiftLot.points), 0) != Gift.points)
    )


def _lost(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Posted applications that made no grant, or another's."""
    return (
        sa.select(Application.id)
        .outerjoin(Grant, sa.and_(Grant.ledger_id == ledger_id, Grant.id == Application.grant_id))
        .where(
            Application.ledger_id == ledger_id,
            Application.state == "posted",
            sa.or_(Grant.id.is_(None), Grant.source_id != Application.id),
        )
    )


def _orphans(ledger_id: int, kind: str, model: Any, column: str) -> sa.Select[*tuple[Any, ...]]:
    row = aliased(model)
    return (
        sa.select(Journal.id)
        .outerjoin(
            row,
            sa.and_(
                row.ledger_id == ledger_id,
                row.id == Journal.source_id,
                getattr(row, column) == Journal.id,
            ),
        )
        .where(Journal.ledger_id == ledger_id, Journal.kind == kind, row.id.is_(None))
    )


def _differing(ledger_id: int, model: Any, column: str) -> sa.Select[*tuple[Any, ...]]:
    """Rows whose journal is not there, or moved other points."""
    sums = moved(ledger_id, "points")
    journal_id = getattr(model, column)
    return (
        sa.select(model.id)
        .outerjoin(sums, sums.c.journal_id == journal_id)
        .where(
            model.ledger_id == ledger_id,
            journal_id.is_not(None),
            sa.func.coalesce(sums.c.amount, 0) != model.points,
        )
    )


def _unposted(session: Session, ledger_id: int) -> int:
    """Rows whose state and journals do not belong together."""
    wrong: list[tuple[Any, sa.ColumnElement[bool]]] = [
        (Help, (Help.state == "approved") != Help.journal_id.is_not(None)),
        (HomePassing, (HomePassing.state == "posted") != HomePassing.journal_id.is_not(None)),
        (
            Deduction,
            sa.or_(
                Deduction.state.in_(("posted", "reversed")) != Deduction.journal_id.is_not(None),
                (Deduction.state == "reversed") != Deduction.reversal_journal_id.is_not(None),
            ),
        ),
    ]
    queries = [
        sa.select(model.id).where(model.ledger_id == ledger_id, is_wrong)
        for model, is_wrong in wrong
    ]
    return sum(proof_differences.count_rows(session, query) for query in queries)
