"""Where an order stands: its row, its step, its history, and who may say so."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.base.errors import NotFound
from app.people import members, team_members
from app.people.models import Member
from app.service_orders import templates
from app.service_orders.errors import OrderStepConflict
from app.service_orders.models import Order, OrderLog, OrderNote
from app.service_orders.templates import Step


def get_order(
    session: Session, *, ledger_id: int, order_id: UUID, is_locked: bool = False
) -> Order:
    """Return an order, locked for a step if asked.

    Raises:
        NotFound: The book has no such order.
    """
    query = sa.select(Order).where(Order.ledger_id == ledger_id, Order.id == order_id)
    if is_locked:
        query = query.with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such order")
    return found


def get_orders(session: Session, *, ledger_id: int, order_ids: Collection[UUID]) -> list[Order]:
    """Return the orders of these ids that exist; one statement."""
    query = sa.select(Order).where(Order.ledger_id == ledger_id, Order.id.in_(order_ids))
    return list(session.scalars(query.execution_options(populate_existing=True)))


def steps(session: Session, order: Order) -> list[Step]:
    """Return the steps of the template that the order was filed under."""
    return templates.steps_of(templates.get(session, order.template_code, order.template_version))


def step_now(session: Session, order: Order) -> Step:
    """Return the last step that was taken."""
    return steps(session, order)[order.step_no - 1]


def take_step(session: Session, order: Order, meaning: str, note: str, actor: Actor) -> Step:
    """Take the next step of an open order, which must have this meaning (T22).

    Raises:
        OrderStepConflict: Another step comes next, or the order is not open.
    """
    all_steps = steps(session, order)
    coming = all_steps[order.step_no] if order.step_no < len(all_steps) else None
    if coming is None or coming.meaning != meaning or order.state == "withdrawn":
        raise conflict(all_steps, order)
    order.step_no += 1
    log(session, order, "step", note, actor, step=coming)
    return coming


def conflict(all_steps: list[Step], order: Order) -> OrderStepConflict:
    """Return the refusal that says where the order is and what comes next."""
    coming = all_steps[order.step_no].name if order.step_no < len(all_steps) else None
    return OrderStepConflict(step=all_steps[order.step_no - 1].name, next=coming)


def step_number(all_steps: list[Step], meaning: str) -> int | None:
    """Return the number of the step of a meaning, counted from 1; None if there is none."""
    return next((no for no, each in enumerate(all_steps, 1) if each.meaning == meaning), None)


def is_to_be_talked_over(session: Session, order: Order) -> bool:
    """Whether an open order has yet to take a step that talks it over: none skips it (T22)."""
    talked_no = step_number(steps(session, order), "deliberated")
    return order.state == "open" and talked_no is not None and order.step_no < talked_no


def log(
    session: Session,
    order: Order,
    act: str,
    note: str,
    actor: Actor,
    *,
    step: Step | None = None,
) -> None:
    """Write a line of history and the order with it; the note is sealed, it may name people."""
    order.version += 1
    seq = order.version
    session.flush()
    session.execute(
        sa.insert(OrderLog),
        {
            "ledger_id": order.ledger_id,
            "order_id": order.id,
            "seq": seq,
            "act": act,
            "step_code": step.code if step else None,
            "meaning": step.meaning if step else None,
            "actor_id": actor.person_id,
            "at": clock.now(),
        },
    )
    if note.strip():
        session.execute(sa.insert(OrderNote), note_row(order.ledger_id, order.id, seq, note))


def note_row(ledger_id: int, order_id: UUID, seq: int, note: str) -> dict[str, Any]:
    """Return the row that keeps what was said with a line of history, sealed."""
    sealed = crypto.seal(note.strip(), order_id)
    return {"ledger_id": ledger_id, "order_id": order_id, "seq": seq, "note_sealed": sealed}


def history(session: Session, *, ledger_id: int, order_id: UUID) -> list[OrderLog]:
    """List what happened to an order, first thing first."""
    query = sa.select(OrderLog).where(
        OrderLog.ledger_id == ledger_id, OrderLog.order_id == order_id
    )
    return list(session.scalars(query.order_by(OrderLog.seq)))


def taken_at(session: Session, order: Order, meaning: str) -> datetime | None:
    """Return when the step of a meaning was taken last; None if it never was."""
    query = sa.select(sa.func.max(OrderLog.seq)).where(
        OrderLog.ledger_id == order.ledger_id,
        OrderLog.order_id == order.id,
        OrderLog.act == "step",
        OrderLog.meaning == meaning,
    )
    line = session.get(OrderLog, (order.ledger_id, order.id, session.scalar(query) or 0))
    return line.at if line else None


def notes_of(session: Session, *, ledger_id: int, order_id: UUID) -> dict[int, str]:
    """Return what was said with the lines of an order's history, by `seq`."""
    query = sa.select(OrderNote).where(
        OrderNote.ledger_id == ledger_id, OrderNote.order_id == order_id
    )
    said = session.scalars(query.execution_options(populate_existing=True))
    return {each.seq: crypto.unseal(each.note_sealed, order_id) for each in said}


def text_of(order: Order) -> str:
    """Return what was asked for, in full."""
    return crypto.unseal(order.text_sealed, order.id)


def requester(session: Session, order: Order) -> Member | None:
    """Return the member who asked; None where staff entered it for somebody who is none."""
    if order.requester_id is None:
        return None
    return members.get(session, ledger_id=order.ledger_id, member_id=order.requester_id)


def follow_asker(session: Session, order: Order) -> Member | None:
    """Return the member who asked, also after two memberships were merged (L13); None if none."""
    asking = requester(session, order)
    return members.follow_merge(session, asking) if asking else None


def asker_person_id(session: Session, order: Order) -> UUID | None:
    """Return the person who asked, also after a merger; None if that is no member."""
    asking = follow_asker(session, order)
    return asking.person_id if asking else None


def handles(session: Session, order: Order, actor: Actor) -> bool:
    """Whether the actor handles the order: it is theirs, or they lead its team."""
    if order.team_id is not None and team_members.is_leader(
        session, ledger_id=order.ledger_id, team_id=order.team_id, person_id=actor.person_id
    ):
        return True
    return order.handler_id is not None and order.handler_id == actor.person_id
