"""Posts and projects that people claim (微岗位, 微项目): made, closed, listed (T3)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.ledger import books
from app.people import audit
from app.points import activity_types, programmes
from app.service_orders.errors import ClaimStateConflict
from app.service_orders.models import CampaignItem, Post
from app.service_orders.models_claim import POST_KINDS, STANDING_DUE_AT

TITLE_MAX, TEXT_MAX, SLOTS_MAX = 64, 1_000, 10_000


@dataclass(frozen=True, kw_only=True)
class Call:
    """What is to be done, by how many, until when; `category_code` says what it counts as.

    A project may have no deadline: it stands (常设), and people join and leave it (C6).
    """

    kind: str
    title: str
    text: str = ""
    category_code: str
    slot_count: int
    due_at: datetime | None = None
    team_id: UUID | None = None


def make(session: Session, *, ledger_id: int, node: Node, call: Call, actor: Actor) -> Post:
    """Put up a post or a project; the door asked for staff of the place.

    Raises:
        ValidationFailed: Words, slots or deadline make no sense.
        NotFound: There is no such points category.
        CountedInCases: It counts in 件, which a case number shares out (C33).
    """
    _require_sense(call)
    programme = programmes.of_ledger(session, ledger_id)
    activity_types.require_each_own(session, programme, call.category_code)
    day = clock.today().strftime("%Y%m%d")
    serial = serials.take(session, ledger_id=ledger_id, name=f"post:{day}")
    post = Post(
        ledger_id=ledger_id,
        id=new_id(),
        number=f"{books.get(session, ledger_id).code}-P{day}-{serial:04d}",
        kind=call.kind,
        node_id=node.id,
        node_path=node.path,
        title=call.title.strip(),
        text=call.text.strip(),
        category_code=call.category_code,
        slot_count=call.slot_count,
        taken_count=0,
        due_at=call.due_at or STANDING_DUE_AT,
        team_id=call.team_id,
        state="open",
        made_by_id=actor.person_id,
        made_at=clock.now(),
        version=1,
    )
    session.add(post)
    session.flush()
    return post


def close(session: Session, *, ledger_id: int, post_id: UUID) -> Post:
    """Take no more claims; those under way go on. Again changes nothing.

    Raises:
        NotFound: No such post.
    """
    post = get(session, ledger_id=ledger_id, post_id=post_id)
    if post.state == "open":
        post.state = "closed"
        post.version += 1
        session.flush()
    return post


def extend(
    session: Session, *, ledger_id: int, post_id: UUID, due_at: datetime, actor: Actor
) -> Post:
    """Give a post or project more time, also after its end; slots that were freed stay free.

    Raises:
        NotFound: No such post.
        ClaimStateConflict: It takes nobody any more, or stands without a deadline.
        ValidationFailed: The new end is not later than the old one and than now.
    """
    post = get(session, ledger_id=ledger_id, post_id=post_id, is_locked=True)
    if post.state != "open" or post.is_standing:
        raise ClaimStateConflict(state="standing" if post.is_standing else post.state)
    if not max(post.due_at, clock.now()) < due_at < STANDING_DUE_AT:
        raise ValidationFailed("a later end", field="due_at")
    before, post.due_at = post.due_at, due_at
    post.version += 1
    session.flush()
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="post_extended",
        subject_kind="post",
        subject_id=post.id,
        number=post.number,
        before=before.isoformat(),
        due_at=due_at.isoformat(),
    )
    return post


def get(session: Session, *, ledger_id: int, post_id: UUID, is_locked: bool = False) -> Post:
    """Return a post.

    Raises:
        NotFound: The book has none of this id.
    """
    query = sa.select(Post).where(Post.ledger_id == ledger_id, Post.id == post_id)
    if is_locked:
        query = query.with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such post")
    return found


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    kind: str | None = None,
    only_free: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> list[Post]:
    """List the posts of a place and below it, those that end first before."""
    query = sa.select(Post).where(Post.ledger_id == ledger_id, tree.within(Post.node_path, node))
    if kind is not None:
        query = query.where(Post.kind == kind)
    if only_free:
        query = query.where(
            Post.state == "open", Post.taken_count < Post.slot_count, Post.due_at > clock.now()
        )
    return list(session.scalars(query.order_by(Post.due_at, Post.id).limit(limit).offset(offset)))


def of_campaign(
    session: Session, *, ledger_id: int, node: Node, code: str, limit: int = 50, offset: int = 0
) -> list[Post]:
    """List the posts of a place and below it that a campaign counts, first to end first (T7)."""
    tagged = sa.select(CampaignItem.subject_id).where(
        CampaignItem.ledger_id == ledger_id,
        CampaignItem.campaign_code == code,
        CampaignItem.kind == "post",
    )
    query = sa.select(Post).where(
        Post.ledger_id == ledger_id, tree.within(Post.node_path, node), Post.id.in_(tagged)
    )
    return list(session.scalars(query.order_by(Post.due_at, Post.id).limit(limit).offset(offset)))


def _require_sense(call: Call) -> None:
    if call.kind not in POST_KINDS:
        raise ValidationFailed("a post or a project", field="kind")
    if not 1 <= len(call.title.strip()) <= TITLE_MAX or len(call.text) > TEXT_MAX:
        raise ValidationFailed("say in a few words what is to be done", field="title")
    if not 1 <= call.slot_count <= SLOTS_MAX:
        raise ValidationFailed("slots out of range", field="slot_count")
    if call.due_at is None and call.kind != "project":
        raise ValidationFailed("only a project stands without a deadline", field="due_at")
    if call.due_at is not None and call.due_at <= clock.now():
        raise ValidationFailed("the deadline has passed", field="due_at")
