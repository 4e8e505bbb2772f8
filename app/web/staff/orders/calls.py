"""Calls from the field and tasks to it: what nobody answered stands first (事项呼叫, T13)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import PermissionDenied
from app.base.transactions import reading
from app.people import members
from app.people.duties import Held
from app.points import photos as kept
from app.service_orders import call_listings, field_calls
from app.service_orders.field_calls import Said
from app.service_orders.models import FieldCall
from app.web.permissions import SIGNED_IN, allow
from app.web.reader import language
from app.web.schemas.order_pages import AnswerPageIn, CallOrderPageIn, TaskPageIn
from app.web.schemas.orders import WhyIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.orders import listing
from app.web.translate import _

bp = Blueprint("field_calls", __name__, url_prefix="/<place>/field-calls")
SHOWN_MAX = 100


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what waits for an answer, what was answered lately, and the form."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def send_out() -> ResponseReturnValue:
    """Give somebody in the field a task."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.WORKERS)
        worker = desk.member(session, asked.pop("member_id"), desk.WORKERS)
        field_calls.send_out(
            session,
            ledger_id=desk.ledger_id(),
            member_id=worker.id,
            node=node,
            said=Said(**asked),
            actor=actor(),
        )

    return _answer(verb, _("派出去了，等他回复。"), TaskPageIn)


@bp.post("/<uuid:call_id>/answer")
@allow(SIGNED_IN)
def answer(call_id: UUID) -> ResponseReturnValue:
    """Answer a call from the field."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        found = _scoped(session, call_id)
        if found.direction != "to_desk":
            raise PermissionDenied("a task is answered by whom it was given to")
        field_calls.answer(
            session, ledger_id=desk.ledger_id(), call_id=call_id, actor=actor(), **asked
        )

    return _answer(verb, _("答复好了，已通知他。"), AnswerPageIn)


@bp.post("/<uuid:call_id>/take-back")
@allow(SIGNED_IN)
def take_back(call_id: UUID) -> ResponseReturnValue:
    """Take a task back that nobody answers; it may be sent to somebody else then."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, call_id)
        field_calls.take_back(
            session, ledger_id=desk.ledger_id(), call_id=call_id, actor=actor(), **asked
        )

    return _answer(verb, _("任务收回了，已通知他。可以另派别人。"), WhyIn)


@bp.post("/<uuid:call_id>/order")
@allow(SIGNED_IN)
def make_order(call_id: UUID) -> ResponseReturnValue:
    """Answer a call by making an order of it."""

    def verb(session: Session, asked: dict[str, Any]) -> str:
        _scoped(session, call_id)
        made = field_calls.answer_with_order(
            session, ledger_id=desk.ledger_id(), call_id=call_id, actor=actor(), **asked
        )
        return str(made.id)

    return forms.answer(
        verb,
        schema=CallOrderPageIn,
        show=lambda made: made,
        said=_("立了单，现在派给谁？"),
        to=lambda made: url_for("staff.order.show", order_id=made),
        again=_show,
    )


def _answer(verb: forms.Verb, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.field_calls.show"), again=_show
    )


def _scoped(session: Session, call_id: UUID) -> FieldCall:
    found = field_calls.get(session, ledger_id=desk.ledger_id(), call_id=call_id)
    desk.require_at(session, found.node_id, desk.WORKERS)
    return found


def _named(held: Held) -> str:
    duty = held.kind.label_en if language() == "en" else held.kind.label_zh
    return f"{duty} {held.member.name_masked}·{held.node.short_name}"


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("orders")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    scope: dict[str, Any] = {**key, "node": desk.here().node}
    with reading() as session:
        waiting = call_listings.list_in(session, **scope, only_unanswered=True, limit=SHOWN_MAX)
        latest = call_listings.list_in(session, **scope, limit=SHOWN_MAX)
        answered = [each for each in latest if each.answered_at is not None]
        every = [*waiting, *answered]
        ids = {each.member_id for each in every}
        return forms.page(
            "orders/calls.html",
            problem,
            waiting=waiting,
            answered=answered,
            count=call_listings.unanswered_count(session, **scope),
            whose=members.get_many(session, **key, member_ids=ids),
            pictures=kept.list_of(
                session, **key, kind="field_call", subject_ids=[each.id for each in every]
            ),
            text_of=field_calls.text_of,
            spot_of=field_calls.spot_of,
            answer_of=field_calls.answer_of,
            workers=[
                (each.member.id, _named(each)) for each in field_calls.workers_at(session, **scope)
            ],
            kinds=listing.kind_options(session),
        )
