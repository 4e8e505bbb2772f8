"""Goods of a shop: what they are and what they cost. How many there are is `stock`'s to say.

Prices are whole points; nothing here is ever money (D33, D40).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed, VersionStale
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.mall import shops
from app.mall.errors import NameTaken
from app.mall.models import Goods
from app.mall.models_shelf import GOODS_KINDS
from app.people import audit

COUNTED_KINDS = ("goods", "service")
"""Kinds with a shelf: goods, and places of a class. An offer or an honour never runs out."""

PRICE_POINTS_MAX = 1_000_000
LIMIT_MAX = 10_000
RETURN_HOURS_MAX = 720
LENGTH_MAX = {"number": 24, "name": 64, "barcode": 32}
EDITABLE = {"name", "barcode", "price_points", "low_stock_count", "person_period_max", "is_on_sale"}


@dataclass(frozen=True, slots=True)
class GoodsTerms:
    """What a new kind of goods is.

    Attributes:
        number: The shop's own short number, shown to people.
        kind: `goods`, `service`, `offer` or `honour` (P8).
        price_points: For one piece; 0 is allowed (L9).
        low_stock_count: At or below this the shelf counts as low.
        person_period_max: Pieces per member and month; None: the setting (D35).
        starts_at: A class that begins then; its pieces are places (M6).
        return_hours: A place is given back until so many hours before it.
    """

    number: str
    name: str
    price_points: int
    kind: str = "goods"
    barcode: str | None = None
    low_stock_count: int = 0
    person_period_max: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    return_hours: int | None = None


def add(
    session: Session, *, ledger_id: int, shop_id: UUID, terms: GoodsTerms, actor: Actor
) -> Goods:
    """Add one kind of goods to a shop, with an empty shelf, on sale.

    Raises:
        NotFound, ValidationFailed, NameTaken: As `add_many`.
    """
    made = add_many(session, ledger_id=ledger_id, shop_id=shop_id, terms=(terms,), actor=actor)
    return made[0]


def add_many(
    session: Session, *, ledger_id: int, shop_id: UUID, terms: Sequence[GoodsTerms], actor: Actor
) -> list[Goods]:
    """Add several kinds of goods to a shop in one go, all or none; in the order given.

    Raises:
        NotFound: No such shop.
        ValidationFailed: A name is empty, a kind unknown, or a number out of range.
        NameTaken: A number or barcode is in use in this shop.
    """
    shops.hold(session, ledger_id=ledger_id, shop_id=shop_id)
    rows = [_row(ledger_id, shop_id, one) for one in terms]
    insert = insert_or_ignore(session, Goods).returning(Goods.id)
    made = set(session.scalars(insert, rows)) if rows else set()
    for row in rows:
        if row["id"] not in made:
            raise NameTaken("number or barcode in use", number=row["number"])
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="goods_added",
        subject_kind="shop",
        subject_id=shop_id,
        numbers=[row["number"] for row in rows],
    )
    found = by_ids(session, ledger_id=ledger_id, goods_ids=[row["id"] for row in rows])
    return [found[row["id"]] for row in rows]


def edit(
    session: Session,
    *,
    ledger_id: int,
    goods_id: UUID,
    version: int,
    changes: Mapping[str, Any],
    actor: Actor,
) -> Goods:
    """Change what may be changed of goods, if nobody changed them since `version` was read.

    Number and kind stay; the stock moves only through `stock`.

    Raises:
        NotFound: No such goods.
        ValidationFailed: A field is not editable or its value is out of range.
        VersionStale: Somebody was faster.
        NameTaken: The barcode is in use in this shop.
    """
    if not changes or set(changes) - EDITABLE:
        raise ValidationFailed("these fields are not changed here")
    _require_sound(changes)
    before = get(session, ledger_id=ledger_id, goods_id=goods_id)
    old = {name: getattr(before, name) for name in changes}
    _require_barcode_free(session, before, changes.get("barcode"))
    changed = session.execute(
        sa.update(Goods)
        .where(Goods.ledger_id == ledger_id, Goods.id == goods_id, Goods.version == version)
        .values(**changes, version=version + 1)
        .returning(Goods.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise VersionStale("the goods were changed meanwhile", version=before.version)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="goods_edited",
        subject_kind="goods",
        subject_id=goods_id,
        before=old,
        after=dict(changes),
    )
    return get(session, ledger_id=ledger_id, goods_id=goods_id)


def get(session: Session, *, ledger_id: int, goods_id: UUID) -> Goods:
    """Return goods of this book as they stand now.

    Raises:
        NotFound: There are none of this id.
    """
    found = by_ids(session, ledger_id=ledger_id, goods_ids=[goods_id])
    if goods_id not in found:
        raise NotFound("no such goods")
    return found[goods_id]


def by_ids(session: Session, *, ledger_id: int, goods_ids: Sequence[UUID]) -> dict[UUID, Goods]:
    """Return the goods of these ids that exist, as they stand now."""
    query = sa.select(Goods).where(Goods.ledger_id == ledger_id, Goods.id.in_(goods_ids))
    found = session.scalars(query.execution_options(populate_existing=True))
    return {one.id: one for one in found}


def find(session: Session, *, ledger_id: int, shop_id: UUID, scanned: str) -> Goods | None:
    """Find goods of a shop by barcode, else by number, as the clerk scans or types it."""
    query = (
        sa.select(Goods)
        .where(
            Goods.ledger_id == ledger_id,
            Goods.shop_id == shop_id,
            sa.or_(Goods.barcode == scanned, Goods.number == scanned),
        )
        .order_by(Goods.id)
    )
    matches = session.scalars(query.execution_options(populate_existing=True))
    return max(matches, key=lambda one: one.barcode == scanned, default=None)


def list_of_shop(
    session: Session, *, ledger_id: int, shop_id: UUID, on_sale_only: bool = False
) -> list[Goods]:
    """List a shop's goods by number."""
    query = sa.select(Goods).where(Goods.ledger_id == ledger_id, Goods.shop_id == shop_id)
    if on_sale_only:
        query = query.where(Goods.is_on_sale)
    query = query.order_by(Goods.number).execution_options(populate_existing=True)
    return list(session.scalars(query))


def list_low(session: Session, *, ledger_id: int, shop_id: UUID) -> list[Goods]:
    """List what a shop should order: goods on sale at or below their low mark."""
    query = (
        sa.select(Goods)
        .where(
            Goods.ledger_id == ledger_id,
            Goods.shop_id == shop_id,
            Goods.is_on_sale,
            Goods.kind.in_(COUNTED_KINDS),
            Goods.stock_count - Goods.reserved_count <= Goods.low_stock_count,
        )
        .order_by(Goods.number)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def require_terms(terms: GoodsTerms) -> None:
    """Refuse terms that may not stand, whatever the shop has.

    Raises:
        ValidationFailed: A name is empty, a kind unknown, or a number out of range.
    """
    _require_sound(asdict(terms))
    if terms.kind not in GOODS_KINDS:
        raise ValidationFailed("no such kind of goods", kind=terms.kind)
    _require_session(terms)


def _require_session(terms: GoodsTerms) -> None:
    """Refuse a class that is no service, or has no sound time."""
    said = (terms.starts_at, terms.ends_at, terms.return_hours)
    if all(one is None for one in said):
        return
    if terms.kind != "service" or terms.starts_at is None or terms.ends_at is None:
        raise ValidationFailed("a class is a service with a beginning and an end", field="kind")
    if terms.ends_at <= terms.starts_at:
        raise ValidationFailed("the class ends before it begins", field="ends_at")
    if not 0 <= (terms.return_hours or 0) <= RETURN_HOURS_MAX:
        raise ValidationFailed("return_hours is out of range", field="return_hours")


def _row(ledger_id: int, shop_id: UUID, terms: GoodsTerms) -> dict[str, Any]:
    require_terms(terms)
    return {
        **asdict(terms),
        "ledger_id": ledger_id,
        "id": new_id(),
        "shop_id": shop_id,
        "stock_count": 0,
        "reserved_count": 0,
        "movement_count": 0,
        "is_on_sale": True,
        "version": 1,
    }


def _require_barcode_free(session: Session, goods: Goods, barcode: str | None) -> None:
    """Refuse a barcode of other goods; the shop is held, so that nobody takes it meanwhile."""
    if barcode is None:
        return
    shops.hold(session, ledger_id=goods.ledger_id, shop_id=goods.shop_id)
    query = sa.select(Goods.id).where(
        Goods.ledger_id == goods.ledger_id,
        Goods.shop_id == goods.shop_id,
        Goods.barcode == barcode,
        Goods.id != goods.id,
    )
    if session.scalar(query) is not None:
        raise NameTaken("this barcode is in use", barcode=barcode)


def _require_sound(fields: Mapping[str, Any]) -> None:
    """Refuse empty or long texts and amounts out of range, whichever of them are given."""
    for name, most in LENGTH_MAX.items():
        text = fields.get(name, "x")
        if text is None and name == "barcode":
            continue
        if not isinstance(text, str) or not 0 < len(text.strip()) <= len(text) <= most:
            raise ValidationFailed(f"{name} is empty or too long", field=name)
    if type(fields.get("is_on_sale", True)) is not bool:
        raise ValidationFailed("on sale or not", field="is_on_sale")
    bounds = {
        "price_points": (0, PRICE_POINTS_MAX),
        "low_stock_count": (0, LIMIT_MAX),
        "person_period_max": (1, LIMIT_MAX),
    }
    for name, (least, most) in bounds.items():
        value = fields.get(name)
        may_be_left_out = name not in fields or name == "person_period_max"
        if value is None and may_be_left_out:
            continue
        if type(value) is not int or not least <= value <= most:
            raise ValidationFailed(f"{name} is out of range", field=name)
