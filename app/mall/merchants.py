"""Merchants: applied → approved → listed → suspended or closed, approved by another person (M3)."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.mall.errors import NameTaken, StateConflict
from app.mall.models import Merchant
from app.people import audit

DISCOUNT_RATE_BP_MAX = 10_000
NAME_MAX = 64


def apply(
    session: Session,
    *,
    ledger_id: int,
    node_id: int,
    name: str,
    actor: Actor,
    partner_class: str | None = None,
    discount_rate_bp: int = 10_000,
) -> Merchant:
    """File a merchant's application under a node.

    Args:
        discount_rate_bp: What the merchant is paid of the reference value when
            settled, in hundredths of a percent (D39).

    Raises:
        ValidationFailed: The name is empty or too long, or the rate is outside 0–10,000.
        NameTaken: The node has a merchant of this name.
    """
    is_named = 0 < len(name.strip()) <= NAME_MAX
    if not is_named or not 0 <= discount_rate_bp <= DISCOUNT_RATE_BP_MAX:
        raise ValidationFailed("a merchant needs a name and a rate of 0 to 10,000")
    row = {
        "ledger_id": ledger_id,
        "id": new_id(),
        "node_id": node_id,
        "name": name.strip(),
        "partner_class": partner_class,
        "state": "applied",
        "discount_rate_bp": discount_rate_bp,
        "applied_by_id": actor.person_id,
    }
    made = session.execute(insert_or_ignore(session, Merchant).values(row).returning(Merchant.id))
    merchant_id = made.scalar()
    if merchant_id is None:
        raise NameTaken(f"merchant {name}", name=name)
    _note(session, ledger_id, merchant_id, "applied", actor)
    return get(session, ledger_id=ledger_id, merchant_id=merchant_id)


def get(session: Session, *, ledger_id: int, merchant_id: UUID) -> Merchant:
    """Return a merchant of this book as it stands now.

    Raises:
        NotFound: There is none of this id.
    """
    query = sa.select(Merchant).where(Merchant.ledger_id == ledger_id, Merchant.id == merchant_id)
    merchant = session.scalars(query.execution_options(populate_existing=True)).first()
    if merchant is None:
        raise NotFound("no such merchant")
    return merchant


def list_within(session: Session, *, ledger_id: int, node: Node) -> list[Merchant]:
    """List the merchants of a node and of everything below it, by name."""
    query = (
        sa.select(Merchant)
        .join(Node, Node.id == Merchant.node_id)
        .where(Merchant.ledger_id == ledger_id, tree.within(Node.path, node))
        .order_by(Merchant.name, Merchant.id)
    )
    return list(session.scalars(query))


def approve(session: Session, *, ledger_id: int, merchant_id: UUID, actor: Actor) -> Merchant:
    """Approve an application; never one's own (A6).

    Raises:
        SecondPersonRequired: The actor filed the application.
        StateConflict: It was decided already.
    """
    merchant = get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    if actor.is_involved(merchant.applied_by_id):
        raise SecondPersonRequired("another person approves the merchant")
    return _step(session, merchant, ("applied",), "approved", actor, approved_by_id=actor.person_id)


def enlist(session: Session, *, ledger_id: int, merchant_id: UUID, actor: Actor) -> Merchant:
    """Put an approved merchant on the list (上架): from now on its shops may redeem.

    Raises:
        StateConflict: It is not approved.
    """
    merchant = get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    return _step(session, merchant, ("approved",), "listed", actor)


def suspend(session: Session, *, ledger_id: int, merchant_id: UUID, actor: Actor) -> Merchant:
    """Stop a merchant for now (停用): none of its shops may redeem.

    Raises:
        StateConflict: It is not approved or listed.
    """
    merchant = get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    return _step(session, merchant, ("approved", "listed"), "suspended", actor)


def resume(session: Session, *, ledger_id: int, merchant_id: UUID, actor: Actor) -> Merchant:
    """Put a suspended merchant on the list again.

    Raises:
        StateConflict: It is not suspended.
    """
    merchant = get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    return _step(session, merchant, ("suspended",), "listed", actor)


def close(session: Session, *, ledger_id: int, merchant_id: UUID, actor: Actor) -> Merchant:
    """Close a merchant for good, or turn its application down.

    Raises:
        StateConflict: It is closed already.
    """
    merchant = get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    states = ("applied", "approved", "listed", "suspended")
    return _step(session, merchant, states, "closed", actor)


def _step(
    session: Session,
    merchant: Merchant,
    from_states: tuple[str, ...],
    to_state: str,
    actor: Actor,
    **values: object,
) -> Merchant:
    """Move the merchant on, if it is still where this step begins."""
    ledger_id, merchant_id = merchant.ledger_id, merchant.id
    moved = session.execute(
        sa.update(Merchant)
        .where(
            Merchant.ledger_id == ledger_id,
            Merchant.id == merchant_id,
            Merchant.state.in_(from_states),
        )
        .values(state=to_state, **values)
        .returning(Merchant.id)
        .execution_options(synchronize_session=False)
    )
    if moved.first() is None:
        raise StateConflict(f"a merchant does not go to {to_state} from here", state=merchant.state)
    _note(session, ledger_id, merchant_id, to_state, actor)
    return get(session, ledger_id=ledger_id, merchant_id=merchant_id)


def _note(session: Session, ledger_id: int, merchant_id: UUID, state: str, actor: Actor) -> None:
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action=f"merchant_{state}",
        subject_kind="merchant",
        subject_id=merchant_id,
    )
