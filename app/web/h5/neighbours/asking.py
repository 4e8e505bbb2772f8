"""Asking neighbours for help on the phone: the points wait in escrow, or come back (L5, L7)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import members
from app.points import wallets
from app.service_orders import exchanges, offers
from app.service_orders.exchanges import HelpWanted
from app.service_orders.models import Offer
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import load, typed
from app.web.h5.forms import page as show_page
from app.web.h5.neighbours import street
from app.web.h5.neighbours.words import CALLED, DURATIONS
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.exchanges import AskIn
from app.web.session import actor

bp = own.may_be_acted(Blueprint("asking", __name__))


@bp.get("/neighbours/ask")
@allow(SIGNED_IN)
def form() -> ResponseReturnValue:
    """Ask what help is wanted; `offer` names a neighbour's offer that it answers."""
    return _form(_offer_id(request.args.get("offer")))


@bp.post("/neighbours/ask")
@allow(SIGNED_IN)
def ask() -> ResponseReturnValue:
    """Ask for help; the points are held until it is done or taken back."""
    with reading() as session:
        me = street.here(session)
    asked, problem = load(AskIn(), typed())
    if problem:
        return _form(_offer_id(request.form.get("offer_id")), problem)

    def verb(session: Session, _fact: None) -> str:
        made = exchanges.ask(
            session,
            ledger_id=me.ledger_id,
            asker=me.member,
            wanted=HelpWanted(**asked),
            actor=actor(),
        )
        return str(made.id)

    made_id, problem = submit(verb, ledger_id=me.ledger_id, show=lambda made: made)
    if problem:
        return _form(asked["offer_id"], problem)
    return redirect(url_for("h5.neighbours.detail", exchange_id=made_id, said="asked"), code=303)


@bp.post("/neighbours/<uuid:exchange_id>/withdraw")
@allow(SIGNED_IN)
def withdraw(exchange_id: UUID) -> ResponseReturnValue:
    """Take the request back; its points return to their lots."""
    with reading() as session:
        me = street.here(session)

    def verb(session: Session, _fact: None) -> None:
        exchanges.withdraw(
            session,
            ledger_id=me.ledger_id,
            exchange_id=exchange_id,
            asker=me.member,
            actor=actor(),
        )

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return street.draw(exchange_id, problem)
    target = url_for("h5.neighbours.detail", exchange_id=exchange_id, said="withdrawn")
    return redirect(target, code=303)


def _offer_id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _form(offer_id: UUID | None, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = street.here(session)
        offer = _offer(session, me, offer_id)
        helper = (
            members.get(session, ledger_id=me.ledger_id, member_id=offer.member_id)
            if offer
            else None
        )
        spendable = wallets.holding(session, **me.key).spendable_points
    return show_page(
        "h5/neighbours/ask.html",
        problem,
        CALLED,
        me=me,
        offer=offer,
        helper=helper,
        durations=DURATIONS,
        spendable=spendable,
        typed=request.form,
    )


def _offer(session: Session, me: Own, offer_id: UUID | None) -> Offer | None:
    """Return the offer to answer, if one is named.

    Raises:
        NotFound: It was taken down, or is one's own.
    """
    if offer_id is None:
        return None
    key: dict[str, Any] = {"ledger_id": me.ledger_id}
    return offers.get_live(session, **key, offer_id=offer_id, but_of=me.member.id)
