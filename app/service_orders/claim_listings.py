"""Lists of posts and claims: what to claim near home, what is mine, what staff must judge."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community import grids, tree
from app.community.models import Node
from app.community.node_rows import path_ids
from app.service_orders import claim_deadlines
from app.service_orders.models import Claim, Post


@dataclass(frozen=True, slots=True)
class MyClaim:
    """A claim with what was claimed."""

    claim: Claim
    post: Post

    @property
    def due_at(self) -> datetime:
        """Until when the work is to be done."""
        return claim_deadlines.of(self.claim, self.post)


def near(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    kind: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Post]:
    """List what can be claimed around a home: its own grid's first, then the community's (T5).

    What places above put up for everybody below them comes last; within each, what ends
    first is first.
    """
    around = grids.neighbourhood(session, node)
    is_around = tree.within(Post.node_path, around)
    query = sa.select(Post).where(
        Post.ledger_id == ledger_id,
        sa.or_(is_around, Post.node_id.in_(path_ids(node.path))),
        Post.state == "open",
        Post.taken_count < Post.slot_count,
        Post.due_at > clock.now(),
    )
    if kind is not None:
        query = query.where(Post.kind == kind)
    nearness = sa.case((tree.within(Post.node_path, node), 0), (is_around, 1), else_=2)
    ordered = query.order_by(nearness, Post.due_at, Post.title, Post.id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def is_near(session: Session, *, post: Post, node: Node) -> bool:
    """Whether a post is for who lives at a place: of its community, or of a place above."""
    around = grids.neighbourhood(session, node)
    return post.node_path.startswith(around.path) or post.node_id in path_ids(node.path)


def mine(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 100, offset: int = 0
) -> list[MyClaim]:
    """List a member's claims with what they claimed: those under way first, latest first."""
    is_over = sa.case((Claim.state.in_(("claimed", "submitted")), 0), else_=1)
    query = _joined(ledger_id).where(Claim.member_id == member_id)
    ordered = query.order_by(is_over, Claim.claimed_at.desc(), Claim.id)
    return _read(session, ordered.limit(limit).offset(offset))


def live_of(
    session: Session, *, ledger_id: int, member_id: UUID, post_ids: Collection[UUID]
) -> dict[UUID, Claim]:
    """Return a member's live claim of each post, where there is one."""
    query = sa.select(Claim).where(
        Claim.ledger_id == ledger_id,
        Claim.member_id == member_id,
        Claim.post_id.in_(post_ids),
        Claim.state.in_(("claimed", "submitted", "accepted")),
    )
    return {each.post_id: each for each in session.scalars(query)}


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    state: str | None = "submitted",
    limit: int = 50,
    offset: int = 0,
) -> list[MyClaim]:
    """List the claims of the posts of a subtree; without more said, those that wait (验收)."""
    query = _joined(ledger_id).where(tree.within(Post.node_path, node))
    if state is not None:
        query = query.where(Claim.state == state)
    ordered = query.order_by(Claim.submitted_at, Claim.claimed_at, Claim.id)
    return _read(session, ordered.limit(limit).offset(offset))


def count_waiting(session: Session, *, ledger_id: int, node: Node) -> int:
    """Count the submitted work of a subtree that waits for acceptance."""
    counted = counts_by_node(session, ledger_id=ledger_id, node=node)
    return sum(each["submitted"] for each in counted.values())


def of_post(session: Session, *, ledger_id: int, post_id: UUID) -> list[Claim]:
    """List every claim of a post, first claimed first."""
    query = sa.select(Claim).where(Claim.ledger_id == ledger_id, Claim.post_id == post_id)
    return list(session.scalars(query.order_by(Claim.claimed_at, Claim.id)))


def counts_by_node(session: Session, *, ledger_id: int, node: Node) -> dict[int, Counter[str]]:
    """Count the claims of a subtree by the place of the post and by state (认领数, T5)."""
    query = (
        sa.select(Post.node_id, Claim.state, sa.func.count().label("count"))
        .join(Claim, sa.and_(Claim.ledger_id == Post.ledger_id, Claim.post_id == Post.id))
        .where(Post.ledger_id == ledger_id, tree.within(Post.node_path, node))
        .group_by(Post.node_id, Claim.state)
    )
    found: dict[int, Counter[str]] = {}
    for row in session.execute(query):
        found.setdefault(row[0], Counter())[row[1]] += row[2]
    return found


def _joined(ledger_id: int) -> sa.Select[Claim, Post]:
    return (
        sa.select(Claim, Post)
        .join(Post, sa.and_(Post.ledger_id == Claim.ledger_id, Post.id == Claim.post_id))
        .where(Claim.ledger_id == ledger_id)
    )


def _read(session: Session, query: sa.Select[Claim, Post]) -> list[MyClaim]:
    return [MyClaim(row[0], row[1]) for row in session.execute(query)]
