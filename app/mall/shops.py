"""Shops (积分超市) under a node: opened, suspended, closed. One ledger account each."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.mall import merchants
from app.mall.errors import NameTaken, StateConflict
from app.mall.models import Merchant, Shop
from app.mall.models_shelf import SHOP_KINDS
from app.people import audit
from app.points import programmes

MAY_OPEN_SHOPS = ("approved", "signed", "listed")


def open_shop(
    session: Session,
    *,
    ledger_id: int,
    merchant_id: UUID,
    node_id: int,
    name: str,
    actor: Actor,
    kind: str = "store",
) -> Shop:
    """Open a shop of a merchant under a node of this book's programme.

    Args:
        kind: `store`, a 积分超市 that is counted as one, or `partner`: a merchant's place.

    Raises:
        NotFound: No such merchant or node.
        ValidationFailed: No name, or the node is of another book or has no points.
        StateConflict: The merchant is not approved.
        NameTaken: The node has a shop of this name.
    """
    merchant = merchants.get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    if merchant.state not in MAY_OPEN_SHOPS:
        raise StateConflict("the merchant is not approved", state=merchant.state)
    if not 0 < len(name.strip()) <= merchants.NAME_MAX:
        raise ValidationFailed("a shop needs a name", field="name")
    if kind not in SHOP_KINDS:
        raise ValidationFailed("no such kind of shop", field="kind")
    programme = programmes.of_node(session, tree.get(session, node_id))
    if programme.ledger_id != ledger_id or not programme.has_points:
        raise ValidationFailed("this place has no points programme of this book")
    row = {
        "ledger_id": ledger_id,
        "id": new_id(),
        "merchant_id": merchant_id,
        "node_id": node_id,
        "name": name.strip(),
        "state": "open",
        "kind": kind,
    }
    made = session.execute(insert_or_ignore(session, Shop).values(row).returning(Shop.id)).scalar()
    if made is None:
        raise NameTaken(f"shop {name}", name=name)
    _note(session, ledger_id, made, "opened", actor)
    return get(session, ledger_id=ledger_id, shop_id=made)


def get(session: Session, *, ledger_id: int, shop_id: UUID) -> Shop:
    """Return a shop of this book as it stands now.

    Raises:
        NotFound: There is none of this id.
    """
    query = sa.select(Shop).where(Shop.ledger_id == ledger_id, Shop.id == shop_id)
    shop = session.scalars(query.execution_options(populate_existing=True)).first()
    if shop is None:
        raise NotFound("no such shop")
    return shop


def hold(session: Session, *, ledger_id: int, shop_id: UUID) -> None:
    """Lock a shop, so that changes of its list of goods take turns.

    Raises:
        NotFound: There is none of this id.
    """
    query = sa.select(Shop.id).where(Shop.ledger_id == ledger_id, Shop.id == shop_id)
    if session.scalar(query.with_for_update(key_share=True)) is None:
        raise NotFound("no such shop")


def list_within(session: Session, *, ledger_id: int, node: Node) -> list[Shop]:
    """List the shops of a node and of everything below it, by name."""
    query = (
        sa.select(Shop)
        .join(Node, Node.id == Shop.node_id)
        .where(Shop.ledger_id == ledger_id, tree.within(Node.path, node))
        .order_by(Shop.name, Shop.id)
    )
    return list(session.scalars(query))


def selling_within(session: Session, *, ledger_id: int, node: Node) -> list[Shop]:
    """List the shops of a node and below it that sell today, by name: open, and agreed (M3)."""
    query = (
        sa.select(Shop)
        .join(Node, Node.id == Shop.node_id)
        .join(
            Merchant,
            sa.and_(Merchant.ledger_id == Shop.ledger_id, Merchant.id == Shop.merchant_id),
        )
        .where(
            Shop.ledger_id == ledger_id,
            Merchant.ledger_id == ledger_id,
            tree.within(Node.path, node),
            Shop.state == "open",
            merchants.trading(),
        )
        .order_by(Shop.name, Shop.id)
    )
    return list(session.scalars(query))


def suspend(session: Session, *, ledger_id: int, shop_id: UUID, actor: Actor) -> Shop:
    """Stop redemptions at a shop for now.

    Raises:
        StateConflict: It is not open.
    """
    return _step(session, ledger_id, shop_id, "open", "suspended", actor)


def reopen(session: Session, *, ledger_id: int, shop_id: UUID, actor: Actor) -> Shop:
    """Let a suspended shop redeem again.

    Raises:
        StateConflict: It is not suspended.
    """
    return _step(session, ledger_id, shop_id, "suspended", "open", actor)


def close(session: Session, *, ledger_id: int, shop_id: UUID, actor: Actor) -> Shop:
    """Close a shop that was suspended before; its history stays readable.

    Raises:
        StateConflict: It is not suspended.
    """
    return _step(session, ledger_id, shop_id, "suspended", "closed", actor)


def _step(
    session: Session, ledger_id: int, shop_id: UUID, before: str, after: str, actor: Actor
) -> Shop:
    shop = get(session, ledger_id=ledger_id, shop_id=shop_id)
    moved = session.execute(
        sa.update(Shop)
        .where(Shop.ledger_id == ledger_id, Shop.id == shop_id, Shop.state == before)
        .values(state=after)
        .returning(Shop.id)
        .execution_options(synchronize_session=False)
    )
    if moved.first() is None:
        raise StateConflict(f"a shop does not go to {after} from here", state=shop.state)
    _note(session, ledger_id, shop_id, after, actor)
    return get(session, ledger_id=ledger_id, shop_id=shop_id)


def _note(session: Session, ledger_id: int, shop_id: UUID, what: str, actor: Actor) -> None:
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action=f"shop_{what}",
        subject_kind="shop",
        subject_id=shop_id,
    )
