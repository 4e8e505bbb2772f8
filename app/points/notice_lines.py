"""What a notice lists: sums, grants that wait, or what was reviewed: applications, deductions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base.errors import ValidationFailed
from app.community import tree
from app.community.models import Node
from app.people.models import Member
from app.points.models import Application, Day, Deduction, Grant

LINES_MAX = 5_000
WAITING = ("waiting_level_2", "waiting_level_3")


@dataclass(frozen=True, slots=True)
class Cut:
    """A book's people or deeds at or below a place, over some days (both included)."""

    ledger_id: int
    node: Node
    begins_on: date
    ends_on: date


def of_kind(session: Session, kind: str, cut: Cut) -> list[dict[str, Any]]:
    """Return the lines of a notice as rows, numbered from 1.

    Raises:
        ValidationFailed: More lines than one notice holds; choose a smaller place or period.
    """
    found: list[Mapping[Any, Any]] = []
    for query in QUERIES[kind]:
        found += session.execute(query(cut).limit(LINES_MAX + 1)).mappings().all()
    if len(found) > LINES_MAX:
        raise ValidationFailed(f"more than {LINES_MAX} lines", field="begins_on")
    if len(QUERIES[kind]) > 1:
        found.sort(key=lambda row: row["served_on"])
    return [{"line": number, **row} for number, row in enumerate(found, start=1)]


def _sums(cut: Cut) -> sa.Select[*tuple[Any, ...]]:
    """Each member's hours and points, where they are registered; most hours first (D42)."""
    served, kept = aliased(Member), aliased(Member)
    minutes = sa.func.sum(Day.minutes)
    points = sa.func.sum(Day.points)
    return (
        sa.select(kept.id.label("member_id"), minutes.label("minutes"), points.label("points"))
        .select_from(Day)
        .join(served, (served.ledger_id == Day.ledger_id) & (served.id == Day.member_id))
        .join(
            kept,
            (kept.ledger_id == served.ledger_id)
            & (kept.id == sa.func.coalesce(served.merged_into_id, served.id)),
        )
        .join(Node, Node.id == kept.node_id)
        .where(
            Day.ledger_id == cut.ledger_id,
            served.ledger_id == cut.ledger_id,
            kept.ledger_id == cut.ledger_id,
            Day.counted_on.between(cut.begins_on, cut.ends_on),
            tree.within(Node.path, cut.node),
        )
        .group_by(kept.ledger_id, kept.id)
        .having(sa.or_(minutes > 0, points > 0))
        .order_by(minutes.desc(), kept.volunteer_no)
    )


def _waiting(cut: Cut) -> sa.Select[*tuple[Any, ...]]:
    """Each grant of the period that a person has still to decide on, by day."""
    return (
        sa.select(
            Grant.member_id,
            Grant.id.label("grant_id"),
            Grant.served_on,
            Grant.minutes,
            Grant.points,
        )
        .join(Node, Node.id == Grant.node_id)
        .where(
            Grant.ledger_id == cut.ledger_id,
            Grant.state.in_(WAITING),
            Grant.served_on.between(cut.begins_on, cut.ends_on),
            tree.within(Node.path, cut.node),
        )
        .order_by(Grant.served_on, Grant.id)
    )


def _reviewed(cut: Cut) -> sa.Select[*tuple[Any, ...]]:
    """Each application of the period that was reviewed and is not put up yet, by day (D30)."""
    return (
        sa.select(
            Application.member_id,
            Application.id.label("application_id"),
            sa.null().label("deduction_id"),
            Application.served_on,
            Application.minutes,
            Application.points_shown.label("points"),
        )
        .join(Node, Node.id == Application.node_id)
        .where(
            Application.ledger_id == cut.ledger_id,
            Application.state == "reviewed",
            Application.served_on.between(cut.begins_on, cut.ends_on),
            tree.within(Node.path, cut.node),
        )
        .order_by(Application.served_on, Application.id)
    )


def _taken(cut: Cut) -> sa.Select[*tuple[Any, ...]]:
    """Each deduction of the period that was approved and is not put up yet; below 0 (P7, D30)."""
    return (
        sa.select(
            Deduction.member_id,
            sa.null().label("application_id"),
            Deduction.id.label("deduction_id"),
            Deduction.happened_on.label("served_on"),
            sa.literal(0).label("minutes"),
            (-Deduction.points).label("points"),
        )
        .join(Node, Node.id == Deduction.node_id)
        .where(
            Deduction.ledger_id == cut.ledger_id,
            Deduction.state == "reviewed",
            Deduction.happened_on.between(cut.begins_on, cut.ends_on),
            tree.within(Node.path, cut.node),
        )
        .order_by(Deduction.happened_on, Deduction.id)
    )


QUERIES: dict[str, tuple[Callable[[Cut], sa.Select[*tuple[Any, ...]]], ...]] = {
    "hours": (_sums,),
    "grants": (_waiting,),
    "applied": (_reviewed, _taken),
}
"""What each kind of notice reads; several are put together by day."""
