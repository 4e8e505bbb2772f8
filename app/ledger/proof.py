"""The daily proof (日终平衡): recompute the book from its rows and compare.

The ledger's own checks stand here; rooms above add theirs (`points_recomputed`,
`hours_agree`, `one_source`, `households_agree`, `redemption_has_stock`) and the door
records them all.
A proof that fails stops the book until somebody has repaired it, proved it again
and reopened it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, ValidationFailed
from app.ledger import guards, proof_checks
from app.ledger.batches import dialect_of
from app.ledger.errors import LedgerReadOnly
from app.ledger.models import Book, Proof

SETTLING = timedelta(seconds=60)
"""A closing counts what was posted this long before it: by then no posting that took
its instant earlier can still be on its way to a commit."""

SHOWN_MAX = 5
REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Check:
    """One finding of a proof: what was looked at, whether it holds, and what offends it."""

    name: str
    is_ok: bool
    detail: str = ""


def checks(session: Session, *, ledger_id: int) -> list[Check]:
    """Run the ledger's own checks over one book, changing nothing (I1–I5, I7)."""
    if dialect_of(session) == "postgresql":
        session.execute(sa.text("SET LOCAL statement_timeout = '15min'"))
    found = {
        name: _offenders(session, ledger_id, query())
        for name, query in (
            ("legs_balance", proof_checks.legs_balance),
            ("trial_zero", proof_checks.trial_zero),
            ("balance_equals_entries", proof_checks.balance_equals_entries),
            ("floors", proof_checks.floors),
            ("outstanding", proof_checks.outstanding),
            ("chain", proof_checks.chain),
        )
    }
    found["opening_equals_closing"] = _closing_differs(session, ledger_id)
    found["append_only_guards"] = ", ".join(guards.unguarded(session))
    found["orphans"] = _offenders(session, ledger_id, proof_checks.orphans())
    return [Check(name, not detail, detail) for name, detail in found.items()]


def record(session: Session, *, ledger_id: int, checks: Sequence[Check]) -> Proof:
    """Write down a proof with all its checks; stop the book if any of them fails.

    A book that is stopped stays so, with its first reason, until `reopen`.

    Raises:
        NotFound: There is no such book.
        ValueError: There are no checks, or one name comes twice.
    """
    if not checks or len({check.name for check in checks}) < len(checks):
        raise ValueError("a proof has checks, each once")
    book = _lock_book(session, ledger_id)
    proved_at = clock.now()
    closing = _totals(session, ledger_id, proof_checks.totals_at(proved_at - SETTLING))
    proof = Proof(
        ledger_id=ledger_id,
        proved_on=clock.local_date(proved_at),
        run=_next_run(session, ledger_id, proved_at),
        is_ok=all(check.is_ok for check in checks),
        checks=[asdict(check) for check in checks],
        closing_minutes=closing[0],
        closing_points=closing[1],
        proved_at=proved_at,
    )
    session.add(proof)
    if not proof.is_ok and book.read_only_at is None:
        failed = ", ".join(check.name for check in checks if not check.is_ok)
        book.read_only_at = proved_at
        book.read_only_reason = f"proof {proof.proved_on}/{proof.run}: {failed}"[:REASON_LENGTH]
    session.flush()
    return proof


def totals(session: Session, *, ledger_id: int) -> tuple[int, int]:
    """Return what members hold: whole minutes, whole points.

    Points include households and escrow and are net of receivables.
    """
    return _totals(session, ledger_id, proof_checks.totals_now())


def by_kind(session: Session, *, ledger_id: int) -> dict[tuple[str, str], int]:
    """Return the trial balance: (unit, kind) to the sum of the balances, for one screen."""
    rows = session.execute(proof_checks.balances_by_kind(), {"in_ledger_id": ledger_id})
    return {(row.unit, row.kind): int(row.balance) for row in rows}


def find_latest(session: Session, *, ledger_id: int, is_ok: bool | None = None) -> Proof | None:
    """Find the last proof of a book, or the last that was in order."""
    query = sa.select(Proof).where(Proof.ledger_id == ledger_id)
    if is_ok is not None:
        query = query.where(Proof.is_ok == is_ok)
    query = query.order_by(Proof.proved_on.desc(), Proof.run.desc()).limit(1)
    return session.execute(query).scalar_one_or_none()


def history(session: Session, *, ledger_id: int, limit: int = 400) -> list[Proof]:
    """List the proofs of a book, latest first."""
    query = (
        sa.select(Proof)
        .where(Proof.ledger_id == ledger_id)
        .order_by(Proof.proved_on.desc(), Proof.run.desc())
    )
    return list(session.scalars(query.limit(limit)))


def reopen(session: Session, *, ledger_id: int, actor: Actor, reason: str) -> Book:
    """Let a stopped book take postings again, once a proof after the stop is in order.

    The door writes who did it, and why, to the audit.

    Raises:
        NotFound: There is no such book.
        LedgerReadOnly: The last proof is not in order, or is older than the stop.
        ValidationFailed: No person, or no reason, stands behind it.
    """
    if actor == SYSTEM or not reason.strip():
        raise ValidationFailed("a person reopens a book, and says why", field="reason")
    book = _lock_book(session, ledger_id)
    if book.read_only_at is None:
        return book
    proof = find_latest(session, ledger_id=ledger_id)
    if proof is None or not proof.is_ok or proof.proved_at < book.read_only_at:
        raise LedgerReadOnly("prove the book again before it is reopened")
    book.read_only_at = book.read_only_reason = None
    session.flush()
    return book


def _lock_book(session: Session, ledger_id: int) -> Book:
    query = sa.select(Book).where(Book.id == ledger_id).with_for_update()
    book = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if book is None:
        raise NotFound(f"no book {ledger_id}")
    return book


def _next_run(session: Session, ledger_id: int, proved_at: datetime) -> int:
    query = sa.select(sa.func.max(Proof.run)).where(
        Proof.ledger_id == ledger_id, Proof.proved_on == clock.local_date(proved_at)
    )
    return (session.execute(query).scalar() or 0) + 1


def _totals(session: Session, ledger_id: int, query: Any) -> tuple[int, int]:
    rows = session.execute(query, {"in_ledger_id": ledger_id})
    amounts = {unit: int(amount) for unit, amount in rows}
    return amounts.get("minutes", 0), amounts.get("points", 0)


def _offenders(session: Session, ledger_id: int, query: Any) -> str:
    """Say how many rows offend a check, and name some of them; nothing when none does."""
    found = query.subquery("offenders")
    listed = sa.select(found.c.id, sa.func.count().over().label("count")).limit(SHOWN_MAX)
    rows = session.execute(listed, {"in_ledger_id": ledger_id}).all()
    if not rows:
        return ""
    return f"{rows[0].count}: " + ", ".join(str(row.id) for row in rows)


def _closing_differs(session: Session, ledger_id: int) -> str:
    """Compare the last closing in order with what today's rows say of that moment."""
    last = find_latest(session, ledger_id=ledger_id, is_ok=True)
    if last is None:
        return ""
    query = proof_checks.totals_at(last.proved_at - SETTLING)
    then, closing = (
        _totals(session, ledger_id, query),
        (last.closing_minutes, last.closing_points),
    )
    if then == closing:
        return ""
    return f"{last.proved_on}/{last.run} closed with {closing}, its rows now say {then}"
