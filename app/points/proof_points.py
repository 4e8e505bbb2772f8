"""Points recomputed: each grant at its pinned rate and carry, and what its journals moved."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.ledger.models import Transfer
from app.points import proof_differences
from app.points.crediting import UNRATED
from app.points.models import Carry, Day, Grant, Opening, Rate

COUNTED = ("posted", "reversed")


def faults(session: Session, ledger_id: int) -> dict[str, int]:
    """Return each kind of fault with how many there are."""
    return {
        "points differ from the rate": proof_differences.count_rows(session, _misrated(ledger_id)),
        "points without a rate": proof_differences.count_rows(session, _unrated(ledger_id)),
        "opening differs from its document": proof_differences.count_rows(
            session, _opened(ledger_id)
        ),
        "journal differs from the grant": proof_differences.count_rows(
            session, _unposted(ledger_id)
        ),
        "carry differs from its grants": _carries(session, ledger_id),
        "day totals differ from the grants": _days(session, ledger_id),
    }


def moved(ledger_id: int, unit: str) -> sa.Subquery:
    """Sum what each journal of the book moved in one unit (for joins by `journal_id`)."""
    return (
        sa.select(Transfer.journal_id, sa.func.sum(Transfer.amount).label("amount"))
        .where(Transfer.ledger_id == ledger_id, Transfer.unit == unit, Transfer.phase == "single")
        .group_by(Transfer.journal_id)
        .subquery(f"moved_{unit}")
    )


def _misrated(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Grants whose points or carry do not follow from quantity, rate and carry before (D27)."""
    total = Grant.carry_before + Grant.quantity * Rate.points
    points = sa.case((total < 0, 0), else_=total // Rate.per_quantity)
    is_carried = Rate.remainder == "carried"
    after = sa.case((is_carried, total - points * Rate.per_quantity), else_=0)
    is_cut = sa.and_(
        Rate.cap_points_day.is_not(None),
        Grant.points < points,
        _day_points(ledger_id) >= Rate.cap_points_day,
    )
    return (
        sa.select(Grant.id)
        .join(
            Rate,
            sa.and_(
                Rate.programme_id == Grant.programme_id,
                Rate.indicator_code == Grant.indicator_code,
                Rate.version == Grant.rate_version,
            ),
        )
        .where(
            Grant.ledger_id == ledger_id,
            Grant.state.in_(COUNTED),
            sa.or_(
                Grant.carry_after != after,
                sa.and_(Grant.points != points, sa.not_(is_cut)),
                sa.and_(Rate.remainder == "dropped", Grant.carry_before != 0),
            ),
        )
    )


def _day_points(ledger_id: int) -> sa.ScalarSelect[Any]:
    """What the day earned under a cap, later reversed grants included."""
    other = aliased(Grant)
    return (
        sa.select(sa.func.sum(other.points))
        .where(
            other.ledger_id == ledger_id,
            other.member_id == Grant.member_id,
            other.indicator_code == Grant.indicator_code,
            other.served_on == Grant.served_on,
            other.state.in_(COUNTED),
        )
        .correlate(Grant)
        .scalar_subquery()
    )


def _unrated(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Grants that earned without a rate, or earned before they were posted."""
    return sa.select(Grant.id).where(
        Grant.ledger_id == ledger_id,
        Grant.points + Grant.carry_before + Grant.carry_after != 0,
        sa.or_(
            Grant.state.not_in(COUNTED),
            sa.and_(Grant.rate_version.is_(None), Grant.source_kind.not_in(UNRATED)),
        ),
    )


def _opened(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Opening grants that do not say what their document said (L12)."""
    return (
        sa.select(Grant.id)
        .outerjoin(Opening, sa.and_(Opening.ledger_id == ledger_id, Opening.id == Grant.source_id))
        .where(
            Grant.ledger_id == ledger_id,
            Grant.source_kind == "opening",
            sa.or_(
                Opening.id.is_(None),
                Opening.points != Grant.points,
                Opening.minutes != Grant.minutes,
            ),
        )
    )


def _unposted(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Grants whose journal, or its reversal, moved other points than the grant says.

    A journal that is not there is `one_source`'s to find.
    """
    there, back = moved(ledger_id, "points"), moved(ledger_id, "points").alias("back")
    return (
        sa.select(Grant.id)
        .outerjoin(there, there.c.journal_id == Grant.journal_id)
        .outerjoin(back, back.c.journal_id == Grant.reversal_journal_id)
        .where(
            Grant.ledger_id == ledger_id,
            sa.or_(
                sa.and_(
                    Grant.journal_id.is_not(None),
                    sa.func.coalesce(there.c.amount, 0) != Grant.points,
                ),
                sa.and_(
                    Grant.reversal_journal_id.is_not(None),
                    sa.func.coalesce(back.c.amount, 0) != Grant.points,
                ),
            ),
        )
    )


def _carries(session: Session, ledger_id: int) -> int:
    """Carries that are not the sum of what posted grants left; reversed ones left nothing."""

    def label(row: Any) -> Any:
        version = sa.cast(row.rate_version, sa.String)
        return row.indicator_code + sa.literal("/") + version

    left = sa.select(Grant.member_id, label(Grant), Grant.carry_after - Grant.carry_before).where(
        Grant.ledger_id == ledger_id,
        Grant.state == "posted",
        Grant.rate_version.is_not(None),
    )
    kept = sa.select(Carry.member_id, label(Carry), -Carry.remainder_quantity).where(
        Carry.ledger_id == ledger_id
    )
    return proof_differences.count(session, ledger_id, [left, kept])


def _days(session: Session, ledger_id: int) -> int:
    by_grant = sa.select(Grant.member_id, Grant.provenance, Grant.points).where(
        Grant.ledger_id == ledger_id, Grant.state == "posted"
    )
    by_day = sa.select(Day.member_id, Day.provenance, -Day.points).where(Day.ledger_id == ledger_id)
    return proof_differences.count(session, ledger_id, [by_grant, by_day])
