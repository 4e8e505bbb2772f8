"""What the daily proof asks of the points room: recomputed from the rules, not from itself.

`points_recomputed`: every grant's points follow from its quantity, its pinned rate
and its carry, and are what its journal moved. `hours_agree` (I6): hours by grant,
by day and by account are one number. `one_source`: every journal has its one
grant and every grant its journal, reversed ones included. `households_agree`: what
households earned, cases share, members gave away and two people took or gave is what
its journals moved. Set-based: a fixed number of statements, whatever the size of the book.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.ledger.proof import Check
from app.points import proof_hours, proof_households, proof_points, proof_sources
from app.points.models import Grant


def checks(session: Session, *, ledger_id: int) -> list[Check]:
    """Prove what this room answers for in one book.

    Returns:
        `points_recomputed`, `hours_agree`, `one_source` and `households_agree`, in this
        order; the detail counts the grants, or names each kind of fault with its number.
    """
    counted = sa.select(sa.func.count()).where(Grant.ledger_id == ledger_id)
    grant_count = session.execute(counted).scalar_one()
    return [
        _check("points_recomputed", proof_points.faults(session, ledger_id), grant_count),
        _check("hours_agree", proof_hours.faults(session, ledger_id), grant_count),
        _check("one_source", proof_sources.faults(session, ledger_id), grant_count),
        _check("households_agree", proof_households.faults(session, ledger_id), grant_count),
    ]


def _check(name: str, faults: Mapping[str, int], grant_count: int) -> Check:
    found = {fault: count for fault, count in faults.items() if count}
    if not found:
        return Check(name, True, f"{grant_count} grants")
    return Check(name, False, "; ".join(f"{fault}: {count}" for fault, count in found.items()))
