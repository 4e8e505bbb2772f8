"""Figures of the shops: how often what was given out, each kind by itself (M5, P4, P9).

次 are completed redemptions with that kind in them, 件 are pieces; neither is ever added
over kinds: 446 gifts and 30 services are not 476 of anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.mall.models import Goods, Redemption, RedemptionLine, Shop, Voucher
from app.mall.models_shelf import GOODS_KINDS

IDLE_MAX = 2
"""A store with at most so many completed goods orders counts as idle (P9)."""


@dataclass(frozen=True, slots=True)
class KindCount:
    """One kind at one shop: how often, how many pieces, for how many points."""

    times_count: int = 0
    piece_count: int = 0
    points: int = 0

    def plus(self, other: "KindCount") -> "KindCount":
        """Add up two counts of the same kind."""
        return KindCount(
            self.times_count + other.times_count,
            self.piece_count + other.piece_count,
            self.points + other.points,
        )


@dataclass(frozen=True, slots=True)
class GoodsGiven:
    """One kind of goods that a shop gave: pieces, and points for them."""

    name: str
    kind: str
    piece_count: int
    points: int


Counts = Mapping[str, KindCount]
"""What a shop gave, by kind of goods; every kind is there, as 0 where nothing was given."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which orders count: a condition of redemptions, and the shops whose vouchers do."""

    at_tills: sa.ColumnElement[bool]
    voucher_shops: sa.Select[UUID]


def by_shop(
    session: Session,
    *,
    ledger_id: int,
    shop_ids: Sequence[UUID],
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    is_there: Where | None = None,
) -> dict[UUID, Counts]:
    """Count what each shop gave, by kind; not counted is what was taken back.

    Args:
        is_there: Only what counts at a place, as `order_places` says (M4).
    """
    found: dict[UUID, dict[str, KindCount]] = {
        one: dict.fromkeys(GOODS_KINDS, KindCount()) for one in shop_ids
    }
    at_tills, bought = _queries((Goods.kind,), ledger_id, shop_ids, begins_at, ends_at)
    if is_there is not None:
        at_tills = at_tills.where(is_there.at_tills)
        bought = bought.where(Voucher.shop_id.in_(is_there.voucher_shops))
    for query in (at_tills, bought):
        for shop_id, kind, *counts in session.execute(query):
            found[shop_id][kind] = found[shop_id][kind].plus(KindCount(*map(int, counts)))
    return dict(found)


def by_goods(
    session: Session,
    *,
    ledger_id: int,
    shop_ids: Sequence[UUID],
    begins_at: datetime,
    ends_at: datetime,
) -> dict[UUID, list[GoodsGiven]]:
    """List what each shop gave, the most pieces first; not counted is what was taken back."""
    columns = (Goods.number, Goods.name, Goods.kind)
    sums: dict[tuple[UUID, str, str, str], KindCount] = {}
    for query in _queries(columns, ledger_id, shop_ids, begins_at, ends_at):
        for *key, times, pieces, points in session.execute(query):
            count = KindCount(int(times), int(pieces), int(points))
            sums[tuple(key)] = sums.get(tuple(key), KindCount()).plus(count)
    found: dict[UUID, list[GoodsGiven]] = {one: [] for one in shop_ids}
    ordered = sorted(sums.items(), key=lambda each: (-each[1].piece_count, each[0][1]))
    for (shop_id, _number, name, kind), count in ordered:
        found[shop_id].append(GoodsGiven(name, kind, count.piece_count, count.points))
    return found


def total(shops: Sequence[Counts]) -> Counts:
    """Add up shops, each kind by itself."""
    sums = dict.fromkeys(GOODS_KINDS, KindCount())
    for counts in shops:
        for kind in GOODS_KINDS:
            sums[kind] = sums[kind].plus(counts[kind])
    return sums


def most_first(found: Sequence[Shop], counts: Mapping[UUID, Counts]) -> list[Shop]:
    """Put shops in the order of how often they gave out goods; of equal ones as they came (O20)."""
    return sorted(found, key=lambda one: -counts[one.id]["goods"].times_count)


def is_idle(shop: Shop, counts: Counts, at_most: int = IDLE_MAX) -> bool:
    """Whether a store that is not closed gave out goods so seldom (P9).

    A partner's place is no 积分超市 and never idle.
    """
    is_store = shop.kind == "store" and shop.state != "closed"
    return is_store and counts["goods"].times_count <= at_most


def _queries(
    columns: Sequence[Any],
    ledger_id: int,
    shop_ids: Sequence[UUID],
    begins_at: datetime | None,
    ends_at: datetime | None,
) -> list[sa.Select[Any]]:
    spans = (columns, ledger_id, shop_ids, begins_at, ends_at)
    return [_at_tills(*spans), _as_vouchers(*spans)]


def _at_tills(
    columns: Sequence[Any],
    ledger_id: int,
    shop_ids: Sequence[UUID],
    begins_at: datetime | None,
    ends_at: datetime | None,
) -> sa.Select[Any]:
    """Done redemptions by the goods of their lines, told apart by the columns."""
    pieces = RedemptionLine.quantity_count
    query: Any = (
        sa.select(
            Redemption.shop_id,
            *columns,
            sa.func.count(Redemption.id.distinct()),
            sa.func.sum(pieces),
            sa.func.sum(pieces * RedemptionLine.price_points),
        )
        .join(
            RedemptionLine,
            sa.and_(
                RedemptionLine.ledger_id == Redemption.ledger_id,
                RedemptionLine.redemption_id == Redemption.id,
            ),
        )
        .join(
            Goods,
            sa.and_(
                Goods.ledger_id == RedemptionLine.ledger_id,
                Goods.id == RedemptionLine.goods_id,
            ),
        )
        .where(
            Redemption.ledger_id == ledger_id,
            RedemptionLine.ledger_id == ledger_id,
            Goods.ledger_id == ledger_id,
            Redemption.shop_id.in_(shop_ids),
            Redemption.state == "done",
        )
        .group_by(Redemption.shop_id, *columns)
    )
    return _between(query, Redemption.redeemed_at, begins_at, ends_at)


def _as_vouchers(
    columns: Sequence[Any],
    ledger_id: int,
    shop_ids: Sequence[UUID],
    begins_at: datetime | None,
    ends_at: datetime | None,
) -> sa.Select[Any]:
    """Vouchers and places that were not returned, by the kind of what they are for."""
    query: Any = (
        sa.select(
            Voucher.shop_id,
            *columns,
            sa.func.count(),
            sa.func.count(),
            sa.func.sum(Voucher.total_points),
        )
        .join(Goods, sa.and_(Goods.ledger_id == Voucher.ledger_id, Goods.id == Voucher.goods_id))
        .where(
            Voucher.ledger_id == ledger_id,
            Goods.ledger_id == ledger_id,
            Voucher.shop_id.in_(shop_ids),
            Voucher.state.not_in(("returned", "lapsed")),
        )
        .group_by(Voucher.shop_id, *columns)
    )
    return _between(query, Voucher.issued_at, begins_at, ends_at)


def _between(
    query: sa.Select[Any], moment: Any, begins_at: datetime | None, ends_at: datetime | None
) -> sa.Select[Any]:
    if begins_at is not None:
        query = query.where(moment >= begins_at)
    if ends_at is not None:
        query = query.where(moment < ends_at)
    return query
