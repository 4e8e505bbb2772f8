"""Until when claimed work is to be done: the post's end, or some days after the claim (T3).

A post's slot that nobody works at is needed by others, so a claim has days of its own.
Whoever joins a project, or serves at shifts, stays until it ends or they leave (C6).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community import settings
from app.service_orders import news, post_shifts
from app.service_orders.models import Claim, Post

DAYS = "claim.days_to_do"
REMINDED_BEFORE = timedelta(days=1)


def new(session: Session, post: Post) -> datetime | None:
    """Return the own deadline of a claim made now; None where the post's alone counts."""
    return _new(session, [post]).get(post.id)


def of(found: Claim, post: Post) -> datetime:
    """Return until when the work of a claim is to be done: whichever comes first."""
    return _first(found.due_at, post)


def of_posts(
    session: Session, found: Sequence[Post], claims: Mapping[UUID, Claim]
) -> dict[UUID, datetime]:
    """Return until when a member does each of some posts: as claimed, else as if claimed now.

    Args:
        claims: The member's own, by post.
    """
    fresh = _new(session, [each for each in found if each.id not in claims])
    own = {**fresh, **{post_id: each.due_at for post_id, each in claims.items()}}
    return {each.id: _first(own.get(each.id), each) for each in found}


def _first(own: datetime | None, post: Post) -> datetime:
    return min(own or post.due_at, post.due_at)


def _new(session: Session, found: Sequence[Post]) -> dict[UUID, datetime]:
    """Return the own deadline of a claim made now, where there is one; a read for each place."""
    timed = [each for each in found if each.kind == "post" and not each.is_standing]
    if not timed:
        return {}
    ids = [each.id for each in timed]
    linked = post_shifts.activity_ids(session, ledger_id=timed[0].ledger_id, post_ids=ids)
    paths = {each.node_path for each in timed}
    days = {path: settings.read_at(session, path, DAYS)[DAYS] for path in paths}
    return {
        each.id: clock.day_bounds(clock.today() + timedelta(days=days[each.node_path]))[1]
        for each in timed
        if not linked.get(each.id)
    }


def is_over(now: datetime) -> sa.ColumnElement[bool]:
    """Condition on a claim with its post: its time has passed."""
    return sa.or_(Post.due_at <= now, Claim.due_at <= now)


def remind(session: Session, *, ledger_id: int, now: datetime) -> int:
    """Tell who claimed a post a day before their slot goes to others; return how many (a job)."""
    soon = now + REMINDED_BEFORE
    query = (
        sa.select(Claim, Post)
        .join(Post, sa.and_(Post.ledger_id == ledger_id, Post.id == Claim.post_id))
        .where(
            Claim.ledger_id == ledger_id,
            Claim.state == "claimed",
            Claim.due_at.is_not(None),
            Claim.claimed_at <= now - REMINDED_BEFORE,
            is_over(soon),
            sa.not_(is_over(now)),
        )
    )
    due = [(row[0], row[1]) for row in session.execute(query.order_by(Claim.id))]
    news.of_due(session, [(found, post, of(found, post)) for found, post in due])
    return len(due)
