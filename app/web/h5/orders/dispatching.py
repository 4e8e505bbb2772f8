"""派单 on the phone: who dispatches by duty gives what waits here to who serves here (O8, T13)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import reading
from app.community.models import Node
from app.people.duties import Held
from app.service_orders import dispatching, standing
from app.service_orders.field_calls import Said
from app.web import paging
from app.web.acts import submit
from app.web.h5 import forms, own
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.reader import language
from app.web.schemas.order_pages import DispatchPageIn, TaskPageIn
from app.web.session import actor
from app.web.translate import _, _l

bp = own.for_oneself(Blueprint("dispatching", __name__))
SHOWN_MAX = 20
CALLED = {
    "hands": (_l("派给谁"), _l("请选一个人，或一支队伍")),
    "member_id": (_l("派给谁"), _l("请选一个人")),
    "note": (_l("交代一句"), _l("请写短些，200 个字以内")),
    "call_text": (_l("做什么"), _l("请写一句，500 个字以内")),
    "spot": (_l("在哪里"), _l("请写短些，64 个字以内")),
}
"""How the forms call their fields, and what they want there."""

SAID = {
    "given": _l("派出去了，已通知他们"),
    "sent": _l("任务派下去了，等对方回复"),
}


@bp.get("/dispatch")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show what waits at my place of duty, and the form of a task."""
    return _page()


@bp.post("/dispatch/orders/<uuid:order_id>")
@allow(SIGNED_IN)
def assign(order_id: UUID) -> ResponseReturnValue:
    """Give an order to a team, or to somebody who takes orders here."""
    asked, wrong = forms.load(DispatchPageIn(), forms.typed())
    if wrong:
        return _page(wrong)

    def verb(session: Session, me: Own, _place: Node) -> None:
        to = _hands(asked["hands"])
        key: dict[str, Any] = {"ledger_id": me.ledger_id, "order_id": order_id}
        dispatching.assign(session, **key, **to, note=asked["note"], actor=actor())

    return _done(verb, "given")


@bp.post("/dispatch/tasks")
@allow(SIGNED_IN)
def send_out() -> ResponseReturnValue:
    """Give somebody of the field a task."""
    asked, wrong = forms.load(TaskPageIn(), forms.typed())
    if wrong:
        return _page(wrong)
    member_id = asked.pop("member_id")

    def verb(session: Session, me: Own, place: Node) -> None:
        key: dict[str, Any] = {"ledger_id": me.ledger_id, "member_id": member_id}
        dispatching.send_out(session, **key, place=place, said=Said(**asked), actor=actor())

    return _done(verb, "sent")


def _done(verb: Callable[[Session, Own, Node], None], said: str) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        place = _place(session, me)
    _nothing, problem = submit(
        lambda session, _fact: verb(session, me, place), ledger_id=me.ledger_id
    )
    if problem:
        return _page(problem)
    return redirect(url_for("h5.dispatching.page", said=said, at=place.code), code=303)


def _hands(text: str) -> dict[str, Any]:
    """Read what the form chose: `team:` or `person:` and an id."""
    what, _colon, named = text.partition(":")
    try:
        return {{"team": "team_id", "person": "member_id"}[what]: UUID(named)}
    except (KeyError, ValueError) as error:
        raise ValidationFailed("to whom?", field="hands") from error


def _place(session: Session, me: Own) -> Node:
    """Return the place of duty that the address names; the first where it names none.

    Raises:
        NotFound: They give nothing out anywhere, or not at that place.
    """
    asked = request.args.get("at")
    held = dispatching.places(session, **me.key)
    found = [each for each in held if asked in (None, each.code)]
    if not found:
        raise NotFound("no duty to dispatch")
    return found[0]


def _page(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        place = _place(session, me)
        key: dict[str, Any] = {"ledger_id": me.ledger_id, "place": place}
        waiting, pages = paging.cut(
            dispatching.waiting_at(session, **key, **paging.slice_of(SHOWN_MAX)),
            limit=SHOWN_MAX,
            endpoint="h5.dispatching.page",
            at=place.code,
        )
        people = dispatching.hands_at(session, **key)
        squads = dispatching.teams_at(session, **key)
        workers = dispatching.field_at(session, **key)
        places = dispatching.places(session, **me.key)
    hands = [(f"person:{each.member.id}", _named(each)) for each in people]
    hands += [(f"team:{each.id}", each.name) for each in squads]
    return forms.page(
        "h5/orders/dispatch.html",
        problem,
        CALLED,
        me=me,
        place=place,
        places=places,
        waiting=waiting,
        texts={each.id: standing.text_of(each) for each in waiting},
        pages=pages,
        begin=paging.offset(),
        hands=hands,
        workers=[(str(each.member.id), _named(each)) for each in workers],
        typed=request.form,
        sent_id=(request.view_args or {}).get("order_id"),
        said=SAID.get(request.args.get("said", "")),
    )


def _named(held: Held) -> str:
    """Say who it is and by which duty, masked as on every list."""
    duty = held.kind.label_en if language() == "en" else held.kind.label_zh
    pay = _("有偿") if held.duty.is_paid else _("无偿")
    return f"{held.member.name_masked}·{duty}·{pay}"
