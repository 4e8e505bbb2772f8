"""What is given to me, or to a team that I lead: taken on, under way, finished, given back (T8)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import led_teams, members, team_members
from app.people.models import Member
from app.points import photos as kept
from app.service_orders import finishing, first_offers, handling, listings, standing
from app.service_orders.finishing import Work
from app.service_orders.models import Order
from app.web import orders, paging, photos
from app.web.acts import submit
from app.web.day_spans import span_of
from app.web.h5 import forms, own
from app.web.h5.own import Own
from app.web.orders import Shown
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.order_pages import FinishPageIn
from app.web.schemas.orders import ProgressIn, WhyIn
from app.web.session import actor
from app.web.translate import _l

bp = own.for_oneself(Blueprint("order_tasks", __name__))
SHOWN_MAX, DONE_SHOWN = 50, 20
SAID = {
    "taken": _l("给您了，看看怎么办"),
    "accepted": _l("接下了，早些去办"),
    "went_on": _l("记下了"),
    "returned": _l("退回去了，社区另派人"),
    "finished": _l("办结了，等对方来评"),
}


@bp.get("/tasks")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List what is to be done, most urgent first, and what was done lately."""
    return _page()


def _page(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        key: dict[str, Any] = hands_of(session, me)
        open_ones, pages = paging.cut(
            listings.list_of_hands(session, **key, **paging.slice_of(SHOWN_MAX)),
            limit=SHOWN_MAX,
            endpoint="h5.order_tasks.page",
        )
        offered = first_offers.orders_for(session, ledger_id=me.ledger_id, member=me.member)
        over = listings.list_of_hands(session, **key, is_open=False, limit=DONE_SHOWN)
        return forms.page(
            "h5/orders/tasks.html",
            problem,
            me=me,
            found=orders.shown(session, ledger_id=me.ledger_id, orders=open_ones),
            pages=pages,
            offered=orders.shown(session, ledger_id=me.ledger_id, orders=offered),
            over=orders.shown(session, ledger_id=me.ledger_id, orders=over),
            said=SAID.get(request.args.get("said", "")),
        )


@bp.get("/tasks/<uuid:order_id>")
@allow(SIGNED_IN)
def show(order_id: UUID) -> ResponseReturnValue:
    """Show what is wanted, by whom, and the next step."""
    return _show(order_id)


@bp.get("/tasks/<uuid:order_id>/photos/<uuid:photo_id>")
@allow(SIGNED_IN)
def picture(order_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """Show a photo of an order that I am to do."""
    with reading() as session:
        me = own.here(session)
        _given(session, me, order_id)
        found = kept.get(session, ledger_id=me.ledger_id, photo_id=photo_id)
        if (found.subject_kind, found.subject_id) != ("order", order_id):
            raise NotFound("no photo of this order")
        return photos.as_picture(kept.read(session, ledger_id=me.ledger_id, photo_id=photo_id))


@bp.post("/tasks/<uuid:order_id>/take")
@allow(SIGNED_IN)
def take(order_id: UUID) -> ResponseReturnValue:
    """Take an order on that asks for my skill, before staff give it to somebody (C21)."""
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        first_offers.take_on(
            session,
            ledger_id=me.ledger_id,
            order_id=order_id,
            member=me.member,
            actor=actor(),
        )

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(problem)
    return redirect(url_for("h5.order_tasks.show", order_id=order_id, said="taken"), code=303)


@bp.post("/tasks/<uuid:order_id>/accept")
@allow(SIGNED_IN)
def accept(order_id: UUID) -> ResponseReturnValue:
    """Take it on (接单)."""
    return _step(order_id, handling.accept, {}, "accepted")


@bp.post("/tasks/<uuid:order_id>/go-on")
@allow(SIGNED_IN)
def go_on(order_id: UUID) -> ResponseReturnValue:
    """Say that it was talked over, or is under way."""
    asked, wrong = forms.load(ProgressIn(), forms.typed())
    return _show(order_id, wrong) if wrong else _step(order_id, handling.go_on, asked, "went_on")


@bp.post("/tasks/<uuid:order_id>/return")
@allow(SIGNED_IN)
def send_back(order_id: UUID) -> ResponseReturnValue:
    """Give it back (退单), with the reason."""
    asked, wrong = forms.load(WhyIn(), forms.typed())
    if wrong:
        return _show(order_id, wrong)
    return _step(order_id, handling.send_back, asked, "returned", to="h5.order_tasks.page")


@bp.post("/tasks/<uuid:order_id>/finish")
@allow(SIGNED_IN)
def finish(order_id: UUID) -> ResponseReturnValue:
    """Say that it is done, and who worked from when to when."""
    typed: dict[str, Any] = {**forms.typed(), "member_ids": request.form.getlist("member_ids")}
    asked, wrong = forms.load(FinishPageIn(), typed)
    if wrong:
        return _show(order_id, wrong)
    told = {"note": asked["note"], "works": _works(asked)}
    return _step(order_id, finishing.finish, told, "finished")


def hands_of(session: Session, me: Own) -> dict[str, Any]:
    """Return in whose name the member does orders: their own, and the teams they lead."""
    whose: dict[str, Any] = {"ledger_id": me.ledger_id, "person_id": me.member.person_id}
    return {**whose, "team_ids": led_teams.led_by(session, **whose)}


def _works(asked: dict[str, Any]) -> list[Work]:
    if not asked["member_ids"]:
        return []
    begins_at, ends_at = span_of(asked["served_on"], asked["begins"], asked["ends"])
    return [
        Work(member_id=each, starts_at=begins_at, ends_at=ends_at) for each in asked["member_ids"]
    ]


def _step(
    order_id: UUID, step: Any, asked: dict[str, Any], said: str, to: str | None = None
) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        _given(session, me, order_id)
        step(session, ledger_id=me.ledger_id, order_id=order_id, actor=actor(), **asked)

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _show(order_id, problem)
    target = url_for(to, said=said) if to else url_for(
        "h5.order_tasks.show", order_id=order_id, said=said
    )  # fmt: skip
    return redirect(target, code=303)


def _given(session: Session, me: Own, order_id: UUID) -> Order:
    """Return an order that the member, or a team they lead, is to do.

    Raises:
        NotFound: It was given to others, or there is none.
    """
    found = standing.get_order(session, ledger_id=me.ledger_id, order_id=order_id)
    if not standing.handles(session, found, actor()):
        raise NotFound("no order of yours to do")
    return found


def _show(order_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        found = orders.one(session, _given(session, me, order_id))
        lines = orders.history(session, found.order)
        pictures = kept.list_of(
            session, ledger_id=me.ledger_id, kind="order", subject_ids=[order_id]
        )
        return forms.page(
            "h5/orders/task.html",
            problem,
            me=me,
            found=found,
            stages=orders.stages(found, lines),
            text=standing.text_of(found.order),
            asker=members.full_name(found.asker) if found.asker else None,
            pictures=pictures.get(order_id, []),
            people=_people(session, me, found),
            today=clock.today().isoformat(),
            typed=request.form,
            ticked=request.form.getlist("member_ids"),
            said=SAID.get(request.args.get("said", "")),
        )


def _people(session: Session, me: Own, found: Shown) -> Sequence[Member]:
    """List whose work may be told: the team's members, or the one person; nobody's if paid."""
    order = found.order
    if order.handler_kind == "staff":
        return []
    if order.team_id is None:
        return [me.member]
    stays = team_members.list_members(session, ledger_id=me.ledger_id, team_id=order.team_id)
    return [member for member, _stay in stays if member.id != order.requester_id]
