"""Stalls (集市摊): a shop sells for a day at another place, and counts what comes back (M4, A14).

Whoever opens one says which goods it takes along; they leave the shelf and stay the shop's.
After its day a stall sells nothing more by itself; it is closed by counting, or in the night
after its day by the clock, uncounted.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_for, insert_or_ignore
from app.mall import markets, shelf, shops, stall_shelf, stock
from app.mall.errors import NameTaken, ShopClosed, StallOver, StallTillOpen
from app.mall.markets import Market
from app.mall.models import Goods, Stall, StallGoods, Till
from app.mall.stall_shelf import AtStall
from app.mall.stock import Counted
from app.people import audit


def open_stall(
    session: Session,
    *,
    ledger_id: int,
    shop_id: UUID,
    market: Market,
    counts: Mapping[UUID, int],
    actor: Actor,
) -> Stall:
    """Open a shop's stall for a day, with the pieces it takes from the shelf, by goods.

    Raises:
        NotFound: No such shop or place, or goods of another.
        ShopClosed: The shop is not open.
        ValidationFailed: No place, one of another book, a day that is over, or not 1 piece
            or more.
        NameTaken: The shop has a stall at this place on this day.
        StockConflict: The shelf does not hold that many.
    """
    shop = shops.get(session, ledger_id=ledger_id, shop_id=shop_id)
    if shop.state != "open":
        raise ShopClosed(state=shop.state)
    markets.require_sound(session, ledger_id, market)
    row = {
        "ledger_id": ledger_id,
        "id": new_id(),
        "shop_id": shop_id,
        "place": market.place.strip(),
        "held_on": market.held_on,
        "state": "open",
        "opened_by_id": actor.person_id,
        "opened_at": clock.now(),
        "node_id": market.node_id or shop.node_id,
        "activity_id": market.activity_id,
    }
    insert = insert_or_ignore(session, Stall).values(row).returning(Stall.id)
    made = session.execute(insert).scalar()
    if made is None:
        raise NameTaken("a stall stands there on that day", name=market.place)
    _note(session, ledger_id, made, "stall_opened", actor, held_on=market.held_on.isoformat())
    return take(session, ledger_id=ledger_id, stall_id=made, counts=counts, actor=actor)


def take(
    session: Session, *, ledger_id: int, stall_id: UUID, counts: Mapping[UUID, int], actor: Actor
) -> Stall:
    """Take pieces from the shelf along to an open stall, by goods.

    Raises:
        NotFound: No such stall, or goods of another shop.
        StallOver: It was closed, or its day is over.
        ValidationFailed: No goods, or not 1 piece or more.
        StockConflict: The shelf does not hold that many, or they have no shelf.
    """
    stock.require_counts(counts, least=1)
    stall = open_one(session, ledger_id, stall_id)
    if stall.held_on < clock.today():
        raise StallOver(held_on=stall.held_on.isoformat())
    found = shelf.seen(session, ledger_id=ledger_id, goods_ids=counts, for_update=True)
    shelf.require_all(found, counts)
    if any(one.shop_id != stall.shop_id for one in found.values()):
        raise NotFound("goods of another shop")
    shelf.require_enough(found, counts)
    stall_shelf.shift(session, ledger_id=ledger_id, stock={}, reserved=counts)
    rows = [
        {
            "ledger_id": ledger_id,
            "stall_id": stall_id,
            "goods_id": goods_id,
            "taken_count": count,
            "left_count": count,
        }
        for goods_id, count in counts.items()
    ]
    insert = insert_for(session, StallGoods).values(rows)
    more = {
        "taken_count": StallGoods.taken_count + insert.excluded.taken_count,
        "left_count": StallGoods.left_count + insert.excluded.left_count,
    }
    keys = ["ledger_id", "stall_id", "goods_id"]
    session.execute(insert.on_conflict_do_update(index_elements=keys, set_=more))
    pieces = sum(counts.values())
    _note(session, ledger_id, stall_id, "stall_loaded", actor, pieces_count=pieces)
    return get(session, ledger_id=ledger_id, stall_id=stall_id)


def close_stall(
    session: Session,
    *,
    ledger_id: int,
    stall_id: UUID,
    counted: Mapping[UUID, int],
    reasons: Mapping[UUID, str],
    actor: Actor,
) -> list[Counted]:
    """Bring everything back to the shop, counted; each difference is posted with its reason.

    Raises:
        NotFound: No such stall.
        StallOver: It was closed before.
        StallTillOpen: A till stands there still: close the day on it first.
        ValidationFailed: Not all its goods were counted, or a difference has no reason.
    """
    stock.require_counts(counted, least=0)
    stall = open_one(session, ledger_id, stall_id)
    if _has_open_till(session, stall):
        raise StallTillOpen("close the stall's tills first")
    brought = goods_of(session, ledger_id=ledger_id, stall_id=stall_id)
    if {one.goods_id for one in brought} != set(counted):
        raise ValidationFailed("count all goods of the stall", field="counted")
    shelf.seen(session, ledger_id=ledger_id, goods_ids=counted, for_update=True)
    lines = [
        Counted(one.goods_id, one.number, one.name, one.left_count, counted[one.goods_id])
        for one in brought
    ]
    stock.require_reasons(lines, reasons)
    bring_back(session, stall, lines, reasons, actor)
    _write_counts(session, stall, lines, reasons)
    seal(session, stall, sum(line.difference_count for line in lines), actor)
    return lines


def get(session: Session, *, ledger_id: int, stall_id: UUID) -> Stall:
    """Return a stall of this book as it stands now.

    Raises:
        NotFound: There is none of this id.
    """
    query = sa.select(Stall).where(Stall.ledger_id == ledger_id, Stall.id == stall_id)
    stall = session.scalars(query.execution_options(populate_existing=True)).first()
    if stall is None:
        raise NotFound("no such stall")
    return stall


def list_of_shop(
    session: Session, *, ledger_id: int, shop_id: UUID, open_only: bool = False, limit: int = 50
) -> list[Stall]:
    """List a shop's stalls, the latest day first."""
    query = sa.select(Stall).where(Stall.ledger_id == ledger_id, Stall.shop_id == shop_id)
    if open_only:
        query = query.where(Stall.state == "open")
    query = query.order_by(Stall.held_on.desc(), Stall.id).limit(limit)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def goods_of(session: Session, *, ledger_id: int, stall_id: UUID) -> list[AtStall]:
    """List what a stall took along, by number."""
    query = (
        sa.select(
            Goods.id,
            Goods.number,
            Goods.name,
            StallGoods.taken_count,
            StallGoods.left_count,
            StallGoods.counted_count,
            StallGoods.reason,
            Goods.barcode,
        )
        .join(
            Goods,
            sa.and_(Goods.ledger_id == StallGoods.ledger_id, Goods.id == StallGoods.goods_id),
        )
        .where(
            StallGoods.ledger_id == ledger_id,
            Goods.ledger_id == ledger_id,
            StallGoods.stall_id == stall_id,
        )
        .order_by(Goods.number)
    )
    rows: Any = session.execute(query)
    return [AtStall(*row) for row in rows]


def open_one(session: Session, ledger_id: int, stall_id: UUID) -> Stall:
    """Hold a stall and return it; raises NotFound, or StallOver if it was closed."""
    stall = stall_shelf.hold(session, ledger_id=ledger_id, stall_id=stall_id)
    if stall is None:
        raise NotFound("no such stall")
    if stall.state != "open":
        raise StallOver(state=stall.state)
    return stall


def _has_open_till(session: Session, stall: Stall) -> bool:
    query = sa.select(Till.id).where(
        Till.ledger_id == stall.ledger_id, Till.stall_id == stall.id, Till.closed_at.is_(None)
    )
    return session.scalars(query.limit(1)).first() is not None


def bring_back(
    session: Session,
    stall: Stall,
    lines: list[Counted],
    reasons: Mapping[UUID, str],
    actor: Actor,
) -> None:
    """Put what was counted on the shelf; every line is a movement, differing or not."""
    changes = {line.goods_id: line.difference_count for line in lines}
    back = {line.goods_id: -line.expected_count for line in lines}
    moved = stall_shelf.shift(session, ledger_id=stall.ledger_id, stock=changes, reserved=back)
    shelf.record(
        session,
        ledger_id=stall.ledger_id,
        moved=moved,
        changes=changes,
        kind="count",
        actor=actor,
        reasons=reasons,
        stall_id=stall.id,
    )


def _write_counts(
    session: Session, stall: Stall, lines: list[Counted], reasons: Mapping[UUID, str]
) -> None:
    session.execute(
        sa.update(StallGoods),
        [
            {
                "ledger_id": stall.ledger_id,
                "stall_id": stall.id,
                "goods_id": line.goods_id,
                "counted_count": line.counted_count,
                "reason": reasons.get(line.goods_id) or None,
            }
            for line in lines
        ],
    )


def seal(session: Session, stall: Stall, difference_count: int | None, actor: Actor) -> None:
    """Close a stall that is held; no `difference_count`: nobody counted."""
    stall.state, stall.difference_count = "closed", difference_count
    stall.closed_by_id, stall.closed_at = actor.person_id, clock.now()
    session.flush()
    key: dict[str, Any] = {"ledger_id": stall.ledger_id, "stall_id": stall.id}
    _note(session, **key, action="stall_closed", actor=actor, difference_count=difference_count)


def _note(
    session: Session, ledger_id: int, stall_id: UUID, action: str, actor: Actor, **facts: object
) -> None:
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action=action,
        subject_kind="stall",
        subject_id=stall_id,
        **facts,
    )
