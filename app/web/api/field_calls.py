"""Calls between field and desk over the API (事项呼叫, 任务派发): none goes unanswered (T13)."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.service_orders import call_listings, dispatching, field_calls
from app.service_orders.field_calls import Said
from app.service_orders.models import FieldCall
from app.web.acts import act
from app.web.api import order_rows, standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.photos import is_mine
from app.web.schemas import PageIn
from app.web.schemas.field_calls import (
    AnswerIn,
    CallOrderIn,
    CallOut,
    CallsIn,
    MySaidIn,
    TaskIn,
)
from app.web.schemas.lists import items_of
from app.web.schemas.orders import OrderFullOut, WhyIn
from app.web.session import actor

bp = Blueprint("field_calls", __name__, url_prefix="/books/<book>", description="Field and desk")


@bp.get("/me/field-calls")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(CallOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List my calls and my tasks: those that wait first."""
    ledger_id = book_id(book)
    with reading() as session:
        standing.oneself()
        key = standing.my_key(session, ledger_id)
        found = call_listings.list_of_member(session, **key, **asked)
        return jsonify(items=order_rows.calls(session, ledger_id, found))


@bp.post("/me/field-calls")
@allow(SIGNED_IN)
@bp.arguments(MySaidIn)
@bp.response(201, CallOut)
def call_desk(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Call the desk from the field, from the place of my duty; `node_code` if I have several."""
    ledger_id, code = book_id(book), asked.pop("node_code")

    def verb(session: Session, _fact: None) -> Any:
        standing.oneself()
        key = standing.my_key(session, ledger_id)
        node_id = tree.by_code(session, code).id if code else None
        made = field_calls.call_desk(
            session, **key, said=Said(**asked), node_id=node_id, actor=actor()
        )
        return _row(session, made)

    return act(verb, ledger_id=ledger_id)


@bp.get("/field-calls")
@allow(SIGNED_IN)
@bp.arguments(CallsIn, location="query")
@bp.response(200, items_of(CallOut))
def list_calls(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the calls of one's own place; `only_unanswered`: the longest waiting first (未回应)."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = call_listings.list_in(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=order_rows.calls(session, ledger_id, found))


@bp.post("/field-calls")
@allow(SIGNED_IN)
@bp.arguments(TaskIn)
@bp.response(201, CallOut)
def send_out(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Give somebody of the field a task (任务派发), by staff or by who dispatches by duty."""
    ledger_id = book_id(book)
    code, member_id = asked.pop("node_code"), asked.pop("member_id")

    def verb(session: Session, _fact: None) -> Any:
        standing.oneself()
        key: dict[str, Any] = {"ledger_id": ledger_id, "member_id": member_id}
        node = tree.by_codes(session, [code]).get(code)
        if node is not None and standing.dispatches(session, ledger_id, node.id):
            step = partial(dispatching.send_out, place=node)
        else:
            step = partial(field_calls.send_out, node=standing.place(session, code, WORKERS))
            standing.member(session, ledger_id, member_id, WORKERS)
        return _row(session, step(session, **key, said=Said(**asked), actor=actor()))

    return act(verb, ledger_id=ledger_id)


@bp.post("/field-calls/<uuid:call_id>/answer")
@allow(SIGNED_IN)
@bp.arguments(AnswerIn)
@bp.response(200, CallOut)
def answer(asked: dict[str, Any], book: str, call_id: UUID) -> ResponseReturnValue:
    """Answer: staff a call from the field, the worker a task of the desk."""
    return _step(book, call_id, _require_other_side, partial(field_calls.answer, **asked))


@bp.post("/field-calls/<uuid:call_id>/withdrawal")
@allow(SIGNED_IN)
@bp.arguments(WhyIn)
@bp.response(200, CallOut)
def take_back(asked: dict[str, Any], book: str, call_id: UUID) -> ResponseReturnValue:
    """Take a task back that nobody answers (收回任务); the worker is told why."""
    return _step(book, call_id, _require_staff, partial(field_calls.take_back, **asked))


@bp.post("/field-calls/<uuid:call_id>/order")
@allow(SIGNED_IN)
@bp.arguments(CallOrderIn)
@bp.response(201, OrderFullOut)
def answer_with_order(asked: dict[str, Any], book: str, call_id: UUID) -> ResponseReturnValue:
    """Answer a call by making an order of it."""
    step = partial(field_calls.answer_with_order, **asked)
    return _step(book, call_id, _require_staff, step, shown=order_rows.full, status=201)


def _row(session: Session, call: FieldCall) -> Any:
    return order_rows.calls(session, call.ledger_id, [call])[0]


def _step(
    book: str,
    call_id: UUID,
    require: Callable[[Session, int, UUID], None],
    step: Callable[..., Any],
    *,
    shown: Callable[[Session, Any], Any] = _row,
    status: int = 200,
) -> ResponseReturnValue:
    """Run a step on a call for whom `require` lets pass; answer what came of it."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Any:
        require(session, ledger_id, call_id)
        done = step(session, ledger_id=ledger_id, call_id=call_id, actor=actor())
        return shown(session, done)

    return act(verb, ledger_id=ledger_id, status=status)


def _require_staff(session: Session, ledger_id: int, call_id: UUID) -> None:
    """Let pass staff of the call's place; raises as `standing.require_at`."""
    standing.require_holder(session, WORKERS)
    found = field_calls.get(session, ledger_id=ledger_id, call_id=call_id)
    standing.node_at(session, found.node_id, WORKERS)


def _require_other_side(session: Session, ledger_id: int, call_id: UUID) -> None:
    """Let pass whoever it waits for: staff of the place, or the worker of a task.

    Raises:
        PermissionDenied, NotFound: As `standing.require_at`.
    """
    standing.oneself()
    found = field_calls.get(session, ledger_id=ledger_id, call_id=call_id)
    if found.direction == "to_field" and is_mine(session, ledger_id, found.member_id):
        return
    standing.node_at(session, found.node_id, WORKERS)
