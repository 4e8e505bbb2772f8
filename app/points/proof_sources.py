"""One source: every journal of this room has its one grant, every grant its journals."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.ledger.models import Journal
from app.points import proof_differences
from app.points.models import Backfill, Grant, Opening
from app.points.proof_points import COUNTED

GRANT_KINDS = ("grant", "opening")
REVERSAL_KIND = "grant_reversal"


def faults(session: Session, ledger_id: int) -> dict[str, int]:
    """Return each kind of fault with how many there are."""
    return {
        "journals without their grant": proof_differences.count_rows(session, _orphans(ledger_id)),
        "reversals without their grant": proof_differences.count_rows(
            session, _orphan_reversals(ledger_id)
        ),
        "grants without their journal": proof_differences.count_rows(session, _unposted(ledger_id)),
        "requests without their grant": proof_differences.count_rows(session, _lost(ledger_id))
        + proof_differences.count_rows(session, _lost_openings(ledger_id)),
    }


def _orphans(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Journals that no grant calls its own, or more than one does."""
    source = (
        sa.select(sa.func.count())
        .where(
            Grant.ledger_id == ledger_id,
            Grant.journal_id == Journal.id,
            Grant.id == Journal.source_id,
        )
        .correlate(Journal)
        .scalar_subquery()
    )
    callers = (
        sa.select(Grant.journal_id, sa.func.count().label("grant_count"))
        .where(Grant.ledger_id == ledger_id, Grant.journal_id.is_not(None))
        .group_by(Grant.journal_id)
        .subquery()
    )
    return (
        sa.select(Journal.id)
        .outerjoin(callers, callers.c.journal_id == Journal.id)
        .where(
            Journal.ledger_id == ledger_id,
            Journal.kind.in_(GRANT_KINDS),
            sa.or_(callers.c.grant_count.is_(None), callers.c.grant_count != 1, source != 1),
        )
    )


def _orphan_reversals(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Journal.id)
        .outerjoin(
            Grant,
            sa.and_(
                Grant.ledger_id == ledger_id,
                Grant.reversal_journal_id == Journal.id,
                Grant.journal_id == Journal.reverses_id,
            ),
        )
        .where(Journal.ledger_id == ledger_id, Journal.kind == REVERSAL_KIND, Grant.id.is_(None))
    )


def _unposted(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Grants whose journals are missing, are another's, or should not be there."""
    journal, reversal = aliased(Journal), aliased(Journal)
    moves = sa.and_(Grant.state.in_(COUNTED), Grant.minutes + Grant.points > 0)
    has_journal = sa.and_(journal.id.is_not(None), journal.source_id == Grant.id)
    has_reversal = sa.and_(reversal.id.is_not(None), reversal.reverses_id == Grant.journal_id)
    is_reversed = sa.and_(moves, Grant.state == "reversed")
    return (
        sa.select(Grant.id)
        .outerjoin(journal, sa.and_(journal.ledger_id == ledger_id, journal.id == Grant.journal_id))
        .outerjoin(
            reversal,
            sa.and_(reversal.ledger_id == ledger_id, reversal.id == Grant.reversal_journal_id),
        )
        .where(
            Grant.ledger_id == ledger_id,
            sa.or_(
                sa.and_(moves, sa.not_(sa.func.coalesce(has_journal, sa.false()))),
                sa.and_(sa.not_(moves), Grant.journal_id.is_not(None)),
                sa.and_(is_reversed, sa.not_(sa.func.coalesce(has_reversal, sa.false()))),
                sa.and_(sa.not_(is_reversed), Grant.reversal_journal_id.is_not(None)),
            ),
        )
    )


def _lost(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Approved back-fills that made no grant, or another's."""
    return (
        sa.select(Backfill.id)
        .outerjoin(Grant, sa.and_(Grant.ledger_id == ledger_id, Grant.id == Backfill.grant_id))
        .where(
            Backfill.ledger_id == ledger_id,
            Backfill.state.in_(("approved", "reversed")),
            sa.or_(Grant.id.is_(None), Grant.source_id != Backfill.id),
        )
    )


def _lost_openings(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Opening.id)
        .outerjoin(Grant, sa.and_(Grant.ledger_id == ledger_id, Grant.source_id == Opening.id))
        .where(
            Opening.ledger_id == ledger_id,
            Opening.state == "approved",
            sa.or_(Grant.id.is_(None), Grant.journal_id != Opening.journal_id),
        )
    )
