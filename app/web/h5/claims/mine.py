"""My posts and projects on the phone: done and told, or left; credited hours stay (C6)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.service_orders import claim_listings, claims, posts
from app.service_orders.claim_listings import MyClaim
from app.web import day_spans, paging
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.claims.posts import draw
from app.web.h5.claims.words import CLAIM_KINDS, CLAIM_STATES, WORK_CALLED
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow

bp = own.may_be_acted(Blueprint("my_claims", __name__))

SHOWN = 50


@bp.get("/claims/mine")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List my projects and my posts, those under way first."""
    with reading() as session:
        me = own.here(session)
        found, pages = paging.cut(
            claim_listings.mine(session, **me.key, **paging.slice_of(SHOWN)),
            limit=SHOWN,
            endpoint="h5.my_claims.page",
        )
    return show_page(
        "h5/claims/mine.html",
        me=me,
        pages=pages,
        projects=[each for each in found if each.post.kind == "project"],
        posts=[each for each in found if each.post.kind == "post"],
        states=CLAIM_STATES,
        kinds=CLAIM_KINDS,
    )


@bp.get("/claims/mine/<uuid:claim_id>/work")
@allow(SIGNED_IN)
def work(claim_id: UUID) -> ResponseReturnValue:
    """Ask when the work was done."""
    return _work(claim_id)


@bp.post("/claims/mine/<uuid:claim_id>/work")
@allow(SIGNED_IN)
def tell(claim_id: UUID) -> ResponseReturnValue:
    """Say that the work is done; staff of the place accept it (提交)."""
    with reading() as session:
        me, mine = _mine(session, claim_id)

    def verb(session: Session, _fact: None) -> None:
        starts_at, ends_at = day_spans.typed(request.form)
        claims.submit(
            session,
            ledger_id=me.ledger_id,
            claim_id=claim_id,
            member=me.member,
            starts_at=starts_at,
            ends_at=ends_at,
            note=request.form.get("note", "")[:500],
        )

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _work(claim_id, problem)
    return redirect(url_for("h5.posts.detail", post_id=mine.post.id, said="submitted"), code=303)


@bp.post("/claims/mine/<uuid:claim_id>/withdraw")
@allow(SIGNED_IN)
def withdraw(claim_id: UUID) -> ResponseReturnValue:
    """Give the slot back, or leave the project."""
    with reading() as session:
        me, mine = _mine(session, claim_id)

    def verb(session: Session, _fact: None) -> None:
        claims.withdraw(session, ledger_id=me.ledger_id, claim_id=claim_id, member=me.member)

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return draw(mine.post.id, problem)
    return redirect(url_for("h5.posts.detail", post_id=mine.post.id, said="withdrawn"), code=303)


def _mine(session: Session, claim_id: UUID) -> tuple[Own, MyClaim]:
    """Return a claim of mine with its post.

    Raises:
        NotFound: It is another's.
    """
    me = own.here(session)
    found = claims.get(session, ledger_id=me.ledger_id, claim_id=claim_id)
    if found.member_id != me.member.id:
        raise NotFound("no such claim of yours")
    return me, MyClaim(found, posts.get(session, ledger_id=me.ledger_id, post_id=found.post_id))


def _work(claim_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me, mine = _mine(session, claim_id)
    return show_page(
        "h5/claims/work.html",
        problem,
        WORK_CALLED,
        me=me,
        mine=mine,
        typed=request.form,
        today=clock.today(),
        since=clock.local_date(mine.claim.claimed_at),
    )
