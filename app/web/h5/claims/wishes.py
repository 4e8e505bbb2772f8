"""Wishes on the phone: looked for near home, made, and one's own (T6)."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.service_orders import wish_listings, wishes
from app.service_orders.wishes import Words
from app.web import paging
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.claims.words import WISH_CALLED, WISH_KINDS, WISH_STATES
from app.web.h5.forms import load, typed
from app.web.h5.forms import page as show_page
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.wishes import WishIn
from app.web.session import actor

bp = own.may_be_acted(Blueprint("wishes", __name__))

SHOWN = 50


@bp.get("/wishes")
@allow(SIGNED_IN)
def near() -> ResponseReturnValue:
    """List the wishes near home that nobody has claimed; who wished is not told."""
    with reading() as session:
        me = own.here(session)
        key: dict[str, Any] = {"ledger_id": me.ledger_id, "node": me.node, "but_of": me.member.id}
        found, pages = paging.cut(
            wish_listings.near(session, **key, **paging.slice_of(SHOWN)),
            limit=SHOWN,
            endpoint="h5.wishes.near",
        )
        nodes = tree.get_many(session, {each.node_id for each in found})
    return show_page("h5/claims/wishes.html", me=me, found=found, nodes=nodes, pages=pages)


@bp.get("/wishes/mine")
@allow(SIGNED_IN)
def mine() -> ResponseReturnValue:
    """List what I wished, and what I claimed of others."""
    with reading() as session:
        me = own.here(session)
        slice_of = paging.slice_of(SHOWN)
        wished = wish_listings.of_wisher(session, **me.key, **slice_of)
        claimed = wish_listings.of_claimer(session, **me.key, **slice_of)
    return show_page(
        "h5/claims/my_wishes.html",
        me=me,
        wished=wished[:SHOWN],
        claimed=claimed[:SHOWN],
        pages=paging.beside(wished, claimed, limit=SHOWN, endpoint="h5.wishes.mine"),
        states=WISH_STATES,
        kinds=WISH_KINDS,
    )


@bp.get("/wishes/new")
@allow(SIGNED_IN)
def form() -> ResponseReturnValue:
    """Ask what is wished for."""
    return _form()


@bp.post("/wishes/new")
@allow(SIGNED_IN)
def make() -> ResponseReturnValue:
    """Make a wish."""
    with reading() as session:
        me = own.here(session)
    asked, problem = load(WishIn(), typed())
    if problem:
        return _form(problem)

    def verb(session: Session, _fact: None) -> str:
        made = wishes.make(
            session,
            ledger_id=me.ledger_id,
            wisher=me.member,
            words=Words(**asked),
            actor=actor(),
        )
        return str(made.id)

    wish_id, problem = submit(verb, ledger_id=me.ledger_id, show=lambda made: made)
    if problem:
        return _form(problem)
    return redirect(url_for("h5.wish_steps.detail", wish_id=wish_id, said="made"), code=303)


def _form(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
    return show_page(
        "h5/claims/wish_new.html",
        problem,
        WISH_CALLED,
        me=me,
        typed=request.form,
        kind_options=[(kind, kind) for kind in wishes.KINDS],
    )
