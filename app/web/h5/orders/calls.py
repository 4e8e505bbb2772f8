"""事项呼叫: what somebody in the field sees, with a photo; tasks that wait for a reply (T13)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound
from app.base.transactions import reading
from app.community import tree
from app.points import photos as kept
from app.points.photos import Subject
from app.service_orders import call_listings, field_calls
from app.service_orders.field_calls import Said
from app.web import photos
from app.web.acts import submit
from app.web.errors import problem_of
from app.web.h5 import forms, own
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.order_pages import AnswerPageIn, MyCallPageIn
from app.web.session import actor
from app.web.translate import _l

bp = own.for_oneself(Blueprint("field_calls", __name__))
SHOWN_MAX = 50
CALLED = {"node_code": (_l("哪个地方的事"), _l("请选一个地方"))}
SAID = {
    "sent": _l("呼叫发出去了，社区会答复"),
    "answered": _l("回复好了"),
}


@bp.get("/calls")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show what waits for me, my calls with their answers, and the form."""
    return _page()


@bp.post("/calls")
@allow(SIGNED_IN)
def send() -> ResponseReturnValue:
    """Call the desk, with photos if there are any."""
    typed = {name: value for name, value in forms.typed().items() if name != "photos"}
    asked, wrong = forms.load(MyCallPageIn(), typed)
    try:
        taken = photos.sent()
    except DomainError as error:
        wrong = wrong or problem_of(error)
    if wrong:
        return _page(wrong)
    with reading() as session:
        me = own.here(session)
    code = asked.pop("node_code")

    def verb(session: Session, _fact: None) -> None:
        node_id = tree.by_code(session, code).id if code else None
        made = field_calls.call_desk(
            session, **me.key, said=Said(**asked), node_id=node_id, actor=actor()
        )
        photos.keep(session, me.ledger_id, Subject("field_call", made.id, me.member.id), taken)

    return _answered(me.ledger_id, verb, "sent")


@bp.post("/calls/<uuid:call_id>/answer")
@allow(SIGNED_IN)
def answer(call_id: UUID) -> ResponseReturnValue:
    """Answer a task of the desk."""
    asked, wrong = forms.load(AnswerPageIn(), forms.typed())
    if wrong:
        return _page(wrong)
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        found = field_calls.get(session, ledger_id=me.ledger_id, call_id=call_id)
        if found.member_id != me.member.id or found.direction != "to_field":
            raise NotFound("no task of yours")
        field_calls.answer(session, ledger_id=me.ledger_id, call_id=call_id, actor=actor(), **asked)

    return _answered(me.ledger_id, verb, "answered")


def _answered(ledger_id: int, verb: Any, said: str) -> ResponseReturnValue:
    _nothing, problem = submit(verb, ledger_id=ledger_id)
    if problem:
        return _page(problem)
    return redirect(url_for("h5.field_calls.page", said=said), code=303)


def _page(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        duties = field_calls.field_duties(session, **me.key)
        found = call_listings.list_of_member(session, **me.key, limit=SHOWN_MAX)
        pictures = kept.list_of(
            session,
            ledger_id=me.ledger_id,
            kind="field_call",
            subject_ids=[each.id for each in found],
        )
    return forms.page(
        "h5/orders/calls.html",
        problem,
        CALLED,
        me=me,
        places={each.node.code: each.node.short_name for each in duties},
        found=found,
        text_of=field_calls.text_of,
        spot_of=field_calls.spot_of,
        answer_of=field_calls.answer_of,
        pictures=pictures,
        typed=request.form,
        sent_id=(request.view_args or {}).get("call_id"),
        said=SAID.get(request.args.get("said", "")),
    )
