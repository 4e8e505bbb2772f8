"""One wish on the phone: claimed, given up, fulfilled, rated (T6, A11)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import among
from app.base.errors import NotFound, PermissionDenied, ValidationFailed
from app.base.transactions import reading
from app.community import grids, tree
from app.people import members
from app.service_orders import wishes
from app.service_orders.models import Wish
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.claims.words import STARS, WISH_CALLED, WISH_KINDS, WISH_STATES
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.translate import _l

bp = own.may_be_acted(Blueprint("wish_steps", __name__))

Step = Callable[[Session, Own, UUID], Wish]
SAID = {
    "made": _l("心愿许好了，有人认领会告诉您"),
    "claimed": _l("认领好了，现在能看到是谁的心愿"),
    "given_up": _l("退出了，别人可以认领"),
    "fulfilled": _l("记下了，谢谢您；等许愿的人评价"),
    "rated": _l("谢谢您的评价"),
}


@bp.get("/wishes/<uuid:wish_id>")
@allow(SIGNED_IN)
def detail(wish_id: UUID) -> ResponseReturnValue:
    """Show a wish; who wished is for the wisher and the claimer only."""
    return _draw(wish_id, said=SAID.get(request.args.get("said", "")))


@bp.post("/wishes/<uuid:wish_id>/claim")
@allow(SIGNED_IN)
def claim(wish_id: UUID) -> ResponseReturnValue:
    """Promise to fulfil a wish; nobody promises for another."""

    def step(session: Session, me: Own, wish_id: UUID) -> Wish:
        if me.is_acting:
            raise PermissionDenied("only the member themselves")
        seen(session, me, wish_id)
        return wishes.claim(session, ledger_id=me.ledger_id, wish_id=wish_id, claimer=me.member)

    return _step(wish_id, step, "claimed")


@bp.post("/wishes/<uuid:wish_id>/give-up")
@allow(SIGNED_IN)
def give_up(wish_id: UUID) -> ResponseReturnValue:
    """Leave a wish to others."""

    def step(session: Session, me: Own, wish_id: UUID) -> Wish:
        return wishes.give_up(session, ledger_id=me.ledger_id, wish_id=wish_id, claimer=me.member)

    return _step(wish_id, step, "given_up")


@bp.post("/wishes/<uuid:wish_id>/fulfil")
@allow(SIGNED_IN)
def fulfil(wish_id: UUID) -> ResponseReturnValue:
    """Say that the wish came true."""

    def step(session: Session, me: Own, wish_id: UUID) -> Wish:
        return wishes.fulfil(session, ledger_id=me.ledger_id, wish_id=wish_id, claimer=me.member)

    return _step(wish_id, step, "fulfilled")


@bp.post("/wishes/<uuid:wish_id>/rate")
@allow(SIGNED_IN)
def rate(wish_id: UUID) -> ResponseReturnValue:
    """Say how my wish came true, one star to five."""

    def step(session: Session, me: Own, wish_id: UUID) -> Wish:
        stars = request.form.get("stars", type=int)
        if stars is None:
            raise ValidationFailed("no stars", field="stars")
        return wishes.rate(
            session, ledger_id=me.ledger_id, wish_id=wish_id, wisher=me.member, stars=stars
        )

    return _step(wish_id, step, "rated")


def seen(session: Session, me: Own, wish_id: UUID) -> Wish:
    """Return a wish that I may see: my own, one I claimed, or one near home.

    Raises:
        NotFound: It is none of these.
    """
    wish = wishes.get(session, ledger_id=me.ledger_id, wish_id=wish_id)
    around = grids.neighbourhood(session, me.node)
    is_near = wish.node_path.startswith(around.path) and wish.state != "returned"
    if not wishes.may_know_wisher(wish, me.member.id) and not is_near:
        raise NotFound("no such wish in your community")
    return wish


def _step(wish_id: UUID, step: Step, said: str) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        step(session, me, wish_id)

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _draw(wish_id, problem)
    return redirect(url_for("h5.wish_steps.detail", wish_id=wish_id, said=said), code=303)


def _draw(
    wish_id: UUID, problem: dict[str, Any] | None = None, said: str | None = None
) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        wish = seen(session, me, wish_id)
        side = {wish.wisher_id: "wisher", wish.claimer_id: "claimer"}.get(me.member.id, "")
        wisher = members.get(session, ledger_id=me.ledger_id, member_id=wish.wisher_id)
        wanted = [wish.activity_id] if wish.activity_id else []
        values: dict[str, Any] = {
            "place": tree.get(session, wish.node_id),
            "wisher_name": members.full_name(wisher) if side else "",
            "text": wishes.text_of(wish) if side else "",
            "activities": among.get_among(session, ledger_id=me.ledger_id, activity_ids=wanted),
        }
    return show_page(
        "h5/claims/wish.html",
        problem,
        WISH_CALLED,
        me=me,
        wish=wish,
        side=side,
        states=WISH_STATES,
        kinds=WISH_KINDS,
        stars=STARS,
        said=said,
        **values,
    )
