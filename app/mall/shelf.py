"""The shelf: every change of a stock count, conditional and set-based, and its movement (D38).

Movements are append-only and gapless per goods; each keeps the count it left.
Goods are locked in the order of their ids, so two tills never wait for each other
in a ring. Statements are built once per number of goods (hot path).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.db import Id
from app.base.errors import DomainError, NotFound
from app.mall.errors import GoodsNotOnSale, StockConflict
from app.mall.goods import COUNTED_KINDS
from app.mall.models import Goods, StockMovement

GOODS = cast(sa.Table, Goods.__table__)
MOVEMENT = cast(sa.Table, StockMovement.__table__)
SEEN = (
    GOODS.c.id,
    GOODS.c.shop_id,
    GOODS.c.number,
    GOODS.c.name,
    GOODS.c.kind,
    GOODS.c.price_points,
    GOODS.c.person_period_max,
    GOODS.c.is_on_sale,
    GOODS.c.stock_count,
    GOODS.c.reserved_count,
    GOODS.c.movement_count,
    GOODS.c.starts_at,
)
INSERT_MOVEMENT = MOVEMENT.insert()


@dataclass(frozen=True, slots=True)
class OnShelf:
    """Goods as one statement saw or left them; `stock_count` is pieces."""

    id: UUID
    shop_id: UUID
    number: str
    name: str
    kind: str
    price_points: int
    person_period_max: int | None
    is_on_sale: bool
    stock_count: int
    reserved_count: int
    movement_count: int
    starts_at: datetime | None

    @property
    def is_counted(self) -> bool:
        """Whether there is a shelf to count: an offer or an honour never runs out."""
        return self.kind in COUNTED_KINDS

    @property
    def available_count(self) -> int:
        """Pieces that may still be taken."""
        return self.stock_count - self.reserved_count


def sell(
    session: Session, *, ledger_id: int, shop_id: UUID, wanted: Mapping[UUID, int]
) -> dict[UUID, OnShelf]:
    """Take goods off a shop's shelf for a redemption; what is returned has the stock left.

    Args:
        wanted: Pieces by goods, each 1 or more.

    Raises:
        NotFound: Some goods are not of this book.
        GoodsNotOnSale: Some are not on sale in this shop.
        StockConflict: The shelf holds too few; the fact `goods` lists which.
    """
    changes = {goods_id: -count for goods_id, count in wanted.items()}
    moved = _change(session, ledger_id, changes, shop_id)
    if len(moved) < len(changes):
        missing = {goods_id: wanted[goods_id] for goods_id in changes if goods_id not in moved}
        found = seen(session, ledger_id=ledger_id, goods_ids=missing, for_update=True)
        for refusal in refusals(found, wanted=missing, shop_id=shop_id):
            raise refusal
        # A row that changed under our statement can slip out of it; it is locked now.
        again = {goods_id: changes[goods_id] for goods_id in missing}
        moved |= _change(session, ledger_id, again, shop_id)
    assert len(moved) == len(changes), "locked goods were refused without a reason"
    return moved


def move(session: Session, *, ledger_id: int, changes: Mapping[UUID, int]) -> dict[UUID, OnShelf]:
    """Add to (or take from) the shelf whatever its shop; signed pieces by goods.

    Raises:
        NotFound: Some goods are not of this book.
        StockConflict: It would leave fewer than none, or fewer than are reserved, or
            the goods have no shelf.
    """
    moved = _change(session, ledger_id, changes, None)
    if len(moved) < len(changes):
        missing = {goods_id: -changes[goods_id] for goods_id in changes if goods_id not in moved}
        found = seen(session, ledger_id=ledger_id, goods_ids=missing, for_update=True)
        require_all(found, missing)
        require_enough(found, missing)
        again = {goods_id: changes[goods_id] for goods_id in missing}
        moved |= _change(session, ledger_id, again, None)
    assert len(moved) == len(changes), "locked goods were refused without a reason"
    return moved


def seen(
    session: Session, *, ledger_id: int, goods_ids: Mapping[UUID, Any], for_update: bool = False
) -> dict[UUID, OnShelf]:
    """Read goods as they stand; `for_update` holds them, in the order of their ids."""
    query = sa.select(*SEEN).where(GOODS.c.ledger_id == ledger_id, GOODS.c.id.in_(goods_ids))
    query = query.order_by(GOODS.c.id)
    if for_update:
        query = query.with_for_update(key_share=True)
    rows: Any = session.connection().execute(query)
    return {row.id: OnShelf(*row) for row in rows}


def require_all(found: Mapping[UUID, OnShelf], wanted: Mapping[UUID, Any]) -> None:
    """Refuse when some goods were not found.

    Raises:
        NotFound: Some goods are not of this book.
    """
    if set(wanted) - set(found):
        raise NotFound("some goods are unknown here")


def require_enough(found: Mapping[UUID, OnShelf], wanted: Mapping[UUID, int]) -> None:
    """Refuse to take what the shelf does not hold.

    Raises:
        StockConflict: Too few, or goods without a shelf; the fact `goods` lists which.
    """
    short = [one for one in found.values() if _is_short(one, wanted) or not one.is_counted]
    if short:
        raise StockConflict("too few on the shelf", goods=_facts(short, wanted))


def refusals(
    found: Mapping[UUID, OnShelf], *, wanted: Mapping[UUID, int], shop_id: UUID
) -> list[DomainError]:
    """List why a shop cannot sell what is wanted; empty when it can.

    Raises:
        NotFound: Some goods are not of this book.
    """
    require_all(found, wanted)
    said: list[DomainError] = []
    idle = [one for one in found.values() if one.shop_id != shop_id or not one.is_on_sale]
    if idle:
        said.append(GoodsNotOnSale("not on sale here", goods=_facts(idle, wanted)))
    short = [one for one in found.values() if _is_short(one, wanted) and one.is_counted]
    if short:
        said.append(StockConflict("too few on the shelf", goods=_facts(short, wanted)))
    return said


def record(
    session: Session,
    *,
    ledger_id: int,
    moved: Mapping[UUID, OnShelf],
    changes: Mapping[UUID, int],
    kind: str,
    actor: Actor,
    **said: Any,
) -> None:
    """Write the movements of a change just made.

    `said`: `redemption_id`, `voucher_id`, `stall_id`, `reason`, and `reasons` by goods before it.
    """
    moved_at = clock.now()
    reasons: Mapping[UUID, str] = said.get("reasons", {})
    rows = [
        {
            "ledger_id": ledger_id,
            "goods_id": one.id,
            "seq": one.movement_count,
            "kind": kind,
            "change_count": changes[one.id],
            "stock_after": one.stock_count,
            "redemption_id": said.get("redemption_id"),
            "actor_id": actor.person_id,
            "reason": reasons.get(one.id) or said.get("reason"),
            "moved_at": moved_at,
            "stall_id": said.get("stall_id"),
            "reserved_after": one.reserved_count,
            "voucher_id": said.get("voucher_id"),
        }
        for one in moved.values()
        if one.is_counted
    ]
    if rows:
        session.connection().execute(INSERT_MOVEMENT, rows)


def _change(
    session: Session, ledger_id: int, changes: Mapping[UUID, int], shop_id: UUID | None
) -> dict[UUID, OnShelf]:
    """Change what can be changed; goods that fail a condition are left out of the answer."""
    values: dict[str, Any] = {"in_ledger": ledger_id, "in_shop": shop_id}
    for place, goods_id in enumerate(sorted(changes)):
        values[f"goods_{place}"] = goods_id
        values[f"change_{place}"] = changes[goods_id]
    if shop_id is None:
        del values["in_shop"]
    statement = _change_statement(len(changes), is_sale=shop_id is not None)
    rows = session.connection().execute(statement, values)
    return {row.id: OnShelf(*row) for row in rows}


@lru_cache(maxsize=256)
def _change_statement(size: int, *, is_sale: bool) -> Any:
    """Build the UPDATE for so many goods: locked in order, changed on condition."""
    in_ledger = sa.bindparam("in_ledger", type_=sa.BigInteger())
    ids = [sa.bindparam(f"goods_{place}", type_=Id()) for place in range(size)]
    counts = [sa.bindparam(f"change_{place}", type_=sa.Integer()) for place in range(size)]
    is_counted = GOODS.c.kind.in_(COUNTED_KINDS)
    change = sa.case(*[(GOODS.c.id == one, count) for one, count in zip(ids, counts, strict=True)])
    effect = sa.case((is_counted, change), else_=0)
    inner = GOODS.alias("held")
    held = (
        sa.select(inner.c.id)
        .where(inner.c.ledger_id == in_ledger, inner.c.id.in_(ids))
        .order_by(inner.c.id)
        .with_for_update(key_share=True)
    )
    statement = sa.update(GOODS).where(
        GOODS.c.ledger_id == in_ledger,
        GOODS.c.id.in_(held),
        GOODS.c.stock_count - GOODS.c.reserved_count + effect >= 0,
    )
    if is_sale:
        in_shop = sa.bindparam("in_shop", type_=Id())
        statement = statement.where(GOODS.c.shop_id == in_shop, GOODS.c.is_on_sale)
    else:
        statement = statement.where(is_counted)
    return statement.values(
        stock_count=GOODS.c.stock_count + effect,
        movement_count=GOODS.c.movement_count + sa.case((is_counted, 1), else_=0),
    ).returning(*SEEN)


def _is_short(one: OnShelf, wanted: Mapping[UUID, int]) -> bool:
    return one.available_count < wanted[one.id]


def _facts(some: Sequence[OnShelf], wanted: Mapping[UUID, int]) -> list[dict[str, Any]]:
    """What a person needs to know of goods that were refused."""
    return [
        {
            "goods_id": str(one.id),
            "number": one.number,
            "name": one.name,
            "available_count": one.available_count,
            "wanted_count": wanted[one.id],
        }
        for one in some
    ]
