"""Filing: somebody asks for something (点单, 上报, 提事), or takes it back."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock, crypto, serials
from app.base.actors import Actor
from app.base.errors import PermissionDenied, ValidationFailed
from app.base.ids import new_id
from app.community.models import Node
from app.ledger import books
from app.people import members
from app.service_orders import categories, standing, telling, templates
from app.service_orders.models import Order

TITLE_MAX = 64
TEXT_MAX = 2_000


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for. `requester_id`: the member who asks; None when staff enter it."""

    title: str
    text: str
    category_code: str
    requester_id: UUID | None = None
    external_id: str | None = None


def file(session: Session, *, ledger_id: int, node: Node, request: Request, actor: Actor) -> Order:
    """File an order at a place; its template is the place's of this moment.

    Raises:
        NotFound: No such kind of order, or no such member.
        ValidationFailed: Nothing is asked for, or the kind is closed.
    """
    _require_words(request)
    kind = categories.get(session, ledger_id=ledger_id, code=request.category_code)
    if not kind.is_open:
        raise ValidationFailed("this kind is not taken any more", field="category_code")
    if request.requester_id is not None:
        asking = members.get(session, ledger_id=ledger_id, member_id=request.requester_id)
        members.require_active(asking)
    template = templates.for_filing(session, node)
    now, order_id = clock.now(), new_id()
    order = Order(
        ledger_id=ledger_id,
        id=order_id,
        number=_number(session, ledger_id),
        external_id=request.external_id,
        node_id=node.id,
        node_path=node.path,
        category_code=kind.code,
        template_code=template.code,
        template_version=template.version,
        step_no=1,
        state="open",
        title=request.title.strip(),
        text_sealed=crypto.seal(request.text.strip(), order_id),
        requester_id=request.requester_id,
        filed_by_id=actor.person_id,
        filed_at=now,
        due_at=now + timedelta(hours=kind.due_hours),
        handler_kind=kind.handler_kind,
        reopened_count=0,
        version=0,
    )
    session.add(order)
    first = templates.steps_of(template)[0]
    standing.log(session, order, "step", "", actor, step=first)
    return order


def withdraw(
    session: Session, *, ledger_id: int, order_id: UUID, reason: str, actor: Actor
) -> Order:
    """Take one's own order back while nobody has taken it on.

    Raises:
        NotFound: No such order.
        PermissionDenied: It is another's, or was entered for nobody of the book.
        OrderStepConflict: Somebody took it on already, or it is over.
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id, is_locked=True)
    asked_by = standing.asker_person_id(session, order)
    if asked_by is None or not actor.is_involved(asked_by):
        raise PermissionDenied("only who asked takes it back")
    return take_back(session, order, reason, actor)


def take_back(session: Session, order: Order, reason: str, actor: Actor) -> Order:
    """Take a locked order back and tell whom it was given to; who may was asked before.

    Raises:
        OrderStepConflict: Somebody took it on already, or it is over.
    """
    all_steps = standing.steps(session, order)
    if order.state != "open" or standing.step_now(session, order).meaning not in (
        "filed",
        "assigned",
    ):
        raise standing.conflict(all_steps, order)
    order.state = "withdrawn"
    standing.log(session, order, "withdrawn", reason, actor)
    telling.withdrawn(session, order, reason)
    return order


def _number(session: Session, ledger_id: int) -> str:
    day = clock.today().strftime("%Y%m%d")
    serial = serials.take(session, ledger_id=ledger_id, name=f"order:{day}")
    return f"{books.get(session, ledger_id).code}-D{day}-{serial:04d}"


def _require_words(request: Request) -> None:
    if not request.title.strip() or len(request.title.strip()) > TITLE_MAX:
        raise ValidationFailed("say in a few words what is asked for", field="title")
    if len(request.text) > TEXT_MAX:
        raise ValidationFailed("too long", field="text")
