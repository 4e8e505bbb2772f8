"""Skills first (C21): what asks for 律师 is offered to lawyers first, for a set time.

The call is written in `people.skills`; here is what it means for posts and orders. While
the time runs and the place has a holder, a post is claimed by holders alone; an order that
nobody was given yet is taken on by a holder themselves. After it, everything is as before.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import PermissionDenied
from app.community import settings, tree
from app.community.node_rows import path_ids
from app.people import members, skills
from app.people.models import Member
from app.service_orders import hands, standing, telling
from app.service_orders.errors import SkillFirst
from app.service_orders.models import Order, Post

HOURS = "skill.first_hours"


@dataclass(frozen=True, slots=True)
class Offered:
    """Whom a thing is offered to first.

    Attributes:
        skills: The skills that it asks for.
        until_at: Until when only their holders may; None if the time is over, or if the
            place has no holder.
        is_mine: Whether the member who looks holds one of them.
    """

    skills: tuple[str, ...]
    until_at: datetime | None
    is_mine: bool


def of_things(
    session: Session,
    *,
    ledger_id: int,
    kind: str,
    found: Collection[Post] | Collection[Order],
    member_id: UUID | None,
) -> dict[UUID, Offered]:
    """Return how each of these posts or orders is offered; those that ask for nothing left out.

    Statements grow with the places of what still runs, not with the things.
    """
    calls = skills.calls_of(
        session, ledger_id=ledger_id, kind=kind, subject_ids=[each.id for each in found]
    )
    if not calls:
        return {}
    key = {"ledger_id": ledger_id}
    own = set(skills.of_member(session, **key, member_id=member_id)) if member_id else set()
    asking = [each for each in found if each.id in calls]
    until = _until(session, ledger_id, [(each.node_id, calls[each.id]) for each in asking])
    return {
        each.id: Offered(
            skills=tuple(sorted(calls[each.id])),
            until_at=until_at,
            is_mine=bool(own & calls[each.id].keys()),
        )
        for each, until_at in zip(asking, until, strict=True)
    }


def require_turn(session: Session, *, post: Post, member: Member) -> None:
    """Let a member claim a post, if it is not still offered to others first.

    Raises:
        SkillFirst: Fact `until`.
    """
    offered = of_things(
        session, ledger_id=post.ledger_id, kind="post", found=[post], member_id=member.id
    ).get(post.id)
    if offered is not None and offered.until_at is not None and not offered.is_mine:
        raise SkillFirst(until=offered.until_at.isoformat(), skills=list(offered.skills))


def orders_for(session: Session, *, ledger_id: int, member: Member) -> list[Order]:
    """List the orders that ask for a skill of the member and that nobody was given yet.

    Only those of their own place or of a place above it, while their time runs, most
    urgent first; none that the member asked for.
    """
    own = skills.of_member(session, ledger_id=ledger_id, member_id=member.id)
    if not own or member.state != "active":
        return []
    found = list(session.scalars(_asking_for(session, ledger_id, member, own)))
    offered = of_things(
        session, ledger_id=ledger_id, kind="order", found=found, member_id=member.id
    )
    return [each for each in found if each.id in offered and offered[each.id].until_at is not None]


def _asking_for(
    session: Session, ledger_id: int, member: Member, own: Collection[str]
) -> sa.Select[Order]:
    """Orders that nobody has, of the home or above, that may still be offered to these skills."""
    home = tree.get(session, member.node_id)
    since_at = clock.now() - timedelta(hours=settings.REGISTRY[HOURS].maximum)
    asked = skills.asked_since(ledger_id, kind="order", skills=own, since_at=since_at)
    theirs = sa.select(Member.id).where(
        Member.ledger_id == ledger_id,
        sa.or_(Member.id == member.id, Member.merged_into_id == member.id),
    )
    return (
        sa.select(Order)
        .where(
            Order.ledger_id == ledger_id,
            Order.state == "open",
            Order.step_no == 1,
            Order.node_id.in_(path_ids(home.path)),
            Order.id.in_(asked),
            sa.or_(Order.requester_id.is_(None), Order.requester_id.not_in(theirs)),
        )
        .order_by(Order.due_at, Order.id)
    )


def take_on(
    session: Session, *, ledger_id: int, order_id: UUID, member: Member, actor: Actor
) -> Order:
    """Take an order on that asks for one's skill; it is one's own then (派单给自己).

    Raises:
        NotFound: No such order.
        PermissionDenied: It is not offered to this member.
        ValidationFailed: It is paid hands' work.
        OrderStepConflict: Somebody has it already.
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    members.require_active(member)
    if not _is_for(session, order, member):
        raise PermissionDenied("this is not offered to you")
    if order.state != "open" or order.step_no != 1:
        raise standing.conflict(standing.steps(session, order), order)
    order.handler_kind = hands.kind_of(session, order=order, person_id=member.person_id)
    order.handler_id, order.team_id = member.person_id, None
    step = standing.take_step(session, order, "assigned", "", actor)
    telling.assigned(session, order, step)
    return order


def _is_for(session: Session, order: Order, member: Member) -> bool:
    """Whether an order is offered to a member now: skill, home and time, and not their own."""
    offered = of_things(
        session, ledger_id=order.ledger_id, kind="order", found=[order], member_id=member.id
    ).get(order.id)
    if offered is None or not offered.is_mine or offered.until_at is None:
        return False
    home, node = tree.get(session, member.node_id), tree.get(session, order.node_id)
    return tree.contains(node, home) and (
        standing.asker_person_id(session, order) != member.person_id
    )


def _until(
    session: Session, ledger_id: int, asking: Sequence[tuple[int, dict[str, datetime]]]
) -> list[datetime | None]:
    """Return until when each is its holders' alone; None if that is over, or none is there."""
    nodes = tree.get_many(session, {node_id for node_id, _called in asking})
    hours = {
        node_id: int(settings.read(session, node, HOURS)[HOURS]) for node_id, node in nodes.items()
    }
    now = clock.now()
    ends = [max(called.values()) + timedelta(hours=hours[node_id]) for node_id, called in asking]
    wanted: dict[int, set[str]] = {}
    for (node_id, called), until_at in zip(asking, ends, strict=True):
        if until_at > now:
            wanted.setdefault(node_id, set()).update(called)
    held = {
        node_id: skills.held_in(session, ledger_id=ledger_id, node=nodes[node_id], skills=names)
        for node_id, names in wanted.items()
    }
    return [
        until_at if held.get(node_id, set()) & called.keys() and until_at > now else None
        for (node_id, called), until_at in zip(asking, ends, strict=True)
    ]
