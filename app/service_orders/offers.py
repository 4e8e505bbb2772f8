"""Offers: what members are ready to do for neighbours (做志愿者), and at what price in points."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound, PermissionDenied, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.people import members
from app.people.models import Member
from app.service_orders.models import Offer

TITLE_MAX, POINTS_MAX, MINUTES_MAX = 64, 100_000, 1_440
LIVE_MAX = 10


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is offered: 2 小时 for 20 积分, say."""

    title: str
    points: int
    minutes: int


def make(session: Session, *, ledger_id: int, member: Member, proposal: Proposal) -> Offer:
    """Offer something to neighbours.

    Raises:
        ValidationFailed: Nothing is offered, a number is out of range, or too many offers live.
        MemberNotActive: The member is not active.
    """
    members.require_active(member)
    if not 1 <= len(proposal.title.strip()) <= TITLE_MAX:
        raise ValidationFailed("say in a few words what is offered", field="title")
    if not 1 <= proposal.points <= POINTS_MAX or not 1 <= proposal.minutes <= MINUTES_MAX:
        raise ValidationFailed("points or minutes out of range", field="points")
    if len(list_of_member(session, ledger_id=ledger_id, member_id=member.id)) >= LIVE_MAX:
        raise ValidationFailed("end another offer first", field="title")
    node = tree.get(session, member.node_id)
    offer = Offer(
        ledger_id=ledger_id,
        id=new_id(),
        member_id=member.id,
        node_id=node.id,
        node_path=node.path,
        title=proposal.title.strip(),
        points=proposal.points,
        minutes=proposal.minutes,
        offered_at=clock.now(),
    )
    session.add(offer)
    session.flush()
    return offer


def end(session: Session, *, ledger_id: int, offer_id: UUID, member: Member) -> Offer:
    """Take an offer down; what was asked by it goes on. Again changes nothing.

    Raises:
        NotFound: No such offer.
        PermissionDenied: It is another's.
    """
    offer = get(session, ledger_id=ledger_id, offer_id=offer_id)
    if offer.member_id != member.id:
        raise PermissionDenied("another's offer")
    offer.ended_at = offer.ended_at or clock.now()
    session.flush()
    return offer


def get(session: Session, *, ledger_id: int, offer_id: UUID) -> Offer:
    """Return an offer.

    Raises:
        NotFound: The book has none of this id.
    """
    found = session.get(Offer, (ledger_id, offer_id))
    if found is None:
        raise NotFound("no such offer")
    return found


def get_live(session: Session, *, ledger_id: int, offer_id: UUID, but_of: UUID) -> Offer:
    """Return an offer that stands and is another's.

    Raises:
        NotFound: There is none, it was taken down, or it is one's own.
    """
    offer = get(session, ledger_id=ledger_id, offer_id=offer_id)
    if offer.ended_at is not None or offer.member_id == but_of:
        raise NotFound("no such offer to ask for")
    return offer


def list_of_member(session: Session, *, ledger_id: int, member_id: UUID) -> list[Offer]:
    """List a member's offers that stand, latest first."""
    query = sa.select(Offer).where(
        Offer.ledger_id == ledger_id, Offer.member_id == member_id, Offer.ended_at.is_(None)
    )
    return list(session.scalars(query.order_by(Offer.offered_at.desc(), Offer.id)))


def list_in(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Offer]:
    """List the offers that stand at a place and below it, latest first."""
    query = sa.select(Offer).where(
        Offer.ledger_id == ledger_id, tree.within(Offer.node_path, node), Offer.ended_at.is_(None)
    )
    ordered = query.order_by(Offer.offered_at.desc(), Offer.id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))
