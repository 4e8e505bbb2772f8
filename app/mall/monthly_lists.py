"""The month's list of a place's shops for everybody: what was given, what counting changed (D38).

It is made of counts alone. Nobody who came or served is in it, and no reason that somebody
typed, for a name may stand in it. 次 and 件 are counted kind by kind, as in `figures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.months import bounds, months
from app.community.models import Node
from app.mall import figures, shops, stock
from app.mall.figures import Counts, GoodsGiven
from app.mall.models import Shop
from app.points import programmes
from app.points.models import Programme


@dataclass(frozen=True, slots=True)
class StockChange:
    """What counting (`count`) or writing off (`write_off`) changed of one kind of goods."""

    name: str
    kind: str
    change_count: int


@dataclass(frozen=True, slots=True)
class ShopMonth:
    """One shop's month."""

    shop: Shop
    counts: Counts
    goods: tuple[GoodsGiven, ...]
    changes: tuple[StockChange, ...]


@dataclass(frozen=True, slots=True)
class MonthlyList:
    """The list of a place; `sums` add up all its shops, each kind by itself."""

    begins_on: date
    ends_on: date
    is_over: bool
    shops: tuple[ShopMonth, ...]
    sums: Counts


def of_place(session: Session, *, node: Node, period: str) -> tuple[Programme, MonthlyList]:
    """Return a place's programme and the list of one of the months that everybody may read (D38).

    Raises:
        NotFound: That month is not shown, or the programme keeps hours only.
        NoProgramme: The place has none.
    """
    if period not in months():
        raise NotFound("no such month is shown")
    programme = programmes.of_node(session, node)
    if not programme.has_points:
        raise NotFound("this programme keeps hours only")
    return programme, draw(session, ledger_id=programme.ledger_id, node=node, period=period)


def draw(session: Session, *, ledger_id: int, node: Node, period: str) -> MonthlyList:
    """Return the list of a month (2026-03) of a place and all below it."""
    begins_on, ends_on = bounds(period)
    found = shops.list_within(session, ledger_id=ledger_id, node=node)
    span: dict[str, Any] = {
        "ledger_id": ledger_id,
        "shop_ids": [one.id for one in found],
        "begins_at": clock.local_instant(begins_on),
        "ends_at": clock.local_instant(ends_on),
    }
    counts = figures.by_shop(session, **span)
    given = figures.by_goods(session, **span)
    changes = stock.differences_by_shop(session, **span)
    return MonthlyList(
        begins_on=begins_on,
        ends_on=ends_on,
        is_over=clock.today() >= ends_on,
        shops=tuple(
            ShopMonth(one, counts[one.id], tuple(given[one.id]), _summed(changes[one.id]))
            for one in found
        ),
        sums=figures.total([counts[one.id] for one in found]),
    )


def _summed(differences: Sequence[stock.Difference]) -> tuple[StockChange, ...]:
    """Add up a month's corrections by goods and kind; without anybody's words."""
    sums: dict[tuple[str, str, str], int] = {}
    for one in differences:
        key = (one.number, one.name, one.kind)
        sums[key] = sums.get(key, 0) + one.change_count
    return tuple(StockChange(name, kind, count) for (_no, name, kind), count in sums.items())
