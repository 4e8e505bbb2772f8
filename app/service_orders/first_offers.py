"""Skills first (C21): what asks for 律师 is offered to lawyers first, for a set time.

The call is written in `people.skills`; here is what it means for posts and orders. While
the time runs and the place has a holder, a post is claimed by holders alone; an order that
nobody was given yet is taken on by a holder themselves. After it, everything is as before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import PermissionDenied
from app.community import settings, tree
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
    """Return how each of these posts or orders is offered; those that ask for nothing left out."""
    calls = skills.calls_of(
        session, ledger_id=ledger_id, kind=kind, subject_ids=[each.id for each in found]
    )
    if not calls:
        return {}
    key = {"ledger_id": ledger_id}
    own = set(skills.of_member(session, **key, member_id=member_id)) if member_id else set()
    return {
        each.id: Offered(
            skills=tuple(sorted(calls[each.id])),
            until_at=_until(session, ledger_id, each.node_id, calls[each.id]),
            is_mine=bool(own & calls[each.id].keys()),
        )
        for each in found
        if each.id in calls
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
    if not own:
        return []
    ids = skills.subjects_of(session, ledger_id=ledger_id, kind="order", skills=own)
    found = [
        order
        for order in standing.get_orders(session, ledger_id=ledger_id, order_ids=ids)
        if order.state == "open" and order.step_no == 1 and _is_for(session, order, member)
    ]
    return sorted(found, key=lambda each: (each.due_at, each.id))


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
    session: Session, ledger_id: int, node_id: int, called: dict[str, datetime]
) -> datetime | None:
    node = tree.get(session, node_id)
    hours = int(settings.read(session, node, HOURS)[HOURS])
    until_at = max(called.values()) + timedelta(hours=hours)
    if until_at <= clock.now():
        return None
    has_holder = any(
        skills.holders_in(session, ledger_id=ledger_id, node=node, skill=each) for each in called
    )
    return until_at if has_holder else None
