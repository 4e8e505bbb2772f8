"""积分卡: lost by its member; issued, replaced, ended and printed by staff; told by a scan."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound, PermissionDenied
from app.base.transactions import reading
from app.community import tree
from app.people import card_register, cards, members, roles, team_members
from app.people.models import Card, Member
from app.points import programmes
from app.risk import freezes
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.members import (
    CardCountsOut,
    CardHolderOut,
    CardIssueIn,
    CardNumberIn,
    CardOut,
    CardScanIn,
    FoundCardOut,
    PrintedCardOut,
)
from app.web.session import actor, person

SCANNERS = ("clerk", "leader", "staff", "second_approver", "administrator")

bp = Blueprint("cards", __name__, url_prefix="/books/<book>", description="Cards")


@bp.get("/me/cards")
@allow(SIGNED_IN)
@bp.response(200, items_of(CardOut))
def list_mine(book: str) -> dict[str, Any]:
    """List my cards of all states, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        return {"items": cards.list_of(session, **standing.my_key(session, ledger_id))}


@bp.post("/me/cards/<uuid:card_id>/loss")
@allow(SIGNED_IN)
@bp.response(200, CardOut)
def lose_mine(book: str, card_id: UUID) -> ResponseReturnValue:
    """Report my card lost: it stops at once, the points stay mine (L11)."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Card:
        card = cards.get(session, ledger_id=ledger_id, card_id=card_id)
        if card.member_id != standing.my_member(session, ledger_id).id:
            raise NotFound("no such card of yours")
        return cards.report_lost(session, ledger_id=ledger_id, card_id=card_id, actor=actor())

    return act(verb, ledger_id=ledger_id, dump=CardOut().dump, status=200)


@bp.get("/members/<uuid:member_id>/cards")
@allow(SIGNED_IN)
@bp.response(200, items_of(CardOut))
def list_of_member(book: str, member_id: UUID) -> dict[str, Any]:
    """List a member's cards of all states, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        standing.member(session, ledger_id, member_id, READERS)
        return {"items": cards.list_of(session, ledger_id=ledger_id, member_id=member_id)}


@bp.post("/members/<uuid:member_id>/cards")
@allow(SIGNED_IN)
@bp.arguments(CardIssueIn)
@bp.response(201, CardOut)
def issue(asked: dict[str, Any], book: str, member_id: UUID) -> ResponseReturnValue:
    """Give a member a card; print it to get its token."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Card:
        standing.member(session, ledger_id, member_id, WORKERS)
        return cards.issue(
            session, ledger_id=ledger_id, member_id=member_id, actor=actor(), **asked
        ).card

    return act(verb, ledger_id=ledger_id, dump=CardOut().dump)


@bp.post("/cards/<uuid:card_id>/replacement")
@allow(SIGNED_IN)
@bp.arguments(CardIssueIn)
@bp.response(201, CardOut)
def replace(asked: dict[str, Any], book: str, card_id: UUID) -> ResponseReturnValue:
    """Void a card and give a new one in its place (补发); print it to get its token."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Card:
        _card(session, ledger_id, card_id, WORKERS)
        return cards.replace(
            session, ledger_id=ledger_id, card_id=card_id, actor=actor(), **asked
        ).card

    return act(verb, ledger_id=ledger_id, dump=CardOut().dump)


@bp.post("/cards/<uuid:card_id>/loss")
@allow(SIGNED_IN)
@bp.response(200, CardOut)
def report_lost(book: str, card_id: UUID) -> ResponseReturnValue:
    """Report a member's card lost for them (挂失)."""
    return _step(book, card_id, cards.report_lost)


@bp.post("/cards/<uuid:card_id>/found")
@allow(SIGNED_IN)
@bp.response(200, CardOut)
def report_found(book: str, card_id: UUID) -> ResponseReturnValue:
    """Take a loss report back (解挂)."""
    return _step(book, card_id, cards.report_found)


@bp.post("/cards/<uuid:card_id>/cancellation")
@allow(SIGNED_IN)
@bp.response(200, CardOut)
def cancel(book: str, card_id: UUID) -> ResponseReturnValue:
    """End a card for good (注销)."""
    return _step(book, card_id, cards.cancel)


@bp.post("/cards/<uuid:card_id>/print")
@allow(SIGNED_IN)
@bp.response(200, PrintedCardOut)
def print_card(book: str, card_id: UUID) -> ResponseReturnValue:
    """Read an active card's token to print it; written down. No key, so that no copy is kept."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, str]:
        _card(session, ledger_id, card_id, WORKERS)
        printed = card_register.reprint(
            session, ledger_id=ledger_id, card_id=card_id, actor=actor()
        )
        return {"card_no": printed.card.card_no, "token": printed.token}

    return act(verb, status=200, needs_key=False)


@bp.post("/cards/identify")
@allow(SIGNED_IN)
@bp.arguments(CardScanIn)
@bp.response(200, CardHolderOut)
def identify(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """Tell a clerk, a leader or staff whose card was scanned: masked. Changes nothing."""
    ledger_id = book_id(book)
    with reading() as session:
        _require_scanner(session, ledger_id)
        card, member = cards.identify(session, ledger_id=ledger_id, token=asked["token"])
        return {
            "member_id": member.id,
            "volunteer_no": member.volunteer_no,
            "name": member.name_masked,
            "card_no": card.card_no,
            "is_frozen": any(_is_frozen(session, card, kind) for kind in ("card", "member")),
        }


@bp.get("/cards")
@allow(SIGNED_IN)
@bp.arguments(CardNumberIn, location="query")
@bp.response(200, FoundCardOut)
def find(asked: dict[str, Any], book: str) -> Card:
    """Find a card by its printed number."""
    ledger_id = book_id(book)
    with reading() as session:
        standing.require_holder(session, READERS)
        card = card_register.by_number(session, ledger_id=ledger_id, card_no=asked["card_no"])
        standing.member(session, ledger_id, card.member_id, READERS)
        return card


@bp.get("/cards/counts")
@allow(SIGNED_IN)
@bp.response(200, CardCountsOut)
def count(book: str) -> card_register.CardCounts:
    """Count the book's cards by state; for staff of the whole book."""
    ledger_id = book_id(book)
    with reading() as session:
        programme = programmes.of_ledger(session, ledger_id)
        standing.node_at(session, programme.node_id, READERS)
        return card_register.counts(session, ledger_id=ledger_id)


def _step(book: str, card_id: UUID, change: Callable[..., Card]) -> ResponseReturnValue:
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Card:
        _card(session, ledger_id, card_id, WORKERS)
        return change(session, ledger_id=ledger_id, card_id=card_id, actor=actor())

    return act(verb, ledger_id=ledger_id, dump=CardOut().dump, status=200)


def _card(session: Session, ledger_id: int, card_id: UUID, names: tuple[str, ...]) -> Member:
    """Return the member whose card it is, if they are in scope."""
    standing.require_holder(session, names)
    card = cards.get(session, ledger_id=ledger_id, card_id=card_id)
    return standing.member(session, ledger_id, card.member_id, names)


def _is_frozen(session: Session, card: Card, kind: str) -> bool:
    subject_id = card.id if kind == "card" else card.member_id
    return (
        freezes.find_live(
            session, ledger_id=card.ledger_id, subject_kind=kind, subject_id=subject_id
        )
        is not None
    )


def _require_scanner(session: Session, ledger_id: int) -> None:
    """Let pass who holds a role in the book's places, or leads a team of the book."""
    person_id = person().person_id
    home = tree.get(session, programmes.of_ledger(session, ledger_id).node_id)
    held = roles.nodes_of(session, person_id=person_id, roles=SCANNERS)
    if any(tree.contains(home, node) or tree.contains(node, home) for node in held):
        return
    member = members.find_of_person(session, ledger_id=ledger_id, person_id=person_id)
    if member is not None:
        teams = team_members.teams_of(session, ledger_id=ledger_id, member_id=member.id)
        if any(standing.leads(session, team) for team in teams):
            return
    raise PermissionDenied
