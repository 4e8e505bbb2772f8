"""Kinds of orders in a book: who takes them, by when, and what the work counts as (T8, T12)."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_for
from app.points import activity_types, programmes
from app.service_orders.models import HANDLER_KINDS, OrderCategory

HOURS_MAX = 8_760


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of order. Without `credit_category_code` its work earns nothing."""

    code: str
    name: str
    handler_kind: str = "volunteer"
    due_hours: int = 72
    credit_category_code: str | None = None
    is_hard: bool = False
    is_open: bool = True


def put(session: Session, *, ledger_id: int, kind: Kind) -> OrderCategory:
    """Add a kind of order, or change it; orders keep the kind's code.

    Raises:
        ValidationFailed: Unknown handler, hours out of range, credit for paid hands.
        NotFound: There is no such points category.
        CountedInCases: It counts in 件, which a case number shares out (C33).
    """
    if kind.handler_kind not in HANDLER_KINDS or not 1 <= kind.due_hours <= HOURS_MAX:
        raise ValidationFailed("unknown handler or hours out of range", field="due_hours")
    if kind.credit_category_code is not None:
        if kind.handler_kind != "volunteer":
            raise ValidationFailed("paid hands earn nothing", field="credit_category_code")
        programme = programmes.of_ledger(session, ledger_id)
        activity_types.require_each_own(session, programme, kind.credit_category_code)
    values = asdict(kind)
    insert = insert_for(session, OrderCategory).values(ledger_id=ledger_id, **values)
    changed = insert.on_conflict_do_update(
        index_elements=["ledger_id", "code"],
        set_={name: value for name, value in values.items() if name != "code"},
    )
    session.execute(changed)
    return get(session, ledger_id=ledger_id, code=kind.code)


def get(session: Session, *, ledger_id: int, code: str) -> OrderCategory:
    """Return a kind of order.

    Raises:
        NotFound: There is none of this code in the book.
    """
    query = sa.select(OrderCategory).where(
        OrderCategory.ledger_id == ledger_id, OrderCategory.code == code
    )
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such kind of order")
    return found


def list_of(session: Session, *, ledger_id: int, only_open: bool = True) -> list[OrderCategory]:
    """List a book's kinds of orders by code."""
    query = sa.select(OrderCategory).where(OrderCategory.ledger_id == ledger_id)
    if only_open:
        query = query.where(OrderCategory.is_open.is_(True))
    return list(session.scalars(query.order_by(OrderCategory.code)))
