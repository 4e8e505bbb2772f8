"""Offers on the phone: what I am ready to do for neighbours, and at what price in points."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.service_orders import offers
from app.service_orders.offers import Proposal
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import load, typed
from app.web.h5.forms import page as show_page
from app.web.h5.neighbours import street
from app.web.h5.neighbours.words import CALLED, DURATIONS
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.exchanges import OfferIn

bp = own.for_oneself(Blueprint("offers", __name__))


@bp.get("/neighbours/offer")
@allow(SIGNED_IN)
def form() -> ResponseReturnValue:
    """Ask what I can do, for how many points."""
    return _form()


@bp.post("/neighbours/offer")
@allow(SIGNED_IN)
def make() -> ResponseReturnValue:
    """Offer it to the neighbours."""
    with reading() as session:
        me = street.here(session)
    asked, problem = load(OfferIn(), typed())
    if problem:
        return _form(problem)

    def verb(session: Session, _fact: None) -> None:
        proposal = Proposal(**asked)
        offers.make(session, ledger_id=me.ledger_id, member=me.member, proposal=proposal)

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _form(problem)
    return redirect(url_for("h5.neighbours.page", said="offered"), code=303)


@bp.post("/neighbours/offers/<uuid:offer_id>/end")
@allow(SIGNED_IN)
def end(offer_id: UUID) -> ResponseReturnValue:
    """Take my offer down; what was asked by it goes on."""
    with reading() as session:
        me = street.here(session)

    def verb(session: Session, _fact: None) -> None:
        offers.end(session, ledger_id=me.ledger_id, offer_id=offer_id, member=me.member)

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _form(problem)
    return redirect(url_for("h5.neighbours.page", said="ended"), code=303)


def _form(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = street.here(session)
    return show_page(
        "h5/neighbours/offer.html",
        problem,
        CALLED,
        me=me,
        durations=DURATIONS,
        typed=request.form,
    )
