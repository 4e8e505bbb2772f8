"""Orders, their figures and calls as the API answers them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.people import members
from app.service_orders import field_calls, standing
from app.service_orders.figures import Figures
from app.service_orders.models import FieldCall, Order
from app.web import order_log, orders
from app.web.api import standing as standing_here
from app.web.api.standing import READERS
from app.web.orders import Shown
from app.web.schemas.field_calls import CallOut
from app.web.schemas.orders import OrderFullOut, OrderOut

PLAIN = (
    "id", "number", "external_id", "category_code", "title", "state", "handler_kind", "filed_at",
    "due_at", "escalated_at", "finished_at", "rated_at", "stars", "reopened_count",
)  # fmt: skip


def listed(session: Session, ledger_id: int, found: Sequence[Order]) -> list[Any]:
    """Return orders as a list shows them."""
    shown = orders.shown(session, ledger_id=ledger_id, orders=found)
    return [OrderOut().dump(_row(each)) for each in shown]


def full(session: Session, order: Order) -> Any:
    """Return an order with its text, its steps and its history."""
    found = orders.one(session, order)
    is_named = standing_here.is_at(session, order.node_id, READERS)
    lines = order_log.told(session, found, is_named=is_named)
    names = {step.code: step.name for step in found.steps}
    row = _row(found) | {
        "text": standing.text_of(order),
        "asker_name_masked": found.asker.name_masked if found.asker else None,
        "stages": orders.stages(found, [each.line for each in lines]),
        "history": [
            {
                "act": each.line.act,
                "step": names.get(each.line.step_code or ""),
                "note": each.note,
                "by": each.by,
                "at": each.line.at,
            }
            for each in lines
        ],
    }
    return OrderFullOut().dump(row)


def figures(found: Figures, places: int) -> dict[str, Any]:
    """Return counts with their shares as decimal text."""
    finished, good = found.finished_percent(places), found.good_percent(places)
    names = ("filed", "finished", "open", "unassigned", "overdue", "rated", "good")
    return {
        **{f"{name}_count": getattr(found, f"{name}_count") for name in names},
        "finished_percent": None if finished is None else str(finished),
        "good_percent": None if good is None else str(good),
    }


def calls(session: Session, ledger_id: int, found: Sequence[FieldCall]) -> list[Any]:
    """Return calls with who is in the field, masked."""
    ids = {each.member_id for each in found}
    named = members.get_many(session, ledger_id=ledger_id, member_ids=ids)
    codes = orders.node_codes(session, {each.node_id for each in found})
    return [
        CallOut().dump(
            {
                **{name: getattr(each, name) for name in CALL_PLAIN},
                "node_code": codes[each.node_id],
                "name_masked": named[each.member_id].name_masked,
                "text": field_calls.text_of(each),
                "spot": field_calls.spot_of(each),
                "answer": field_calls.answer_of(each),
            }
        )
        for each in found
    ]


CALL_PLAIN = (
    *("id", "number", "direction", "member_id", "sent_at", "answered_at", "order_id"),
    "taken_back_at",
)


def _row(found: Shown) -> dict[str, Any]:
    return {
        **{name: getattr(found.order, name) for name in PLAIN},
        "node_code": found.node.code,
        "category_name": found.kind.name,
        "step": found.step.name,
        "meaning": found.step.meaning,
        "next_step": found.coming.name if found.coming else None,
        "hands": found.hands,
    }
