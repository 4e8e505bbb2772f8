"""找志愿者: ask for something, see how it goes in the place's own words, rate it (P12, T8, T11)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound
from app.base.transactions import reading
from app.points import photos as kept
from app.points.photos import Subject
from app.service_orders import categories, filing, listings, reopening, standing
from app.service_orders.filing import Request
from app.service_orders.models import Order
from app.web import orders, paging, photos
from app.web.acts import submit
from app.web.errors import problem_of
from app.web.h5 import forms, own
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.order_pages import AskPageIn
from app.web.schemas.orders import RatingIn, WhyIn
from app.web.session import actor
from app.web.translate import _l

bp = own.may_be_acted(Blueprint("orders", __name__))
SHOWN_MAX = 50
STARS = (
    (5, _l("很满意")),
    (4, _l("满意")),
    (3, _l("一般")),
    (2, _l("不太满意")),
    (1, _l("不满意")),
)
SAID = {
    "filed": _l("记下了。有人来办会发消息给您"),
    "withdrawn": _l("撤回了，不用再管"),
    "rated": _l("谢谢您来评"),
    "reopened": _l("退回去重新办了"),
}


@bp.get("/orders/new")
@allow(SIGNED_IN)
def form() -> ResponseReturnValue:
    """Ask what is wanted: its kind, a few words."""
    return _form()


@bp.post("/orders/new")
@allow(SIGNED_IN)
def send() -> ResponseReturnValue:
    """File it at my place, with photos if there are any."""
    typed = {name: value for name, value in forms.typed().items() if name != "photos"}
    asked, wrong = forms.load(AskPageIn(), typed)
    try:
        taken = photos.sent()
    except DomainError as error:
        wrong = wrong or problem_of(error)
    if wrong:
        return _form(wrong)
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> str:
        wanted = Request(requester_id=me.member.id, **asked)
        made = filing.file(
            session, ledger_id=me.ledger_id, node=me.node, request=wanted, actor=actor()
        )
        photos.keep(session, me.ledger_id, Subject("order", made.id, me.member.id), taken)
        return str(made.id)

    made_id, problem = submit(verb, ledger_id=me.ledger_id, show=lambda made: made)
    if problem:
        return _form(problem)
    return redirect(url_for("h5.orders.show", order_id=made_id, said="filed"), code=303)


@bp.get("/orders")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List what I asked for, latest first."""
    with reading() as session:
        me = own.here(session)
        found, pages = paging.cut(
            listings.list_of_member(session, **me.key, **paging.slice_of(SHOWN_MAX)),
            limit=SHOWN_MAX,
            endpoint="h5.orders.page",
        )
        shown = orders.shown(session, ledger_id=me.ledger_id, orders=found)
    return forms.page("h5/orders/mine.html", me=me, found=shown, pages=pages)


@bp.get("/orders/<uuid:order_id>")
@allow(SIGNED_IN)
def show(order_id: UUID) -> ResponseReturnValue:
    """Show how it goes, step by step."""
    return _show(order_id)


@bp.post("/orders/<uuid:order_id>/withdraw")
@allow(SIGNED_IN)
def withdraw(order_id: UUID) -> ResponseReturnValue:
    """Take it back while nobody has taken it on."""
    return _step(order_id, filing.withdraw, WhyIn, "withdrawn")


@bp.post("/orders/<uuid:order_id>/rate")
@allow(SIGNED_IN)
def rate(order_id: UUID) -> ResponseReturnValue:
    """Rate it with stars and a sentence (评单)."""
    return _step(order_id, orders.rate, RatingIn, "rated")


@bp.post("/orders/<uuid:order_id>/reopen")
@allow(SIGNED_IN)
def reopen(order_id: UUID) -> ResponseReturnValue:
    """Say that it is not done; it goes back to those who did it."""
    return _step(order_id, reopening.reopen, WhyIn, "reopened")


def _step(order_id: UUID, step: Any, schema: Any, said: str) -> ResponseReturnValue:
    asked, wrong = forms.load(schema(), forms.typed())
    if wrong:
        return _show(order_id, wrong)
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        _mine(session, me, order_id)
        step(session, ledger_id=me.ledger_id, order_id=order_id, actor=actor(), **asked)

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _show(order_id, problem)
    return redirect(url_for("h5.orders.show", order_id=order_id, said=said), code=303)


def _mine(session: Session, me: Own, order_id: UUID) -> Order:
    """Return an order of the member's own.

    Raises:
        NotFound: It is another's, or there is none.
    """
    found = standing.get_order(session, ledger_id=me.ledger_id, order_id=order_id)
    if standing.asker_person_id(session, found) != me.member.person_id:
        raise NotFound("no such order of yours")
    return found


def _form(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        kinds = categories.list_of(session, ledger_id=me.ledger_id)
        step = orders.template_at(session, me.node)["steps"][0]
    return forms.page(
        "h5/orders/ask.html", problem, me=me, kinds=kinds, step=step, typed=request.form
    )


def _show(order_id: UUID, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        found = orders.one(session, _mine(session, me, order_id))
        lines = orders.history(session, found.order)
        notes = standing.notes_of(session, ledger_id=me.ledger_id, order_id=order_id)
        pictures = kept.list_of(
            session, ledger_id=me.ledger_id, kind="order", subject_ids=[order_id]
        )
        return forms.page(
            "h5/orders/one.html",
            problem,
            me=me,
            found=found,
            stages=orders.stages(found, lines),
            told=[notes.get(line.seq, "") for line in lines if line.meaning == "finished"][-1:],
            text=standing.text_of(found.order),
            reopen_until_at=reopening.asker_until(session, found.order),
            pictures=pictures.get(order_id, []),
            star_words=STARS,
            typed=request.form,
            said=SAID.get(request.args.get("said", "")),
        )
