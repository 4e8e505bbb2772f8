"""What a merged membership had under way goes on under the kept one (L13).

Requests, offers, wishes, claims, orders, calls and sightings that wait for a step are moved,
so that every list and every "is it mine" asks for one id. What is over stays with the old
number, as its statement does. Where the two were each other's neighbour, the promise ends:
nobody helps themselves, nor does what they asked for.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.base.actors import SYSTEM
from app.people import members
from app.service_orders import claims, exchanges, handling, standing, wishes
from app.service_orders.models import (
    Claim,
    Exchange,
    FieldCall,
    Offer,
    Order,
    OrderWork,
    Sighting,
    Wish,
)


def move(session: Session, *, ledger_id: int, old_id: UUID, kept_id: UUID) -> None:
    """Move what waits for a step of the old membership to the kept one; again changes nothing."""
    _end_help_of_oneself(session, ledger_id, {old_id, kept_id})
    _end_wishes_of_oneself(session, ledger_id, {old_id, kept_id})
    _end_doubled_claims(session, ledger_id, old_id, kept_id)
    unrated = Wish.state.in_(("open", "claimed", "fulfilled"))
    by_another = sa.or_(Wish.claimer_id.is_(None), Wish.claimer_id != kept_id)
    moving: tuple[tuple[Any, Any], ...] = (
        (Exchange.asker_id, Exchange.state.in_(exchanges.LIVE)),
        (Exchange.helper_id, Exchange.state == "accepted"),
        (Offer.member_id, Offer.ended_at.is_(None)),
        (Wish.wisher_id, sa.and_(unrated, by_another)),
        (Wish.claimer_id, Wish.state == "claimed"),
        (Claim.member_id, sa.and_(_waits(), Claim.post_id.not_in(_live_posts(ledger_id, kept_id)))),
        (Order.requester_id, sa.and_(Order.state != "withdrawn", Order.rated_at.is_(None))),
        (OrderWork.member_id, _is_uncredited(ledger_id, kept_id)),
        (
            FieldCall.member_id,
            sa.and_(FieldCall.answered_at.is_(None), FieldCall.taken_back_at.is_(None)),
        ),
        (Sighting.member_id, Sighting.state == "waiting"),
    )
    for column, which in moving:
        _move(session, ledger_id, column, which, old_id, kept_id)
    _hand_over_orders(session, ledger_id, old_id, kept_id)


def _move(
    session: Session, ledger_id: int, column: Any, which: Any, old_id: UUID, kept_id: UUID
) -> None:
    session.execute(
        sa.update(column.class_)
        .where(column.class_.ledger_id == ledger_id, column == old_id, which)
        .values({column.key: kept_id})
        .execution_options(synchronize_session="fetch")
    )


def _hand_over_orders(session: Session, ledger_id: int, old_id: UUID, kept_id: UUID) -> None:
    """Give what the old one's hands had to the kept one's; what they asked for goes to the desk."""
    pair = members.get_many(session, ledger_id=ledger_id, member_ids=(old_id, kept_id))
    old, kept = pair[old_id].person_id, pair[kept_id].person_id
    _move(session, ledger_id, Order.handler_id, Order.state == "open", old, kept)
    query = sa.select(Order).where(
        Order.ledger_id == ledger_id,
        Order.handler_id == kept,
        Order.requester_id == kept_id,
        Order.state == "open",
    )
    for order in session.scalars(query.order_by(Order.id).with_for_update()):
        handling.back_to_filed(session, order)
        standing.log(session, order, "returned", "", SYSTEM)


def _is_uncredited(ledger_id: int, kept_id: UUID) -> sa.ColumnElement[bool]:
    """Work that is no grant yet, in a round in which the kept one has no line of their own."""
    theirs = aliased(OrderWork)
    also = sa.select(theirs.id).where(
        theirs.ledger_id == ledger_id,
        theirs.member_id == kept_id,
        theirs.order_id == OrderWork.order_id,
        theirs.round_no == OrderWork.round_no,
    )
    return sa.and_(OrderWork.grant_id.is_(None), ~also.exists())


def _end_help_of_oneself(session: Session, ledger_id: int, pair: set[UUID]) -> None:
    """Let others help where one of the two would have helped, or was asked by, the other."""
    query = sa.select(Exchange).where(
        Exchange.ledger_id == ledger_id,
        Exchange.asker_id.in_(pair),
        Exchange.state.in_(exchanges.LIVE),
    )
    for exchange in session.scalars(query.order_by(Exchange.id).with_for_update()):
        if pair & {exchange.helper_id, exchanges.asked_of(session, exchange)}:
            exchange.helper_id = exchange.accepted_at = exchange.offer_id = None
            exchanges.move(session, exchange, "open")


def _end_wishes_of_oneself(session: Session, ledger_id: int, pair: set[UUID]) -> None:
    query = sa.select(Wish).where(
        Wish.ledger_id == ledger_id,
        Wish.wisher_id.in_(pair),
        Wish.claimer_id.in_(pair),
        Wish.state == "claimed",
    )
    for wish in session.scalars(query.order_by(Wish.id).with_for_update()):
        wish.claimer_id = wish.claimed_at = None
        wishes.move(session, wish, "open")


def _end_doubled_claims(session: Session, ledger_id: int, old_id: UUID, kept_id: UUID) -> None:
    """Give back the slot that the old one took of a post in which the kept one has its own."""
    query = sa.select(Claim.id).where(
        Claim.ledger_id == ledger_id,
        Claim.member_id == old_id,
        Claim.state == "claimed",
        Claim.post_id.in_(_live_posts(ledger_id, kept_id)),
    )
    old = members.get(session, ledger_id=ledger_id, member_id=old_id)
    for claim_id in session.scalars(query.order_by(Claim.id)).all():
        claims.withdraw(session, ledger_id=ledger_id, claim_id=claim_id, member=old)


def _waits() -> sa.ColumnElement[bool]:
    return Claim.state.in_(("claimed", "submitted"))


def _live_posts(ledger_id: int, member_id: UUID) -> sa.Select[UUID]:
    held = aliased(Claim)
    return sa.select(held.post_id).where(
        held.ledger_id == ledger_id, held.member_id == member_id, held.state.in_(claims.LIVE)
    )
