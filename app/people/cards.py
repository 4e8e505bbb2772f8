"""积分卡: a printed card whose QR holds an opaque token; the points are the member's (L11).

A card is active (在用), lost (挂失), replaced (补发作废) or cancelled (注销). A member
holds at most one active card; the database sees to that. The token's hash is
kept for look-up, and its cipher so that staff can print the card again. Whether a
card is frozen is for the spending door to ask (`risk.freezes`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.crypto import lookup_hash, seal
from app.base.errors import NotFound
from app.base.ids import new_id
from app.ledger.models import Book
from app.people import audit, inbox
from app.people.errors import CardAlreadyActive, CardNotActive, MemberNotActive
from app.people.member_locks import lock_active
from app.people.models import Card, Member
from app.people.tokens import foreign_book, ledger_of, new_token

PREFIX = "TC1"
SERIES = "card"


@dataclass(frozen=True, slots=True)
class IssuedCard:
    """A fresh card and the token to print on it."""

    card: Card
    token: str


def issue(
    session: Session, *, ledger_id: int, member_id: UUID, actor: Actor, batch: str | None = None
) -> IssuedCard:
    """Give a member a first card, or one after the old was cancelled.

    Raises:
        NotFound: No such member in this book.
        MemberNotActive: The membership was merged, left or erased.
        CardAlreadyActive: They hold an active card (use `replace`).
    """
    return issue_many(
        session, ledger_id=ledger_id, member_ids=[member_id], actor=actor, batch=batch
    )[0]


def issue_many(
    session: Session,
    *,
    ledger_id: int,
    member_ids: Sequence[UUID],
    actor: Actor,
    batch: str | None = None,
) -> list[IssuedCard]:
    """Give many members a card each, in a constant number of statements; all or none.

    Raises:
        NotFound: One is no member of this book.
        MemberNotActive: One membership is not active.
        CardAlreadyActive: One of them holds an active card.
    """
    lock_active(session, ledger_id=ledger_id, member_ids=member_ids)
    return _insert(session, ledger_id, [(each, None) for each in member_ids], actor, batch)


def replace(
    session: Session, *, ledger_id: int, card_id: UUID, actor: Actor, batch: str | None = None
) -> IssuedCard:
    """Void an active or lost card (补发作废) and issue one that names it. Posts nothing (L11).

    Raises:
        NotFound: No such card in this book.
        MemberNotActive: The membership was merged, left or erased.
        CardNotActive: The card was replaced or cancelled before.
        CardAlreadyActive: The lost card's owner has another active card.
    """
    member_id = get(session, ledger_id=ledger_id, card_id=card_id).member_id
    lock_active(session, ledger_id=ledger_id, member_ids=[member_id])
    old = _move(session, ledger_id, card_id, ("active", "lost"), "replaced")
    new = _insert(session, ledger_id, [(old.member_id, old.id)], actor, batch)[0]
    _audit(session, old, "card_replaced", actor, new_card_no=new.card.card_no)
    return new


def report_lost(session: Session, *, ledger_id: int, card_id: UUID, actor: Actor) -> Card:
    """Stop an active card because it is lost (挂失). The points stay with the member (L11).

    Raises:
        NotFound: No such card in this book.
        CardNotActive: The card is not active.
    """
    card = _move(session, ledger_id, card_id, ("active",), "lost")
    _tell(session, card, "card_lost")
    _audit(session, card, "card_lost", actor)
    return card


def report_found(session: Session, *, ledger_id: int, card_id: UUID, actor: Actor) -> Card:
    """Take back a loss report (解挂): the card is active again.

    Raises:
        NotFound: No such card in this book.
        CardNotActive: The card is not reported lost.
        CardAlreadyActive: The member has another active card by now.
    """
    member_id = get(session, ledger_id=ledger_id, card_id=card_id).member_id
    lock_active(session, ledger_id=ledger_id, member_ids=[member_id])
    if any(
        card.state == "active" and card.id != card_id
        for card in list_of(session, ledger_id=ledger_id, member_id=member_id)
    ):
        raise CardAlreadyActive
    card = _move(session, ledger_id, card_id, ("lost",), "active")
    _tell(session, card, "card_found")
    _audit(session, card, "card_found", actor)
    return card


def cancel(session: Session, *, ledger_id: int, card_id: UUID, actor: Actor) -> Card:
    """End a card for good (注销), without a new one.

    Raises:
        NotFound: No such card in this book.
        CardNotActive: The card was replaced or cancelled before.
    """
    card = _move(session, ledger_id, card_id, ("active", "lost"), "cancelled")
    _tell(session, card, "card_cancelled")
    _audit(session, card, "card_cancelled", actor)
    return card


def identify(session: Session, *, token: str, ledger_id: int) -> tuple[Card, Member]:
    """Return the active card that carries this token, and its member; one statement.

    Raises:
        NotFound: It is no card of this book.
        WrongAudience: Another book issued it; fact `book` (A9).
        CardNotActive: It was lost, replaced or cancelled; fact `state` (P3, A9).
        MemberNotActive: Its membership is not active.
    """
    token = token.strip()
    home = ledger_of(PREFIX, token)
    if home is None:
        raise NotFound("this is not a card")
    if home != ledger_id:
        raise foreign_book(session, home)
    query = (
        sa.select(Card, Member)
        .join(Member, sa.and_(Member.ledger_id == Card.ledger_id, Member.id == Card.member_id))
        .where(
            Card.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            Card.token_hash == _hash_of(token),
        )
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("no such card")
    card, member = found
    if card.state != "active":
        raise CardNotActive(state=card.state, card_no=card.card_no)
    if member.state != "active":
        raise MemberNotActive(state=member.state)
    return card, member


def get(session: Session, *, ledger_id: int, card_id: UUID) -> Card:
    """Return a card of this book.

    Raises:
        NotFound: There is none.
    """
    card = session.get(Card, (ledger_id, card_id))
    if card is None:
        raise NotFound("no such card")
    return card


def list_of(session: Session, *, ledger_id: int, member_id: UUID) -> list[Card]:
    """List a member's cards of all states, latest first."""
    query = (
        sa.select(Card)
        .where(Card.ledger_id == ledger_id, Card.member_id == member_id)
        .order_by(Card.issued_at.desc(), Card.id.desc())
    )
    return list(session.scalars(query))


def _hash_of(token: str) -> bytes:
    return lookup_hash("card", token)


def _insert(
    session: Session,
    ledger_id: int,
    wanted: Sequence[tuple[UUID, UUID | None]],
    actor: Actor,
    batch: str | None,
) -> list[IssuedCard]:
    """Insert cards for pairs of member and the card that theirs replaces."""
    if not wanted:
        return []
    code = session.scalar(sa.select(Book.code).where(Book.id == ledger_id))
    first = serials.take(session, ledger_id=ledger_id, name=SERIES, count=len(wanted))
    issued = []
    for number, (member_id, replaces_id) in enumerate(wanted, first):
        card_id, token = new_id(), new_token(PREFIX, ledger_id)
        card = Card(
            ledger_id=ledger_id,
            id=card_id,
            member_id=member_id,
            card_no=f"{code}-C{number:06d}".upper(),
            token_hash=_hash_of(token),
            token_cipher=seal(token, card_id),
            state="active",
            batch=batch,
            replaces_id=replaces_id,
            issued_by_id=actor.person_id,
            issued_at=clock.now(),
        )
        issued.append(IssuedCard(card, token))
    _require_none_active(session, ledger_id, [member_id for member_id, _ in wanted])
    session.add_all(each.card for each in issued)
    session.flush()
    _tell_issued(session, ledger_id, issued, actor)
    return issued


def _require_none_active(session: Session, ledger_id: int, member_ids: Sequence[UUID]) -> None:
    query = sa.select(Card.id).where(
        Card.ledger_id == ledger_id, Card.member_id.in_(member_ids), Card.state == "active"
    )
    if len(set(member_ids)) < len(member_ids) or session.scalar(query.limit(1)) is not None:
        raise CardAlreadyActive


def _tell_issued(
    session: Session, ledger_id: int, issued: Sequence[IssuedCard], actor: Actor
) -> None:
    cards = [each.card for each in issued]
    notes = [inbox.Note(card.member_id, "card_issued", {"card_no": card.card_no}) for card in cards]
    inbox.tell(session, ledger_id=ledger_id, notes=notes)
    acts = [audit.Act("card_issued", "card", card.id, {"card_no": card.card_no}) for card in cards]
    audit.write_all(session, ledger_id=ledger_id, actor=actor, acts=acts)


def _move(
    session: Session, ledger_id: int, card_id: UUID, sources: Sequence[str], state: str
) -> Card:
    """Change a card's state by one conditional update."""
    statement = (
        sa.update(Card)
        .where(Card.ledger_id == ledger_id, Card.id == card_id, Card.state.in_(sources))
        .values(state=state, ended_at=None if state == "active" else clock.now())
        .returning(Card)
        .execution_options(populate_existing=True)
    )
    card = session.scalars(statement).one_or_none()
    if card is None:
        found = get(session, ledger_id=ledger_id, card_id=card_id)
        session.refresh(found)
        raise CardNotActive(state=found.state, card_no=found.card_no)
    return card


def _tell(session: Session, card: Card, topic: str) -> None:
    note = inbox.Note(card.member_id, topic, {"card_no": card.card_no})
    inbox.tell(session, ledger_id=card.ledger_id, notes=[note])


def _audit(session: Session, card: Card, action: str, actor: Actor, **facts: Any) -> None:
    audit.write(
        session,
        ledger_id=card.ledger_id,
        actor=actor,
        action=action,
        subject_kind="card",
        subject_id=card.id,
        card_no=card.card_no,
        **facts,
    )
