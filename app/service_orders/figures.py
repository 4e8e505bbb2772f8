"""Figures of orders from rows: 收集, 办结, 办结率, 满意度; by kind and by place (T9, T10, T12, S4).

Shares are reckoned in decimal and rounded half up, never in floats, never cut off. What
was taken back by who asked is in none of them.
"""

from dataclasses import astuple, dataclass, fields
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import settings, tree
from app.community.models import Node
from app.service_orders import categories
from app.service_orders.models import Order, OrderCategory

GOOD_STARS = 4
"""Stars from which on who asked is content (S4)."""

PLACES = "order.percent_places"


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of orders. `overdue_count`: open and urged (督办); `unassigned_count`: open, not given
    to anybody yet.
    """

    filed_count: int = 0
    finished_count: int = 0
    rated_count: int = 0
    good_count: int = 0
    overdue_count: int = 0
    unassigned_count: int = 0

    @property
    def open_count(self) -> int:
        """Orders that are not done yet."""
        return self.filed_count - self.finished_count

    def finished_percent(self, places: int = 1) -> Decimal | None:
        """Return 办结率 in percent, rounded half up; None without orders (T9, T10)."""
        return percent(self.finished_count, self.filed_count, places)

    def good_percent(self, places: int = 1) -> Decimal | None:
        """Return 满意度: the share of rated orders with four stars or more (S4)."""
        return percent(self.good_count, self.rated_count, places)

    def __add__(self, other: "Figures") -> "Figures":
        """Return the counts of both together."""
        return Figures(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Which orders are counted: filed at a place or below it, from one instant to another."""

    ledger_id: int
    node: Node
    begins_at: datetime | None = None
    ends_at: datetime | None = None


def percent(part: int, whole: int, places: int = 1) -> Decimal | None:
    """Return part of whole in percent by decimal arithmetic, half up; None of nothing."""
    if not whole:
        return None
    step = Decimal(1).scaleb(-places)
    return (Decimal(part) * 100 / Decimal(whole)).quantize(step, ROUND_HALF_UP)


def places_at(session: Session, node: Node) -> int:
    """Return with how many decimals a place prints its shares (*setting*; T9 one, T10 two)."""
    return int(settings.read(session, node, PLACES)[PLACES])


def total(session: Session, cut: Cut) -> Figures:
    """Count all orders of a cut."""
    return Figures(*session.execute(sa.select(*_COUNTS).where(*_conditions(cut))).one())


def by_category(session: Session, cut: Cut) -> list[tuple[OrderCategory, Figures]]:
    """Count the orders of each kind, by code; kinds without any are left out."""
    query = sa.select(Order.category_code, *_COUNTS).where(*_conditions(cut))
    counted = {row[0]: Figures(*row[1:]) for row in session.execute(_grouped(query))}
    kinds = categories.list_of(session, ledger_id=cut.ledger_id, only_open=False)
    return [(kind, counted[kind.code]) for kind in kinds if kind.code in counted]


def hard(found: list[tuple[OrderCategory, Figures]]) -> Figures:
    """Return the 难题 among the figures by kind (T12)."""
    return sum((each for kind, each in found if kind.is_hard), Figures())


def by_place(session: Session, cut: Cut) -> list[tuple[Node, Figures]]:
    """Count the orders of the place itself and of each place right below it, by code.

    Places without orders are left out; the sum is `total`.
    """
    query = sa.select(Order.node_path, *_COUNTS).where(*_conditions(cut))
    rows = [(row[0], Figures(*row[1:])) for row in session.execute(_by_path(query))]
    below = tree.children(session, cut.node)
    found = []
    for node in (cut.node, *below):
        own = [each for path, each in rows if _belongs(path, node, cut.node)]
        if own:
            found.append((node, sum(own, Figures())))
    rest = [each for path, each in rows if not _is_listed(path, cut.node, below)]
    return _with_rest(found, cut.node, sum(rest, Figures()))


def _is_listed(path: str, outer: Node, below: list[Node]) -> bool:
    return path == outer.path or any(path.startswith(node.path) for node in below)


def _belongs(path: str, node: Node, outer: Node) -> bool:
    return path == node.path if node.id == outer.id else path.startswith(node.path)


def _with_rest(
    found: list[tuple[Node, Figures]], node: Node, rest: Figures
) -> list[tuple[Node, Figures]]:
    """Add the orders of places that are closed by now to those of the place above them."""
    if not rest.filed_count:
        return found
    own = next((each for place, each in found if place.id == node.id), Figures())
    return [(node, own + rest), *((place, each) for place, each in found if place.id != node.id)]


def _conditions(cut: Cut) -> list[sa.ColumnElement[bool]]:
    found = [
        Order.ledger_id == cut.ledger_id,
        tree.within(Order.node_path, cut.node),
        Order.state != "withdrawn",
    ]
    if cut.begins_at is not None:
        found.append(Order.filed_at >= cut.begins_at)
    if cut.ends_at is not None:
        found.append(Order.filed_at < cut.ends_at)
    return found


def _grouped(query: Any) -> Any:
    return query.group_by(Order.category_code)


def _by_path(query: Any) -> Any:
    return query.group_by(Order.node_path)


_OPEN = Order.state == "open"
_COUNTS = (
    sa.func.count(),
    sa.func.count().filter(Order.state == "finished"),
    sa.func.count(Order.rated_at),
    sa.func.count().filter(Order.stars >= GOOD_STARS),
    sa.func.count().filter(sa.and_(_OPEN, Order.escalated_at.is_not(None))),
    sa.func.count().filter(sa.and_(_OPEN, Order.step_no == 1)),
)
assert len(_COUNTS) == len(fields(Figures))
