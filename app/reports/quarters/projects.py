"""Projects (项目) in a quarter: hours of their claims and of their shifts, corrections too (S2).

A grant belongs to a project by the claim it paid, or by the attendance of an activity whose
sessions are the project's shifts (C6).
"""

from collections import Counter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.models import ActivitySession, Attendance
from app.base.errors import NotFound
from app.people import team_members
from app.points.models import Grant
from app.points.quarters.assessing import Subject
from app.points.quarters.calendar import Quarter
from app.service_orders import claim_listings, posts
from app.service_orders.models import Claim, Post, PostActivity

KIND = "project"
WORKING = ("claimed", "submitted", "accepted")
COUNTED = ("posted", "reversed")


def sums(
    session: Session, *, ledger_id: int, quarter: Quarter
) -> list[tuple[UUID, str, int, str, int, int, int]]:
    """Return id, number, place, provenance, minutes, points and grants of each project."""
    found: list[tuple[UUID, str, int, str, int, int, int]] = []
    within = quarter.begins_on, quarter.ends_on
    for sign, condition in (
        (1, sa.and_(Grant.counted_on.between(*within), Grant.state.in_(COUNTED))),
        (-1, Grant.reversal_counted_on.between(*within)),
    ):
        columns: tuple[Any, ...] = (Post.id, Post.number, Post.node_id, Grant.provenance)
        for query in _by_project(ledger_id, columns, condition):
            found += [
                (*key, sign * int(minutes), sign * int(points), sign * int(count))
                for *key, minutes, points, count in session.execute(query)
            ]
    return found


def adjustments(session: Session, *, ledger_id: int, quarter: Quarter) -> Counter[UUID]:
    """Return the minutes that a quarter counts of earlier ones, with their sign."""
    found: Counter[UUID] = Counter()
    within = quarter.begins_on, quarter.ends_on
    late = sa.and_(
        Grant.counted_on != Grant.served_on,
        Grant.counted_on.between(*within),
        Grant.state.in_(COUNTED),
    )
    taken = sa.and_(
        Grant.reversal_counted_on != Grant.counted_on, Grant.reversal_counted_on.between(*within)
    )
    for sign, condition in ((1, late), (-1, taken)):
        for query in _by_project(ledger_id, (Post.id,), condition):
            for post_id, minutes, _points, _count in session.execute(query):
                found[post_id] += sign * int(minutes)
    return found


def _by_project(
    ledger_id: int, columns: tuple[Any, ...], condition: sa.ColumnElement[bool]
) -> tuple[sa.Select[*tuple[Any, ...]], ...]:
    sums_of = (sa.func.sum(Grant.minutes), sa.func.sum(Grant.points), sa.func.count())
    chosen: Any = (
        sa.select(*columns, *sums_of)
        .select_from(Post)
        .where(
            Grant.ledger_id == ledger_id,
            Post.ledger_id == ledger_id,
            Post.kind == KIND,
            condition,
        )
    )
    claimed = (
        chosen.join(Claim, _same(Claim, Post, Claim.post_id == Post.id))
        .join(Grant, _same(Grant, Claim, Grant.source_id == Claim.id))
        .where(Claim.ledger_id == ledger_id, Grant.source_kind == "claim")
    )
    shifts = (
        chosen.join(PostActivity, _same(PostActivity, Post, PostActivity.post_id == Post.id))
        .join(
            ActivitySession,
            _same(
                ActivitySession,
                PostActivity,
                ActivitySession.activity_id == PostActivity.activity_id,
            ),
        )
        .join(
            Attendance,
            _same(Attendance, ActivitySession, Attendance.session_id == ActivitySession.id),
        )
        .join(Grant, _same(Grant, Attendance, Grant.source_id == Attendance.id))
        .where(PostActivity.ledger_id == ledger_id, Grant.source_kind == "attendance")
    )
    return tuple(query.group_by(*columns) for query in (claimed, shifts))


def _same(one: Any, other: Any, condition: Any) -> Any:
    return sa.and_(one.ledger_id == other.ledger_id, condition)


def subject(session: Session, *, ledger_id: int, post_id: UUID) -> Subject:
    """Return a project as it is assessed: its place, and whose work it is (S9).

    Raises:
        NotFound: No such project.
    """
    post = posts.get(session, ledger_id=ledger_id, post_id=post_id)
    if post.kind != KIND:
        raise NotFound("no such project")
    ids = {
        each.member_id
        for each in claim_listings.of_post(session, ledger_id=ledger_id, post_id=post_id)
        if each.state in WORKING
    }
    if post.team_id is not None:
        stays = team_members.list_members(session, ledger_id=ledger_id, team_id=post.team_id)
        ids |= {member.id for member, _stay in stays}
    served: Any = (Grant.member_id,)
    for query in _by_project(ledger_id, served, Grant.state == "posted"):
        ids |= {row[0] for row in session.execute(query.where(Post.id == post_id))}
    return Subject(KIND, post_id, node_id=post.node_id, member_ids=frozenset(ids))
