"""Calls between the field and the desk, both ways: 事项呼叫 and 任务派发 (T13).

A worker on the spot says what they see; the desk says what is to be done. Each stays on
the list of the unanswered until the other side says something, so that nothing is lost.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto, serials
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.ledger import books
from app.people import duties, inbox, members
from app.people.duties import Held
from app.people.inbox import Note
from app.people.models import Member
from app.service_orders import filing, standing
from app.service_orders.errors import FieldCallAnswered
from app.service_orders.filing import Request
from app.service_orders.models import FieldCall, Order

REPORTS = "report"
"""What a duty of the field may do: say what is seen."""

WORKERS_MAX = 500
TEXT_MAX = 500
SPOT_MAX = 64


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is seen or is to be done, and where: a house, a yard, a crossing."""

    text: str
    spot: str = ""


def call_desk(
    session: Session,
    *,
    ledger_id: int,
    member_id: UUID,
    said: Said,
    node_id: int | None = None,
    actor: Actor,
) -> FieldCall:
    """Call the desk from the field (事项呼叫), from the place of one's duty.

    Args:
        node_id: Which place it is, for who has duties at several; there it must be said.

    Raises:
        PermissionDenied: It is another's name, or they have no duty to report there.
        ValidationFailed: Nothing is said, or not at which of several places.
    """
    member = members.get(session, ledger_id=ledger_id, member_id=member_id)
    if member.person_id != actor.person_id:
        raise PermissionDenied("in one's own name only")
    held = field_duties(session, ledger_id=ledger_id, member_id=member_id)
    places = {each.node.id: each.node for each in held if node_id in (None, each.node.id)}
    if not places:
        raise PermissionDenied("no duty to report here")
    if len(places) > 1:
        raise ValidationFailed("at which place?", field="node_code")
    (node,) = places.values()
    return _send(session, member, node, "to_desk", said, actor)


def send_out(
    session: Session, *, ledger_id: int, member_id: UUID, node: Node, said: Said, actor: Actor
) -> FieldCall:
    """Give somebody in the field a task (任务派发); the door asked for staff of the place.

    Raises:
        NotFound: They have no duty at this place, above it or below it.
        ValidationFailed: Nothing is said.
    """
    held = field_duties(session, ledger_id=ledger_id, member_id=member_id)
    near = [
        each for each in held if tree.contains(each.node, node) or tree.contains(node, each.node)
    ]
    if not near:
        raise NotFound("nobody of the field here")
    made = _send(session, near[0].member, node, "to_field", said, actor)
    _tell(session, made, "task_sent")
    return made


def field_duties(session: Session, *, ledger_id: int, member_id: UUID) -> list[Held]:
    """List the duties by which a member is in the field: they may report."""
    return duties.list_to(session, ledger_id=ledger_id, member_id=member_id, act=REPORTS)


def workers_at(session: Session, *, ledger_id: int, node: Node) -> list[Held]:
    """List who may be given a task at a place or below it, each person once."""
    found = duties.list_in(session, ledger_id=ledger_id, node=node, limit=WORKERS_MAX)
    by_member = {each.member.id: each for each in reversed(found) if REPORTS in each.kind.acts}
    return list(reversed(by_member.values()))


def answer(
    session: Session, *, ledger_id: int, call_id: UUID, text: str, actor: Actor
) -> FieldCall:
    """Answer a call: the desk the field's, the one it was sent to the desk's.

    For the desk's answers the door asks for staff of the place.

    Raises:
        NotFound: There is no such call.
        PermissionDenied: A task is answered by whom it was given to.
        FieldCallAnswered: It was answered already.
        ValidationFailed: Nothing is said.
    """
    found = _held(session, ledger_id, call_id)
    if found.direction == "to_field":
        _require_own(session, found, actor)
    _answer(session, found, text, actor)
    if found.direction == "to_desk":
        _tell(session, found, "call_answered")
    return found


def take_back(
    session: Session, *, ledger_id: int, call_id: UUID, reason: str, actor: Actor
) -> FieldCall:
    """Take a task of the desk back (收回任务): nobody is to do it; the worker is told why.

    The door asks for staff of the place. It can be sent to somebody else then.

    Raises:
        NotFound: There is no such call.
        FieldCallAnswered: It was answered, or taken back already.
        ValidationFailed: No reason is given, or it is a call from the field.
    """
    found = _held(session, ledger_id, call_id)
    if found.direction != "to_field":
        raise ValidationFailed("a call from the field is answered", field="call_id")
    _answer(session, found, reason, actor, field="reason")
    found.taken_back_at = found.answered_at
    session.flush()
    _tell(session, found, "task_taken_back", reason=reason.strip())
    return found


def answer_with_order(
    session: Session, *, ledger_id: int, call_id: UUID, title: str, category_code: str, actor: Actor
) -> Order:
    """Make an order of what the field called in; the caller asks for it, and may rate it.

    Raises:
        NotFound: No such call or kind of order.
        FieldCallAnswered: It was answered already.
        ValidationFailed: It is a task of the desk's own, or the title or kind will not do.
    """
    found = _held(session, ledger_id, call_id)
    if found.direction != "to_desk":
        raise ValidationFailed("a task is no request", field="call_id")
    spot, text = spot_of(found), text_of(found)
    request = Request(
        title=title,
        text=f"{spot}\n{text}" if spot else text,
        category_code=category_code,
        requester_id=found.member_id,
    )
    node = tree.get(session, found.node_id)
    order = filing.file(session, ledger_id=ledger_id, node=node, request=request, actor=actor)
    found.order_id = order.id
    _answer(session, found, f"{standing.step_now(session, order).name} {order.number}", actor)
    _tell(session, found, "call_answered")
    return order


def get(session: Session, *, ledger_id: int, call_id: UUID) -> FieldCall:
    """Return a call.

    Raises:
        NotFound: There is none.
    """
    return _held(session, ledger_id, call_id, is_locked=False)


def text_of(call: FieldCall) -> str:
    """Return what was said."""
    return crypto.unseal(call.text_sealed, call.id)


def spot_of(call: FieldCall) -> str:
    """Return where it is; empty if nobody said."""
    return crypto.unseal(call.spot_sealed, call.id)


def answer_of(call: FieldCall) -> str:
    """Return what was answered; empty while it waits."""
    return crypto.unseal(call.answer_sealed, call.id) if call.answer_sealed else ""


def _send(
    session: Session, worker: Member, node: Node, direction: str, said: Said, actor: Actor
) -> FieldCall:
    text, spot = said.text.strip(), said.spot.strip()
    if not 1 <= len(text) <= TEXT_MAX:
        raise ValidationFailed("say what it is", field="text")
    if len(spot) > SPOT_MAX:
        raise ValidationFailed("too long", field="spot")
    call_id = new_id()
    made = FieldCall(
        ledger_id=worker.ledger_id,
        id=call_id,
        number=_number(session, worker.ledger_id),
        direction=direction,
        node_id=node.id,
        node_path=node.path,
        member_id=worker.id,
        text_sealed=crypto.seal(text, call_id),
        spot_sealed=crypto.seal(spot, call_id),
        sent_by_id=actor.person_id,
        sent_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def _answer(
    session: Session, call: FieldCall, text: str, actor: Actor, *, field: str = "text"
) -> None:
    if call.answered_at is not None:
        raise FieldCallAnswered(number=call.number)
    if not 1 <= len(text.strip()) <= TEXT_MAX:
        raise ValidationFailed("say something", field=field)
    call.answered_by_id, call.answered_at = actor.person_id, clock.now()
    call.answer_sealed = crypto.seal(text.strip(), call.id)
    session.flush()


def _held(session: Session, ledger_id: int, call_id: UUID, *, is_locked: bool = True) -> FieldCall:
    query = sa.select(FieldCall).where(FieldCall.ledger_id == ledger_id, FieldCall.id == call_id)
    if is_locked:
        query = query.with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such call")
    return found


def _require_own(session: Session, call: FieldCall, actor: Actor) -> None:
    member = members.get(session, ledger_id=call.ledger_id, member_id=call.member_id)
    if member.person_id != actor.person_id:
        raise PermissionDenied("not this person's")


def _tell(session: Session, call: FieldCall, topic: str, **facts: str) -> None:
    said = {"number": call.number, **facts}
    note = Note(call.member_id, topic, said, f"{topic}:{call.id}")
    inbox.tell(session, ledger_id=call.ledger_id, notes=[note])


def _number(session: Session, ledger_id: int) -> str:
    day = clock.today().strftime("%Y%m%d")
    serial = serials.take(session, ledger_id=ledger_id, name=f"field_call:{day}")
    return f"{books.get(session, ledger_id).code}-H{day}-{serial:04d}"
