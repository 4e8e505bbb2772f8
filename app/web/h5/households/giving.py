"""Kin, gifts and the common pool on the phone: each for oneself alone (D32)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import settings
from app.people import members, relatives
from app.points import gifts, pool, wallets
from app.web.acts import submit
from app.web.h5 import forms, own
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.household_points import PointsIn, RelativeIn
from app.web.session import actor
from app.web.translate import _l

bp = own.for_oneself(Blueprint("giving", __name__))

RELATIONS = {
    "parent": _l("父母"),
    "child": _l("子女"),
    "spouse": _l("配偶"),
    "grandparent": _l("祖父母、外祖父母"),
    "grandchild": _l("孙子女、外孙子女"),
    "friend": _l("朋友"),
}
MIRRORED = {
    "parent": "child",
    "child": "parent",
    "grandparent": "grandchild",
    "grandchild": "grandparent",
}
"""What I am to who named me so."""

SAID = {
    "asked": _l("登记好了，等对方确认"),
    "confirmed": _l("确认了，可以互相赠积分"),
    "ended": _l("解除了"),
    "given": _l("赠出去了，对方会收到消息"),
    "donated": _l("捐出去了，谢谢您"),
    "back": _l("收回来了"),
}


@bp.get("/relatives")
@allow(SIGNED_IN)
def kin() -> ResponseReturnValue:
    """Show my kin, who says to be mine, and the form."""
    return _kin()


@bp.post("/relatives")
@allow(SIGNED_IN)
@limiter.limit(GUESSING, deduct_when=lambda answer: answer.status_code >= 400)
def register() -> ResponseReturnValue:
    """Name another member as kin."""
    asked, wrong = forms.load(RelativeIn(), forms.typed())
    if wrong:
        return _kin(wrong)
    return _step(
        lambda session, me: relatives.register(session, **me.key, **asked, actor=actor()),
        said="asked",
        again=_kin,
    )


@bp.post("/relatives/<uuid:relative_id>/confirm")
@allow(SIGNED_IN)
def confirm(relative_id: UUID) -> ResponseReturnValue:
    """Confirm that who named me is my kin."""
    return _step(
        lambda session, me: relatives.confirm(
            session, ledger_id=me.ledger_id, relative_id=relative_id, by="member", actor=actor()
        ),
        said="confirmed",
        again=_kin,
    )


@bp.post("/relatives/<uuid:relative_id>/end")
@allow(SIGNED_IN)
def end(relative_id: UUID) -> ResponseReturnValue:
    """End an entry of mine, or say that it is not so."""
    return _step(
        lambda session, me: relatives.end(
            session, ledger_id=me.ledger_id, relative_id=relative_id, actor=actor()
        ),
        said="ended",
        again=_kin,
    )


@bp.get("/relatives/<uuid:relative_id>/gift")
@allow(SIGNED_IN)
def gift(relative_id: UUID) -> ResponseReturnValue:
    """Ask how many points to give to a relative."""
    return _gift(relative_id)


@bp.post("/relatives/<uuid:relative_id>/gift")
@allow(SIGNED_IN)
def give(relative_id: UUID) -> ResponseReturnValue:
    """Give points to a relative."""
    asked, wrong = forms.load(PointsIn(), forms.typed())
    if wrong:
        return _gift(relative_id, wrong)
    return _step(
        lambda session, me: gifts.give(
            session,
            ledger_id=me.ledger_id,
            giver_id=me.member.id,
            relative_id=relative_id,
            actor=actor(),
            **asked,
        ),
        said="given",
        again=lambda problem: _gift(relative_id, problem),
    )


@bp.get("/pool")
@allow(SIGNED_IN)
def show_pool() -> ResponseReturnValue:
    """Show the common pool, what I gave, and the form."""
    return _pool()


@bp.post("/pool")
@allow(SIGNED_IN)
def donate() -> ResponseReturnValue:
    """Give points to the common pool."""
    asked, wrong = forms.load(PointsIn(), forms.typed())
    if wrong:
        return _pool(wrong)
    return _step(
        lambda session, me: pool.donate(session, **me.key, **asked, actor=actor()),
        said="donated",
        again=_pool,
        to="h5.giving.show_pool",
    )


@bp.post("/pool/<uuid:donation_id>/back")
@allow(SIGNED_IN)
def take_back(donation_id: UUID) -> ResponseReturnValue:
    """Take a donation of mine back."""

    def verb(session: Session, me: own.Own) -> None:
        key: dict[str, Any] = {"ledger_id": me.ledger_id, "donation_id": donation_id}
        if pool.get_donation(session, **key).member_id != me.member.id:
            raise NotFound("no such donation of yours")
        pool.take_back(session, **key, actor=actor())

    return _step(verb, said="back", again=_pool, to="h5.giving.show_pool")


def _step(
    verb: Callable[[Session, own.Own], Any],
    *,
    said: str,
    again: Callable[[dict[str, Any]], ResponseReturnValue],
    to: str = "h5.giving.kin",
) -> ResponseReturnValue:
    """Do it once, and go on to a page that says so; refused, show the form again."""
    with reading() as session:
        me = own.here(session)
    _made, problem = submit(lambda session, _fact: verb(session, me), ledger_id=me.ledger_id)
    if problem:
        return again(problem)
    return redirect(url_for(to, said=said), code=303)


def _said() -> str | None:
    found = SAID.get(request.args.get("said", ""))
    return str(found) if found else None


def _kin(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        found = relatives.list_of(session, **me.key)
        other = {each.id: relatives.other_of(each, me.member.id) for each in found}
        named: dict[str, Any] = {"ledger_id": me.ledger_id}
        given = gifts.list_of_member(session, **me.key, limit=20)
        ids = {*other.values(), *(each.giver_id for each in given)}
        ids |= {each.receiver_id for each in given}
        whose = members.get_many(session, **named, member_ids=ids)
        friends = settings.read(session, me.node, gifts.FRIENDS)[gifts.FRIENDS]
    choices = [pair for pair in RELATIONS.items() if friends or pair[0] != "friend"]
    return forms.page(
        "h5/households/kin.html",
        problem,
        me=me,
        entries=[_entry(each, me, whose[other[each.id]]) for each in found],
        given=given,
        whose=whose,
        relations=choices,
        typed=request.form,
        said=_said(),
    )


def _entry(found: Any, me: own.Own, other: Any) -> dict[str, Any]:
    is_mine = found.member_id == me.member.id
    code = found.relation if is_mine else MIRRORED.get(found.relation, found.relation)
    return {
        "id": found.id,
        "name": other.name_masked,
        "relation": RELATIONS[code],
        "state": found.state,
        "waits_for_me": found.state == "asked" and not is_mine,
    }


def _gift(relative_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        found = relatives.get(session, ledger_id=me.ledger_id, relative_id=relative_id)
        other_id = relatives.other_of(found, me.member.id)
        other = members.get(session, ledger_id=me.ledger_id, member_id=other_id)
        left = gifts.allowance(session, **me.key)
    return forms.page(
        "h5/households/gift.html",
        problem,
        me=me,
        other=other,
        relative_id=relative_id,
        left=left,
        most=min(left.giftable_points, left.year_left_points),
        points=request.form.get("points", ""),
    )


def _pool(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        found = pool.list_donations(session, **me.key)
        held = pool.held_points(session, ledger_id=me.ledger_id)
        spendable = wallets.holding(session, **me.key).spendable_points
    return forms.page(
        "h5/households/pool.html",
        problem,
        me=me,
        found=[(each, each.donated_at + pool.REGRET > clock.now()) for each in found],
        held=held,
        spendable=spendable,
        points=request.form.get("points", ""),
        said=_said(),
    )
