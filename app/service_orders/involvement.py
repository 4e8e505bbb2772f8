"""Who had a hand in an order: they do not rate it, nor speak for who asked (S9, A6)."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import SecondPersonRequired
from app.people import households, members
from app.service_orders import standing
from app.service_orders.models import Order, OrderWork


def list_work(session: Session, *, ledger_id: int, order_ids: Collection[UUID]) -> list[OrderWork]:
    """List the work of orders, round by round; one statement."""
    query = sa.select(OrderWork).where(
        OrderWork.ledger_id == ledger_id, OrderWork.order_id.in_(set(order_ids))
    )
    ordered = query.order_by(OrderWork.order_id, OrderWork.round_no, OrderWork.member_id)
    return list(session.scalars(ordered))


def has_a_hand(session: Session, order: Order, person_id: UUID) -> bool:
    """Whether a person handles an order, leads its team, or worked on it in any round."""
    if standing.handles(session, order, Actor(person_id)):
        return True
    own = members.find_id(session, ledger_id=order.ledger_id, person_id=person_id)
    return own is not None and own in _workers(session, order)


def is_a_party(session: Session, order: Order, person_id: UUID) -> bool:
    """Whether a person had a hand in an order, or they or one of their household is behind it.

    Behind it is who asked for it and who worked on it.
    """
    circle = households.circle_of(session, ledger_id=order.ledger_id, person_id=person_id)
    asker = standing.follow_asker(session, order)
    theirs = _workers(session, order) | ({asker.id} if asker else set())
    return bool(circle & theirs) or has_a_hand(session, order, person_id)


def require_another(session: Session, order: Order, actor: Actor) -> None:
    """Let only somebody of the desk go on who is no party to an order.

    Raises:
        SecondPersonRequired: They are (`is_a_party`).
    """
    if is_a_party(session, order, actor.person_id):
        raise SecondPersonRequired("who had a hand in it asks a colleague")


def _workers(session: Session, order: Order) -> set[UUID]:
    worked = list_work(session, ledger_id=order.ledger_id, order_ids=[order.id])
    return {each.member_id for each in worked}
