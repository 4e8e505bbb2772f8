"""Shifts of a project: activities whose sessions are its recurring work (C6).

The activity is another room's row, named by its id; the door asks that room whether it
is there. Who comes to a shift checks in there, and is credited as at any activity.
"""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.upserts import insert_or_ignore
from app.service_orders import posts
from app.service_orders.errors import ClaimStateConflict
from app.service_orders.models import Claim, Post, PostActivity


def link(session: Session, *, ledger_id: int, post_id: UUID, activity_id: UUID) -> Post:
    """Make an activity's sessions shifts of a project or post; again changes nothing.

    Raises:
        NotFound: No such post.
        ClaimStateConflict: It is closed.
    """
    post = posts.get(session, ledger_id=ledger_id, post_id=post_id)
    if post.state != "open":
        raise ClaimStateConflict(state=post.state)
    row = {
        "ledger_id": ledger_id,
        "post_id": post_id,
        "activity_id": activity_id,
        "linked_at": clock.now(),
    }
    session.execute(insert_or_ignore(session, PostActivity).values(row))
    _keep_slots(session, post)
    return post


def _keep_slots(session: Session, post: Post) -> None:
    """Whoever serves at shifts keeps the slot: only the post's own end frees it."""
    session.execute(
        sa.update(Claim)
        .where(
            Claim.ledger_id == post.ledger_id, Claim.post_id == post.id, Claim.state == "claimed"
        )
        .values(due_at=None)
        .execution_options(synchronize_session="fetch")
    )


def unlink(session: Session, *, ledger_id: int, post_id: UUID, activity_id: UUID) -> None:
    """Take an activity out of a project's shifts; again changes nothing."""
    session.execute(
        sa.delete(PostActivity).where(
            PostActivity.ledger_id == ledger_id,
            PostActivity.post_id == post_id,
            PostActivity.activity_id == activity_id,
        )
    )


def activity_ids(
    session: Session, *, ledger_id: int, post_ids: Collection[UUID]
) -> dict[UUID, list[UUID]]:
    """Return the activities of each post, first linked first."""
    query = (
        sa.select(PostActivity.post_id, PostActivity.activity_id)
        .where(PostActivity.ledger_id == ledger_id, PostActivity.post_id.in_(post_ids))
        .order_by(PostActivity.linked_at, PostActivity.activity_id)
    )
    found: dict[UUID, list[UUID]] = {}
    for row in session.execute(query):
        found.setdefault(row.post_id, []).append(row.activity_id)
    return found


def posts_of(session: Session, *, ledger_id: int, activity_id: UUID) -> list[Post]:
    """Return the projects and posts that an activity is a shift of, by title."""
    query = (
        sa.select(Post)
        .join(
            PostActivity,
            sa.and_(PostActivity.ledger_id == Post.ledger_id, PostActivity.post_id == Post.id),
        )
        .where(Post.ledger_id == ledger_id, PostActivity.activity_id == activity_id)
    )
    return list(session.scalars(query.order_by(Post.title, Post.id)))
