"""Hands: who may do an order, and whether it is their paid work here (K9, A5).

A duty that is paid at the place (红管家, 专职网格员) or an office there makes it paid work;
any other member is a volunteer, and may take what volunteers do.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import ValidationFailed
from app.community import tree
from app.people import duties, duty_pay, members, roles
from app.service_orders.models import Order

PAID_OFFICES = ("staff", "administrator")
TAKES_ORDERS = "take_orders"


def kind_of(session: Session, *, order: Order, person_id: UUID) -> str:
    """Return `staff` if an order is paid work for this person, else `volunteer`.

    Raises:
        ValidationFailed: They are no member and hold no office here; or it is paid hands'
            work, and they have no duty to take orders either.
        MemberNotActive: The membership stands no more.
    """
    member = members.find_of_person(session, ledger_id=order.ledger_id, person_id=person_id)
    node = tree.get(session, order.node_id)
    if member is not None and duty_pay.is_paid_at(
        session,
        ledger_id=order.ledger_id,
        member_id=member.id,
        node_id=node.id,
        on=clock.today(),
    ):
        return "staff"
    if roles.has(session, person_id=person_id, roles=PAID_OFFICES, node=node):
        return "staff"
    if member is None:
        raise ValidationFailed("nobody who may take this on", field="handler_id")
    members.require_active(member)
    if order.handler_kind == "staff" and not duties.may(
        session, ledger_id=order.ledger_id, member_id=member.id, act=TAKES_ORDERS, node=node
    ):
        raise ValidationFailed("this is paid hands' work", field="handler_id")
    return "volunteer"
