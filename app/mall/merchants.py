"""Merchants: applied → approved → signed → listed → suspended or closed (M3).

申请 → 审核 (by another person) → 签约 → 上架 → 停用. Partners are of five classes exactly (T16).
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import terms, tree
from app.community.models import Node
from app.mall.errors import AgreementOver, NameTaken, StateConflict
from app.mall.models import Merchant
from app.people import audit

DISCOUNT_RATE_BP_MAX = 10_000
NAME_MAX = 64
AGREEMENT_NO_MAX = 40


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
        partner_class: A code of the place's list (T16); None for a committee's own store.
        discount_rate_bp: What the merchant is paid of the reference value when
            settled, in hundredths of a percent (D39).

    Raises:
        ValidationFailed: The name is empty or too long, the rate is outside 0–10,000,
            or there is no such class.
        NameTaken: The node has a merchant of this name.
    """
    is_named = 0 < len(name.strip()) <= NAME_MAX
    if not is_named or not 0 <= discount_rate_bp <= DISCOUNT_RATE_BP_MAX:
        raise ValidationFailed("a merchant needs a name and a rate of 0 to 10,000")
    if partner_class is not None:
        node = tree.get(session, node_id)
        terms.require_offered(session, node, terms.PARTNER_CLASS, partner_class)
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


def list_within(
    session: Session, *, ledger_id: int, node: Node, partner_class: str | None = None
) -> list[Merchant]:
    """List the merchants of a node and of everything below it, by name; of one class if given."""
    query = (
        sa.select(Merchant)
        .join(Node, Node.id == Merchant.node_id)
        .where(Merchant.ledger_id == ledger_id, tree.within(Node.path, node))
        .order_by(Merchant.name, Merchant.id)
    )
    if partner_class is not None:
        query = query.where(Merchant.partner_class == partner_class)
    return list(session.scalars(query))


def by_ids(
    session: Session, *, ledger_id: int, merchant_ids: Collection[UUID]
) -> dict[UUID, Merchant]:
    """Return the merchants of these ids that exist."""
    query = sa.select(Merchant).where(
        Merchant.ledger_id == ledger_id, Merchant.id.in_(merchant_ids)
    )
    return {one.id: one for one in session.scalars(query)}


def trading() -> sa.ColumnElement[bool]:
    """The condition that a merchant sells today: listed, and within its agreement (M3)."""
    is_agreed = sa.or_(
        Merchant.agreed_until_on.is_(None), Merchant.agreed_until_on >= clock.today()
    )
    return sa.and_(Merchant.state == "listed", is_agreed)


def agreement_over(until_on: date | None) -> AgreementOver | None:
    """Return the refusal of a sale after the last day agreed; None while it stands (M3)."""
    if until_on is None or until_on >= clock.today():
        return None
    return AgreementOver(agreed_until_on=until_on.isoformat())


def list_ending(session: Session, *, ledger_id: int, node: Node, until_on: date) -> list[Merchant]:
    """List the listed merchants of a place whose agreement ends by a day, or has ended."""
    query = (
        sa.select(Merchant)
        .join(Node, Node.id == Merchant.node_id)
        .where(
            Merchant.ledger_id == ledger_id,
            tree.within(Node.path, node),
            Merchant.state == "listed",
            Merchant.agreed_until_on <= until_on,
        )
        .order_by(Merchant.agreed_until_on, Merchant.name)
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


def sign(
    session: Session,
    *,
    ledger_id: int,
    merchant_id: UUID,
    agreement_no: str,
    from_on: date,
    until_on: date,
    actor: Actor,
) -> Merchant:
    """Note the agreement that an approved merchant signed (签约), or its renewal.

    Raises:
        ValidationFailed: No number, or the last day lies before the first.
        StateConflict: It is not approved yet, or was closed.
    """
    if not 0 < len(agreement_no.strip()) <= AGREEMENT_NO_MAX:
        raise ValidationFailed("an agreement has a number", field="agreement_no")
    if until_on < from_on:
        raise ValidationFailed("the last day lies before the first", field="until_on")
    merchant = get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    agreed = {
        "agreement_no": agreement_no.strip(),
        "agreed_from_on": from_on,
        "agreed_until_on": until_on,
    }
    if merchant.state in ("listed", "suspended"):
        return _step(session, merchant, (merchant.state,), merchant.state, actor, **agreed)
    return _step(session, merchant, ("approved", "signed"), "signed", actor, **agreed)


def enlist(session: Session, *, ledger_id: int, merchant_id: UUID, actor: Actor) -> Merchant:
    """Put a merchant that signed on the list (上架): from now on its shops may redeem.

    Raises:
        StateConflict: It has not signed.
    """
    merchant = get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    return _step(session, merchant, ("signed",), "listed", actor)


def suspend(session: Session, *, ledger_id: int, merchant_id: UUID, actor: Actor) -> Merchant:
    """Stop a merchant for now (停用): none of its shops may redeem.

    Raises:
        StateConflict: It is not listed.
    """
    merchant = get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    return _step(session, merchant, ("listed",), "suspended", actor)


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
    states = ("applied", "approved", "signed", "listed", "suspended")
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
