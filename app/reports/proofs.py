"""The daily proof of a book: the checks of every room, in one list (practice §4, I1–I7).

Each room proves its own part; this room only gathers. Recording the outcome, and
making a broken book read-only, is the ledger's (`ledger.proof.record`).
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.ledger import books, proof
from app.ledger.models import Book
from app.ledger.proof import Check
from app.mall import proof_checks as mall_checks
from app.points import proof_checks as points_checks
from app.reports.quarters import freezing
from app.service_orders import proof_checks as order_checks

ORDER = (
    "legs_balance",
    "trial_zero",
    "balance_equals_entries",
    "floors",
    "points_recomputed",
    "outstanding",
    "redemption_has_stock",
    "exchange_in_escrow",
    "one_source",
    "households_agree",
    "chain",
    "opening_equals_closing",
    "hours_agree",
    "quarters_frozen",
    "append_only_guards",
    "orphans",
)


@dataclass(frozen=True, slots=True)
class Proved:
    """A book with its checks, and what its members hold in minutes and points."""

    book: Book
    checks: list[Check]
    minutes: int
    points: int

    @property
    def is_ok(self) -> bool:
        """Whether every check holds."""
        return all(check.is_ok for check in self.checks)


def prove(session: Session, *, ledger_id: int) -> Proved:
    """Run every check over one book and record the outcome.

    A broken proof makes the book read-only, in the same transaction.
    """
    found = [
        *proof.checks(session, ledger_id=ledger_id),
        *points_checks.checks(session, ledger_id=ledger_id),
        *mall_checks.checks(session, ledger_id=ledger_id),
        *order_checks.checks(session, ledger_id=ledger_id),
        *freezing.checks(session, ledger_id=ledger_id),
    ]
    checks = sorted(found, key=lambda check: ORDER.index(check.name))
    proof.record(session, ledger_id=ledger_id, checks=checks)
    minutes, points = proof.totals(session, ledger_id=ledger_id)
    book = books.get(session, ledger_id)
    return Proved(book, checks, minutes, points)
