"""Presentations and confirmations: who stands at the till, and that they agree.

A code or card is read once and answered with a ticket (`web.tickets`), which pays
for one basket. Over the small amount the member agrees as well: by the PIN typed at
the till, on their own phone, or through a second staff (paper case, D37).
"""

from datetime import date
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base import clock
from app.base.db import NEVER
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired
from app.community import tree
from app.mall import shops
from app.mall import standing as till_standing
from app.mall.baskets import Basket
from app.mall.models import Till
from app.people import cards, codes, credentials, members, roles
from app.people.errors import CodeExpired, StepUpRequired, WrongPin
from app.points import wallets
from app.web import tickets
from app.web.acts import act
from app.web.api import counter, showing, standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.redemptions import (
    AgreeIn,
    AskConfirmationIn,
    ConfirmationIn,
    ConfirmationOut,
    PresentationIn,
    PresentationOut,
)
from app.web.session import actor, person
from app.web.tickets import Presentation

bp = Blueprint("presentations", __name__, url_prefix="/books/<book>", description="At the till")


@bp.post("/presentations")
@allow(SIGNED_IN)
@bp.arguments(PresentationIn)
@bp.response(201, PresentationOut)
def present(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Read a one-time code or a card: who is it, what may they spend."""
    ledger_id = standing.book_id(book)
    return act(
        _who,
        ledger_id=ledger_id,
        before=lambda session: showing.read(session, ledger_id=ledger_id, **asked),
        dump=PresentationOut().dump,
    )


def _who(session: Session, shown: Presentation) -> dict[str, Any]:
    """What the till shows of the member; nothing if they may not spend here."""
    basket = Basket(shown.till_id, shown.member_id, (), shown.kind, shown.card_id)
    here = till_standing.read(
        session, ledger_id=shown.ledger_id, basket=basket, actor=actor(), for_update=False
    )
    for refusal in till_standing.refusals(here, actor()):
        raise refusal
    held = wallets.holding(session, ledger_id=shown.ledger_id, member_id=shown.member_id)
    card_no = None
    if shown.card_id is not None:
        card_no = cards.get(session, ledger_id=shown.ledger_id, card_id=shown.card_id).card_no
    return {
        "ticket": tickets.sign(shown),
        "kind": shown.kind,
        "member_name_masked": here.member_name_masked,
        "card_no": card_no,
        "balance_points": held.spendable_points,
        "lots": [{"expires_on": _until(day), "points": points} for day, points in held.lots],
        "has_pin": credentials.has_pin(session, person_id=here.member_person_id),
        "expires_at": shown.expires_at,
    }


def _until(day: date) -> date | None:
    return None if day == NEVER else day


@bp.post("/confirmations/asks")
@allow(SIGNED_IN)
@bp.arguments(AskConfirmationIn)
@bp.response(204)
def ask_phone(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Show an amount on the phone that showed the code, so that its owner can agree."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> None:
        shown = tickets.read(asked["ticket"], ledger_id=ledger_id)
        till = counter.own_till(session, ledger_id, shown.till_id)
        spent = shown.spent_code(person().person_id)
        if spent is None:
            raise StepUpRequired("a card has no screen")
        shop = shops.get(session, ledger_id=ledger_id, shop_id=till.shop_id)
        facts = {"state": "asked", "points": asked["amount_points"], "shop": shop.name}
        codes.note_result(session, spent, facts)

    return act(verb, ledger_id=ledger_id, status=204, needs_key=False)


@bp.post("/me/confirmations")
@allow(SIGNED_IN)
@bp.arguments(AgreeIn)
@bp.response(204)
def agree(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Agree, on one's own phone, to the amount that the till asked for."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> None:
        standing.oneself()
        mine = standing.my_member(session, ledger_id)
        code_hash = bytes.fromhex(asked["code_id"])
        code = codes.status(session, ledger_id=ledger_id, code_hash=code_hash)
        said = code.result or {}
        if code.member_id != mine.id or code.used_at is None:
            raise NotFound("nobody asks about this code")
        if said.get("state") != "asked" or said.get("points") != asked["amount_points"]:
            raise NotFound("the till asks for another amount")
        if code.used_at + tickets.LIFE <= clock.now():
            raise CodeExpired
        spent = codes.SpentCode(
            ledger_id, code_hash, mine.id, "redeem", mine.person_id, code.used_at
        )
        codes.note_result(session, spent, {**said, "state": "agreed"})

    return act(verb, ledger_id=ledger_id, status=204, needs_key=False)


@bp.post("/confirmations")
@allow(SIGNED_IN)
@bp.arguments(ConfirmationIn)
@bp.response(201, ConfirmationOut)
def confirm(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Prove that the member agrees; a wrong PIN is counted, the fifth locks (D48)."""
    ledger_id = standing.book_id(book)

    def check(session: Session) -> Presentation | None:
        shown = tickets.read(asked["ticket"], ledger_id=ledger_id)
        till = counter.own_till(session, ledger_id, shown.till_id)
        return shown if CHECKS[asked["way"]](session, till, shown, asked) else None

    def verb(_session: Session, shown: Presentation | None) -> dict[str, Any]:
        if shown is None:
            return {"state": "waiting", "confirmation": None}
        amount = asked["amount_points"]
        signed = tickets.sign_agreement(shown, way=asked["way"], amount_points=amount)
        return {"state": "confirmed", "confirmation": signed}

    return act(
        verb, ledger_id=ledger_id, before=check, dump=ConfirmationOut().dump, needs_key=False
    )


def _by_pin(session: Session, till: Till, shown: Presentation, asked: dict[str, Any]) -> bool:
    member = members.get(session, ledger_id=till.ledger_id, member_id=shown.member_id)
    refusal = credentials.check_pin(session, person_id=member.person_id, pin=asked["pin"])
    if refusal is not None:
        raise refusal
    return True


def _by_phone(session: Session, till: Till, shown: Presentation, asked: dict[str, Any]) -> bool:
    if shown.card_id is not None:
        raise StepUpRequired("a card has no screen")
    code = codes.status(session, ledger_id=till.ledger_id, code_hash=shown.code_hash)
    said = code.result or {}
    return said.get("state") == "agreed" and said.get("points") == asked["amount_points"]


def _by_second_staff(
    session: Session, till: Till, shown: Presentation, asked: dict[str, Any]
) -> bool:
    """Another member of staff of the shop's place, by their own phone number and PIN."""
    showing.require_guesses_left(session, till)
    person_id = members.find_person_by_phone(session, asked["staff_phone"])
    if person_id is None:
        showing.count_wrong(session, till)
        raise WrongPin
    refusal = credentials.check_pin(session, person_id=person_id, pin=asked["pin"])
    if refusal is not None:
        raise refusal
    shown_by = members.get(session, ledger_id=till.ledger_id, member_id=shown.member_id)
    if person_id in (person().person_id, shown_by.person_id):
        raise SecondPersonRequired("neither the clerk nor the member is the second staff")
    shop = shops.get(session, ledger_id=till.ledger_id, shop_id=till.shop_id)
    node = tree.get(session, shop.node_id)
    if not roles.has(session, person_id=person_id, roles=standing.DECIDERS, node=node):
        raise PermissionDenied("not staff of this place")
    return True


CHECKS: dict[str, Any] = {"pin": _by_pin, "phone": _by_phone, "second_staff": _by_second_staff}


def way_agreed(text: str | None, *, shown: Presentation, amount_points: int) -> str:
    """Return how the member agreed to a basket's amount: `none` without a proof."""
    if text is None:
        return "none"
    return tickets.agreed_way(text, shown=shown, amount_points=amount_points)


def basket_of(
    shown: Presentation, items: tuple[Any, ...], *, till_id: UUID, confirmed_by: str
) -> Basket:
    """Return the basket of whoever was shown at the till."""
    return Basket(
        till_id=till_id,
        member_id=shown.member_id,
        items=items,
        presented=shown.kind,
        card_id=shown.card_id,
        confirmed_by=confirmed_by,
        presentation_id=shown.id,
    )
