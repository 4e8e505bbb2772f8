"""The inputs of a quarter's lines: hours by who served, corrections, 群众评单, 三方评议."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base import clock
from app.base.ids import NOBODY
from app.people.models import Member, Team
from app.points.models import Day, Grant
from app.points.quarters import assessing
from app.points.quarters.calendar import Quarter
from app.reports.quarters import projects
from app.service_orders.models import Order, OrderWork, Post

Key = tuple[str, UUID]
"""`member`, `team` or `project`, and which."""


@dataclass(slots=True)
class Hours:
    """What a subject has in a quarter, by the day under which it counts."""

    number: str
    node_id: int
    minutes: Counter[str] = field(default_factory=Counter)
    points: int = 0
    grant_count: int = 0


def hours(session: Session, *, ledger_id: int, quarter: Quarter) -> dict[Key, Hours]:
    """Return the minutes by provenance, points and grants of each member, team and project."""
    found: dict[Key, Hours] = {}
    for kind, query in (("member", _by_member), ("team", _by_team)):
        for row in session.execute(query(ledger_id, quarter)):
            subject_id, number, node_id, provenance, minutes, points, count = row
            one = found.setdefault((kind, subject_id), Hours(number, node_id))
            one.minutes[provenance] += int(minutes)
            one.points += int(points)
            one.grant_count += int(count)
    for total in projects.sums(session, ledger_id=ledger_id, quarter=quarter):
        post_id, number, node_id, provenance, minutes, points, count = total
        one = found.setdefault((projects.KIND, post_id), Hours(number, node_id))
        one.minutes[provenance] += minutes
        one.points += points
        one.grant_count += count
    return found


def adjustments(session: Session, *, ledger_id: int, quarter: Quarter) -> Counter[Key]:
    """Return the minutes that a quarter counts of earlier ones, with their sign."""
    late = sa.select(Grant.member_id, Grant.team_id, Grant.minutes).where(
        Grant.ledger_id == ledger_id,
        Grant.counted_on != Grant.served_on,
        Grant.counted_on.between(quarter.begins_on, quarter.ends_on),
        Grant.state.in_(("posted", "reversed")),
    )
    taken = sa.select(Grant.member_id, Grant.team_id, -Grant.minutes).where(
        Grant.ledger_id == ledger_id,
        Grant.reversal_counted_on != Grant.counted_on,
        Grant.reversal_counted_on.between(quarter.begins_on, quarter.ends_on),
    )
    found: Counter[Key] = Counter()
    kept = _kept(session, ledger_id)
    for member_id, team_id, minutes in session.execute(late.union_all(taken)):
        found["member", kept.get(member_id, member_id)] += int(minutes)
        if team_id is not None:
            found["team", team_id] += int(minutes)
    changed = projects.adjustments(session, ledger_id=ledger_id, quarter=quarter)
    found.update({(projects.KIND, post_id): minutes for post_id, minutes in changed.items()})
    return found


def ratings(session: Session, *, ledger_id: int, quarter: Quarter) -> dict[Key, tuple[int, int]]:
    """Return the stars given to each one's orders in a quarter, and how many were rated."""
    begins_at = clock.local_instant(quarter.begins_on)
    ends_at = clock.local_instant(quarter.next.begins_on)
    rated = [
        Order.ledger_id == ledger_id,
        Order.rated_at >= begins_at,
        Order.rated_at < ends_at,
        Order.stars.is_not(None),
    ]
    by_member = (
        sa.select(OrderWork.member_id, sa.func.sum(Order.stars), sa.func.count())
        .join(
            Order, sa.and_(Order.ledger_id == OrderWork.ledger_id, Order.id == OrderWork.order_id)
        )
        .where(
            OrderWork.ledger_id == ledger_id,
            OrderWork.round_no == Order.reopened_count + 1,
            *rated,
        )
        .group_by(OrderWork.member_id)
    )
    by_team = (
        sa.select(Order.team_id, sa.func.sum(Order.stars), sa.func.count())
        .where(*rated, Order.team_id.is_not(None))
        .group_by(Order.team_id)
    )
    found: dict[Key, tuple[int, int]] = {}
    kept = _kept(session, ledger_id)
    both: tuple[tuple[str, sa.Select[*tuple[Any, ...]]], ...] = (
        ("member", by_member),
        ("team", by_team),
    )
    for kind, query in both:
        for subject_id, stars, count in session.execute(query):
            key = (kind, kept.get(subject_id, subject_id))
            had = found.get(key, (0, 0))
            found[key] = (had[0] + int(stars or 0), had[1] + int(count))
    return found


def reviews(session: Session, *, ledger_id: int, quarter: Quarter) -> dict[Key, int]:
    """Return the assessments' average of each subject, in hundredths (三方评议)."""
    return assessing.averages(session, ledger_id=ledger_id, quarter=quarter)


def places(session: Session, *, ledger_id: int, keys: set[Key]) -> dict[Key, Hours]:
    """Return number and place of subjects that have no hours, with nothing in them."""
    found: dict[Key, Hours] = {}
    for kind, model, number in (
        ("member", Member, Member.volunteer_no),
        ("team", Team, Team.name),
        (projects.KIND, Post, Post.number),
    ):
        ids = [each for of, each in keys if of == kind]
        query = sa.select(model.id, number, model.node_id).where(
            model.ledger_id == ledger_id, model.id.in_(ids)
        )
        for subject_id, text, node_id in session.execute(query):
            found[kind, subject_id] = Hours(text, node_id)
    return found


def _by_member(ledger_id: int, quarter: Quarter) -> sa.Select[*tuple[Any, ...]]:
    served, kept = aliased(Member), aliased(Member)
    return (
        sa.select(kept.id, kept.volunteer_no, kept.node_id, *_sums())
        .select_from(Day)
        .join(served, sa.and_(served.ledger_id == Day.ledger_id, served.id == Day.member_id))
        .join(
            kept,
            sa.and_(
                kept.ledger_id == served.ledger_id,
                kept.id == sa.func.coalesce(served.merged_into_id, served.id),
            ),
        )
        .where(*_in(ledger_id, quarter), served.ledger_id == ledger_id, kept.ledger_id == ledger_id)
        .group_by(kept.id, kept.volunteer_no, kept.node_id, Day.provenance)
    )


def _by_team(ledger_id: int, quarter: Quarter) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Team.id, Team.name, Team.node_id, *_sums())
        .select_from(Day)
        .join(Team, sa.and_(Team.ledger_id == Day.ledger_id, Team.id == Day.team_id))
        .where(*_in(ledger_id, quarter), Team.ledger_id == ledger_id, Day.team_id != NOBODY)
        .group_by(Team.id, Team.name, Team.node_id, Day.provenance)
    )


def _sums() -> tuple[Any, ...]:
    return (
        Day.provenance,
        sa.func.sum(Day.minutes),
        sa.func.sum(Day.points),
        sa.func.sum(Day.grant_count),
    )


def _in(ledger_id: int, quarter: Quarter) -> tuple[Any, ...]:
    return (
        Day.ledger_id == ledger_id,
        Day.counted_on.between(quarter.begins_on, quarter.ends_on),
    )


def _kept(session: Session, ledger_id: int) -> dict[UUID, UUID]:
    """Return whom each merged member was merged into."""
    query = sa.select(Member.id, Member.merged_into_id).where(
        Member.ledger_id == ledger_id, Member.merged_into_id.is_not(None)
    )
    return {row.id: row.merged_into_id for row in session.execute(query)}
