"""Who leaves: what they asked for ends, and their words are blanked; the rows stay (D47, PIPL 47).

Steps, times, stars, hours and figures remain, for the books stand on them. Words may name
people, so of somebody who is erased none is kept, nor what others said of their orders.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.people import inbox, members
from app.people.models import Home, Member
from app.people.names import ERASED
from app.people.topics import TOPICS
from app.service_orders import claims, exchanges, standing, wishes
from app.service_orders.models import (
    Claim,
    Exchange,
    FieldCall,
    Offer,
    Order,
    OrderNote,
    Sighting,
    Wish,
)
from app.service_orders.models_claim import WAITING_WISHES

TITLED = (
    *(topic for topic in TOPICS if topic.startswith(("help_", "wish_", "order_"))),
    "skill_called",
)
"""Topics of the inbox whose title somebody who asked has written."""

AT: dict[type, str] = {Order: "filed_at", Wish: "made_at", Exchange: "asked_at"}


def forget_all(session: Session, *, person_id: UUID, actor: Actor) -> None:
    """End what a person asked for or promised, and blank their words, in every book.

    Raises:
        LedgerReadOnly: Points wait in escrow, and the book is stopped.
    """
    for home in members.list_homes(session, person_id=person_id):
        own = _memberships(session, home)
        member = members.get(session, ledger_id=home.ledger_id, member_id=home.member_id)
        _end_promises(session, member)
        _end_requests(session, home.ledger_id, own, actor)
        _blank(session, home.ledger_id, own)
        session.flush()


def _memberships(session: Session, home: Home) -> set[UUID]:
    """Return a membership and those that were merged into it (L13)."""
    found, fresh = {home.member_id}, {home.member_id}
    while fresh:
        query = sa.select(Member.id).where(
            Member.ledger_id == home.ledger_id, Member.merged_into_id.in_(fresh)
        )
        fresh = set(session.scalars(query)) - found
        found |= fresh
    return found


def _rows(session: Session, table: Any, ledger_id: int, *where: Any) -> list[Any]:
    query = sa.select(table).where(table.ledger_id == ledger_id, *where).order_by(table.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _end_promises(session: Session, member: Member) -> None:
    """Let others have what the member claimed and has not done."""
    ledger_id = member.ledger_id
    key: dict[str, Any] = {"ledger_id": ledger_id}
    mine = (Claim.member_id == member.id, Claim.state == "claimed")
    for claim in _rows(session, Claim, ledger_id, *mine):
        claims.withdraw(session, **key, claim_id=claim.id, member=member)
    promised = (Wish.claimer_id == member.id, Wish.state == "claimed")
    for wish in _rows(session, Wish, ledger_id, *promised):
        wishes.give_up(session, **key, wish_id=wish.id, claimer=member)
    helped = (Exchange.helper_id == member.id, Exchange.state == "accepted")
    for exchange in _rows(session, Exchange, ledger_id, *helped):
        exchanges.give_up(session, **key, exchange_id=exchange.id, helper=member)


def _end_requests(session: Session, ledger_id: int, own: Collection[UUID], actor: Actor) -> None:
    """Take back what nobody can confirm or rate any more; points in escrow come back (L7)."""
    asked = (Order.requester_id.in_(own), Order.state == "open")
    for order in _rows(session, Order, ledger_id, *asked):
        order.state = "withdrawn"
        standing.log(session, order, "withdrawn", "", actor)
    wished = (Wish.wisher_id.in_(own), Wish.state.in_(WAITING_WISHES))
    for wish in _rows(session, Wish, ledger_id, *wished):
        wishes.send_back(session, ledger_id=ledger_id, wish_id=wish.id, reason=ERASED)
    waiting = (Exchange.asker_id.in_(own), Exchange.state.in_(exchanges.LIVE))
    for exchange in _rows(session, Exchange, ledger_id, *waiting):
        asker = members.get(session, ledger_id=ledger_id, member_id=exchange.asker_id)
        exchanges.withdraw(
            session, ledger_id=ledger_id, exchange_id=exchange.id, asker=asker, actor=actor
        )
    now = clock.now()
    for offer in _rows(
        session, Offer, ledger_id, Offer.member_id.in_(own), Offer.ended_at.is_(None)
    ):
        offer.ended_at = now
    calls = (FieldCall.member_id.in_(own), FieldCall.answered_at.is_(None))
    for call in _rows(session, FieldCall, ledger_id, *calls):
        call.answered_at, call.answered_by_id = now, actor.person_id


def _blank(session: Session, ledger_id: int, own: Collection[UUID]) -> None:
    orders = _rows(session, Order, ledger_id, Order.requester_id.in_(own))
    session.execute(
        sa.delete(OrderNote)
        .where(OrderNote.ledger_id == ledger_id, OrderNote.order_id.in_([row.id for row in orders]))
        .execution_options(synchronize_session=False)
    )
    wished = _rows(session, Wish, ledger_id, Wish.wisher_id.in_(own))
    exchanged = _rows(session, Exchange, ledger_id, Exchange.asker_id.in_(own))
    _blank_messages(session, ledger_id, (*orders, *wished, *exchanged))
    for row in (*orders, *wished, *exchanged):
        row.title, row.text_sealed = ERASED, crypto.seal("", row.id)
    for offer in _rows(session, Offer, ledger_id, Offer.member_id.in_(own)):
        offer.title = ERASED
    for call in _rows(session, FieldCall, ledger_id, FieldCall.member_id.in_(own)):
        call.text_sealed = call.spot_sealed = crypto.seal("", call.id)
        call.answer_sealed = None
    for claim in _rows(session, Claim, ledger_id, Claim.member_id.in_(own)):
        claim.note_sealed = None
    for seen in _rows(session, Sighting, ledger_id, Sighting.member_id.in_(own)):
        seen.text_sealed, seen.photo_cipher = crypto.seal("", seen.id), None
        seen.photo_sha256 = None


def _blank_messages(session: Session, ledger_id: int, rows: Collection[Any]) -> None:
    """Take the titles out of the inboxes of those who helped, handled or were asked."""
    titles = {row.title for row in rows} - {ERASED}
    if not titles:
        return
    begun = [getattr(row, AT[type(row)]) for row in rows]
    inbox.forget_words(
        session,
        ledger_id=ledger_id,
        topics=TITLED,
        titles=titles,
        since_at=min(begun),
        instead=ERASED,
    )
