"""Neighbours' help over the API: asked for, taken on, confirmed by code or by staff (P1, L5–L7)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import grids, tree
from app.people import members
from app.people.codes import SpentCode
from app.people.models import Member
from app.service_orders import asking_for, confirming, exchanges, neighbours
from app.service_orders.confirming import Done
from app.service_orders.exchanges import HelpWanted
from app.service_orders.models import Exchange
from app.web import neighbour_help
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.exchanges import (
    AskForIn,
    AskIn,
    ConsentIn,
    ExchangeOut,
    HelpConfirmedIn,
    HelpTimeIn,
    ReciprocityOut,
)
from app.web.schemas.lists import items_of
from app.web.session import actor

bp = Blueprint("exchanges", __name__, url_prefix="/books/<book>", description="Neighbours' help")
OUT = ExchangeOut()


@bp.get("/exchanges/open")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(ExchangeOut))
def list_open(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the requests of my community that wait for a helper, oldest first."""
    ledger_id = book_id(book)
    with reading() as session:
        me = standing.my_member(session, ledger_id)
        node = grids.neighbourhood(session, tree.get(session, me.node_id))
        found = neighbours.list_open(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=_listed(session, ledger_id, found, me))


@bp.get("/me/exchanges/asked")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(ExchangeOut))
def list_asked(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the requests that answer my offers and wait for my word, oldest first."""
    ledger_id = book_id(book)
    with reading() as session:
        me = standing.my_member(session, ledger_id)
        found = neighbours.list_asked_of(session, ledger_id=ledger_id, member_id=me.id, **asked)
        return jsonify(items=_listed(session, ledger_id, found, me))


@bp.get("/me/exchanges")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(ExchangeOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what I asked for and what I helped with, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        me = standing.my_member(session, ledger_id)
        found = neighbours.list_of_member(session, ledger_id=ledger_id, member_id=me.id, **asked)
        return jsonify(items=_listed(session, ledger_id, found, me))


@bp.get("/me/reciprocity")
@allow(SIGNED_IN)
@bp.response(200, ReciprocityOut)
def show_mine(book: str) -> Any:
    """Show what I gave to neighbours and what I received, side by side."""
    ledger_id = book_id(book)
    with reading() as session:
        return neighbours.reciprocity(session, **standing.my_key(session, ledger_id))


@bp.post("/me/exchanges")
@allow(SIGNED_IN)
@bp.arguments(AskIn)
@bp.response(201, ExchangeOut)
def ask_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Ask neighbours for help; the points wait in escrow until it is confirmed or taken back."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        me = standing.my_member(session, ledger_id)
        made = exchanges.ask(
            session, ledger_id=ledger_id, asker=me, wanted=HelpWanted(**asked), actor=actor()
        )
        return _listed(session, ledger_id, [made], me)[0]

    return act(verb, ledger_id=ledger_id)


@bp.post("/me/exchanges/<uuid:exchange_id>/withdrawal")
@allow(SIGNED_IN)
@bp.response(200, ExchangeOut)
def withdraw_mine(book: str, exchange_id: UUID) -> ResponseReturnValue:
    """Take my request back; the points return to their lots."""

    def verb(session: Session, ledger_id: int, me: Member) -> Exchange:
        return exchanges.withdraw(
            session, ledger_id=ledger_id, exchange_id=exchange_id, asker=me, actor=actor()
        )

    return _step(book, verb)


@bp.post("/exchanges/<uuid:exchange_id>/acceptance")
@allow(SIGNED_IN)
@bp.response(200, ExchangeOut)
def accept(book: str, exchange_id: UUID) -> ResponseReturnValue:
    """Take a neighbour's request on."""

    def verb(session: Session, ledger_id: int, me: Member) -> Exchange:
        standing.oneself()
        named: dict[str, Any] = {"ledger_id": ledger_id, "exchange_id": exchange_id}
        neighbour_help.require_neighbour(session, **named, me=me)
        return exchanges.accept(session, **named, helper=me)

    return _step(book, verb)


@bp.post("/exchanges/<uuid:exchange_id>/declining")
@allow(SIGNED_IN)
@bp.response(200, ExchangeOut)
def decline(book: str, exchange_id: UUID) -> ResponseReturnValue:
    """Say that I cannot do what I offered; other neighbours may take it on."""

    def verb(session: Session, ledger_id: int, me: Member) -> Exchange:
        standing.oneself()
        return exchanges.decline(session, ledger_id=ledger_id, exchange_id=exchange_id, member=me)

    return _step(book, verb)


@bp.post("/exchanges/<uuid:exchange_id>/give-up")
@allow(SIGNED_IN)
@bp.response(200, ExchangeOut)
def give_up(book: str, exchange_id: UUID) -> ResponseReturnValue:
    """Say that I cannot help after all; others may."""

    def verb(session: Session, ledger_id: int, me: Member) -> Exchange:
        return exchanges.give_up(session, ledger_id=ledger_id, exchange_id=exchange_id, helper=me)

    return _step(book, verb)


@bp.post("/exchanges/<uuid:exchange_id>/confirmation")
@allow(SIGNED_IN)
@bp.arguments(HelpConfirmedIn)
@bp.response(200, ExchangeOut)
def confirm(asked: dict[str, Any], book: str, exchange_id: UUID) -> ResponseReturnValue:
    """Confirm with the helped neighbour's one-time code: points to me, my hours on record.

    The code is used up even if this is refused.
    """
    ledger_id, code = book_id(book), asked.pop("code")

    def before(session: Session) -> SpentCode:
        return neighbour_help.spend_code(session, ledger_id=ledger_id, presented=code)

    def verb(session: Session, spent: SpentCode) -> dict[str, Any]:
        me = standing.my_member(session, ledger_id)
        done = neighbour_help.confirm_by_code(
            session, spent=spent, exchange_id=exchange_id, me=me, **asked
        )
        return _listed(session, ledger_id, [done], me)[0]

    refused = neighbour_help.note_refusal
    return act(verb, ledger_id=ledger_id, before=before, refused=refused, status=200)


@bp.post("/exchanges")
@allow(SIGNED_IN)
@bp.arguments(AskForIn)
@bp.response(201, ExchangeOut)
def ask_for(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Ask in the name of a member of my place who has no phone, with how they agreed."""
    ledger_id = book_id(book)
    number, note = asked.pop("volunteer_no"), asked.pop("consent_note")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, WORKERS)
        asker = members.by_volunteer_no(session, ledger_id=ledger_id, volunteer_no=number)
        standing.node_at(session, asker.node_id, WORKERS)
        made = asking_for.ask(
            session,
            ledger_id=ledger_id,
            asker=asker,
            wanted=HelpWanted(**asked),
            consent_note=note,
            actor=actor(),
        )
        return _listed(session, ledger_id, [made], None)[0]

    return act(verb, ledger_id=ledger_id)


@bp.post("/exchanges/<uuid:exchange_id>/withdrawal")
@allow(SIGNED_IN)
@bp.arguments(ConsentIn)
@bp.response(200, ExchangeOut)
def withdraw_for(asked: dict[str, Any], book: str, exchange_id: UUID) -> ResponseReturnValue:
    """Take a request back in the asker's name; the points return to their lots."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        require_here(session, ledger_id, exchange_id)
        done = asking_for.withdraw(
            session, ledger_id=ledger_id, exchange_id=exchange_id, actor=actor(), **asked
        )
        return _listed(session, ledger_id, [done], None)[0]

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/exchanges/<uuid:exchange_id>/countersignature")
@allow(SIGNED_IN)
@bp.arguments(HelpTimeIn)
@bp.response(200, ExchangeOut)
def countersign(asked: dict[str, Any], book: str, exchange_id: UUID) -> ResponseReturnValue:
    """Sign for a helped neighbour without a phone; staff, neither of the two nor their kin."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        require_here(session, ledger_id, exchange_id)
        done = confirming.confirm(
            session,
            ledger_id=ledger_id,
            exchange_id=exchange_id,
            done=Done(**asked, confirmed_by="staff"),
            actor=actor(),
        )
        return _listed(session, ledger_id, [done], None)[0]

    return act(verb, ledger_id=ledger_id, status=200)


def require_here(session: Session, ledger_id: int, exchange_id: UUID) -> None:
    """Let staff of its place at an exchange.

    Raises:
        PermissionDenied, NotFound: As `standing.node_at`.
    """
    standing.require_holder(session, WORKERS)
    found = exchanges.get(session, ledger_id=ledger_id, exchange_id=exchange_id)
    standing.node_at(session, found.node_id, WORKERS)


def _step(book: str, verb: Any) -> ResponseReturnValue:
    """Run a step of my own and answer the exchange as I see it."""
    ledger_id = book_id(book)

    def run(session: Session, _fact: None) -> dict[str, Any]:
        me = standing.my_member(session, ledger_id)
        return _listed(session, ledger_id, [verb(session, ledger_id, me)], me)[0]

    return act(run, ledger_id=ledger_id, status=200)


def _listed(
    session: Session, ledger_id: int, found: Sequence[Exchange], me: Member | None
) -> list[dict[str, Any]]:
    """Return exchanges as a member sees them: masked names, the text for the two only."""
    ids = {each.asker_id for each in found} | {each.helper_id for each in found if each.helper_id}
    named = members.get_many(session, ledger_id=ledger_id, member_ids=ids)
    rows = []
    for each in found:
        sides = {each.asker_id: "asker", each.helper_id: "helper"}
        side = sides.get(me.id, "none") if me else "none"
        row = {name: getattr(each, name, None) for name in OUT.fields}
        row |= {
            "side": side,
            "text": exchanges.text_of(each) if side != "none" else None,
            "asker_name_masked": named[each.asker_id].name_masked,
            "helper_name_masked": named[each.helper_id].name_masked if each.helper_id else None,
        }
        rows.append(OUT.dump(row))
    return rows
