"""评议: who has the duty to rate (长者评议员) rates what nobody else can, never their own (S9).

An order that staff entered for somebody who is no member has nobody to rate it. Its place's
reviewers may; what a member asked for, that member rates.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.errors import PermissionDenied
from app.community import tree
from app.people import duties, led_teams
from app.people.models import Member
from app.service_orders.models import Order, OrderWork

RATES = "rate"
"""What a duty of a reviewer may do."""


def is_reviewer(session: Session, *, ledger_id: int, member_id: UUID) -> bool:
    """Whether a member has a duty to rate, wherever."""
    return duties.may(session, ledger_id=ledger_id, member_id=member_id, act=RATES)


def to_rate(
    session: Session, *, ledger_id: int, member: Member, limit: int = 50, offset: int = 0
) -> list[Order]:
    """List what waits for a reviewer at the places of their duty, longest waiting first."""
    query = sa.select(Order).where(*_waiting(session, ledger_id, member))
    ordered = query.order_by(Order.finished_at, Order.id)
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def count_to_rate(session: Session, *, ledger_id: int, member: Member) -> int:
    """Count what `to_rate` would list in all."""
    query = sa.select(sa.func.count()).select_from(Order)
    return session.scalar(query.where(*_waiting(session, ledger_id, member))) or 0


def _waiting(session: Session, ledger_id: int, member: Member) -> list[sa.ColumnElement[bool]]:
    """Conditions: unrated, asked by no member, at a place of the duty, not of their own hands."""
    places = duties.places_to(session, ledger_id=ledger_id, member_id=member.id, act=RATES)
    worked = sa.select(OrderWork.order_id).where(
        OrderWork.ledger_id == ledger_id, OrderWork.member_id == member.id
    )
    led = led_teams.led(ledger_id, member.person_id)
    return [
        Order.ledger_id == ledger_id,
        Order.state == "finished",
        Order.rated_at.is_(None),
        Order.requester_id.is_(None),
        sa.or_(sa.false(), *(tree.within(Order.node_path, node) for node in places)),
        Order.id.not_in(worked),
        sa.or_(Order.handler_id.is_(None), Order.handler_id != member.person_id),
        sa.or_(Order.team_id.is_(None), Order.team_id.not_in(led)),
    ]


def require_reviewer(session: Session, *, ledger_id: int, order: Order, member: Member) -> None:
    """Let a reviewer of the place rate an order that no member asked for.

    Raises:
        PermissionDenied: They have no such duty there, or a member asked and rates.
    """
    node = tree.get(session, order.node_id)
    if order.requester_id is not None or not duties.may(
        session, ledger_id=ledger_id, member_id=member.id, act=RATES, node=node
    ):
        raise PermissionDenied("no duty to rate this order")
