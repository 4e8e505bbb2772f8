"""The register of cards: numbers, counts, and printing a card again."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.crypto import unseal
from app.base.errors import NotFound
from app.community import tree
from app.community.models import Node
from app.people import audit
from app.people.cards import IssuedCard, get
from app.people.errors import CardNotActive
from app.people.models import Card, Member


@dataclass(frozen=True, slots=True)
class CardCounts:
    """Cards of a book (P3). Issued counts every card ever; holders count people with a live one."""

    issued_count: int
    holder_count: int
    active_count: int
    lost_count: int
    replaced_count: int
    cancelled_count: int


def by_number(session: Session, *, ledger_id: int, card_no: str) -> Card:
    """Return the card with this printed number, typed in any case.

    Raises:
        NotFound: There is none.
    """
    query = sa.select(Card).where(
        Card.ledger_id == ledger_id, Card.card_no == card_no.strip().upper()
    )
    card = session.scalar(query)
    if card is None:
        raise NotFound("no such card")
    return card


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[tuple[Card, Member]]:
    """List the cards of a subtree's members with their holders, latest issued first."""
    query = (
        sa.select(Card, Member)
        .join(Member, sa.and_(Member.ledger_id == Card.ledger_id, Member.id == Card.member_id))
        .join(Node, Node.id == Member.node_id)
        .where(
            Card.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            tree.within(Node.path, node),
        )
        .order_by(Card.issued_at.desc(), Card.id.desc())
    )
    if state is not None:
        query = query.where(Card.state == state)
    return [(card, member) for card, member in session.execute(query.limit(limit).offset(offset))]


def count_in(session: Session, *, ledger_id: int, node: Node) -> dict[str, int]:
    """Count the cards of a subtree's members by state."""
    query = (
        sa.select(Card.state, sa.func.count())
        .join(Member, sa.and_(Member.ledger_id == Card.ledger_id, Member.id == Card.member_id))
        .join(Node, Node.id == Member.node_id)
        .where(
            Card.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            tree.within(Node.path, node),
        )
        .group_by(Card.state)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def reprint(session: Session, *, ledger_id: int, card_id: UUID, actor: Actor) -> IssuedCard:
    """Read an active card's token again, to print it. Audited.

    Raises:
        NotFound: No such card in this book.
        CardNotActive: The card is void; print no void card.
    """
    card = get(session, ledger_id=ledger_id, card_id=card_id)
    if card.state != "active":
        raise CardNotActive(state=card.state, card_no=card.card_no)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="card_reprinted",
        subject_kind="card",
        subject_id=card.id,
        card_no=card.card_no,
    )
    return IssuedCard(card, unseal(card.token_cipher, card.id))


def counts(session: Session, *, ledger_id: int) -> CardCounts:
    """Count cards issued, people who hold one, and cards by state (P3)."""
    query = (
        sa.select(Card.state, sa.func.count(), sa.func.count(sa.distinct(Card.member_id)))
        .where(Card.ledger_id == ledger_id)
        .group_by(Card.state)
    )
    by_state = {state: (cards, people) for state, cards, people in session.execute(query)}
    nothing = (0, 0)
    return CardCounts(
        issued_count=sum(cards for cards, _ in by_state.values()),
        holder_count=by_state.get("active", nothing)[1],
        active_count=by_state.get("active", nothing)[0],
        lost_count=by_state.get("lost", nothing)[0],
        replaced_count=by_state.get("replaced", nothing)[0],
        cancelled_count=by_state.get("cancelled", nothing)[0],
    )
