"""Until when claimed work is to be done: the post's end, or some days after the claim (T3).

A post's slot that nobody works at is needed by others, so a claim has days of its own.
Whoever joins a project, or serves at shifts, stays until it ends or they leave (C6).
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community import settings, tree
from app.service_orders import news, post_shifts
from app.service_orders.models import Claim, Post

DAYS = "claim.days_to_do"
REMINDED_BEFORE = timedelta(days=1)


def new(session: Session, post: Post) -> datetime | None:
    """Return the own deadline of a claim made now; None where the post's alone counts."""
    if post.kind != "post" or post.is_standing:
        return None
    linked = post_shifts.activity_ids(session, ledger_id=post.ledger_id, post_ids=[post.id])
    if linked:
        return None
    node = tree.get(session, post.node_id)
    days = settings.read(session, node, DAYS)[DAYS]
    return clock.day_bounds(clock.today() + timedelta(days=days))[1]


def of(found: Claim, post: Post) -> datetime:
    """Return until when the work of a claim is to be done: whichever comes first."""
    return min(found.due_at or post.due_at, post.due_at)


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
