"""Quote: what a basket would cost and everything that stands against it. Writes nothing.

Reads take no locks, so a redemption a moment later may still be refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import DomainError
from app.ledger.errors import InsufficientPoints
from app.mall import allowances, sale_rules, shelf, stall_shelf, standing
from app.mall.allowances import Deal
from app.mall.baskets import Basket
from app.mall.sale_rules import Ruled
from app.mall.shelf import OnShelf
from app.mall.standing import Standing
from app.people.errors import StepUpRequired
from app.points import wallets


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One kind of goods in the basket, with what stands against just this line."""

    goods_id: UUID
    number: str
    name: str
    quantity_count: int
    price_points: int
    refusals: tuple[DomainError, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What the till shows before the clerk presses the button.

    Attributes:
        refusals: What stands against the whole: shop, member, limits, points.
        needs_confirmation: Whether a PIN, the phone or a second staff would do.
    """

    member_name_masked: str
    balance_points: int
    total_points: int
    lines: tuple[QuoteLine, ...]
    refusals: tuple[DomainError, ...]
    needs_confirmation: bool

    @property
    def balance_after_points(self) -> int:
        """What would be left; below 0 when it does not suffice."""
        return self.balance_points - self.total_points

    @property
    def may_redeem(self) -> bool:
        """Whether nothing stands against it now."""
        return not self.refusals and not any(line.refusals for line in self.lines)


def quote(session: Session, *, ledger_id: int, basket: Basket, actor: Actor) -> Quote:
    """Say total, balance, balance after, and every reason why `redeem` would refuse.

    Raises:
        ValidationFailed: The basket itself is not sound.
        NotFound: Till, member or goods are not of this book.
    """
    wanted = basket.wanted()
    here = standing.read(session, ledger_id=ledger_id, basket=basket, actor=actor, for_update=False)
    seen = _seen(session, ledger_id, here, wanted)
    named: Any = {"ledger_id": ledger_id, "member_id": basket.member_id}
    ruled = sale_rules.at_till(session, **named, goods=seen)
    goods = ruled.goods
    held = wallets.holding(session, **named)
    total = sum(goods[goods_id].price_points * count for goods_id, count in wanted.items())
    deal = Deal(
        member_id=basket.member_id,
        clerk_person_id=actor.person_id,
        dealt_on=clock.today(),
        total_points=total,
        pieces=wanted,
        is_confirmed=basket.is_confirmed,
        household_id=here.home_id,
    )
    maxima = allowances.maxima(session, here.node_path)
    limited = allowances.would_refuse(
        session, ledger_id=ledger_id, deal=deal, goods=goods, maxima=maxima
    )
    whole: list[DomainError] = list(standing.refusals(here, actor))
    whole += [one for one in limited if "goods" not in one.facts]
    if total > held.spendable_points:
        whole.append(InsufficientPoints(short_points=total - held.spendable_points))
    lines = tuple(
        _line(goods[goods_id], count, here.shop_id, limited, ruled)
        for goods_id, count in wanted.items()
    )
    return Quote(
        member_name_masked=here.member_name_masked,
        balance_points=held.spendable_points,
        total_points=total,
        lines=lines,
        refusals=tuple(whole),
        needs_confirmation=any(isinstance(one, StepUpRequired) for one in whole),
    )


def _seen(
    session: Session, ledger_id: int, here: Standing, wanted: Mapping[UUID, int]
) -> dict[UUID, OnShelf]:
    """Read the goods on the shelf at which the till stands: the shop's, or a stall's (M4)."""
    named: Any = {"ledger_id": ledger_id, "goods_ids": wanted}
    if here.stall_id is None:
        goods = shelf.seen(session, **named)
    else:
        goods = stall_shelf.seen(session, **named, stall_id=here.stall_id)
    shelf.require_all(goods, wanted)
    return goods


def _line(
    one: OnShelf, count: int, shop_id: UUID, limited: list[DomainError], ruled: Ruled
) -> QuoteLine:
    """One line with its own refusals: on sale, stock, its offer, the member's month."""
    said = shelf.refusals({one.id: one}, wanted={one.id: count}, shop_id=shop_id)
    said += [ruled.refusals[one.id]] if one.id in ruled.refusals else []
    said += [refused for refused in limited if _names(refused, one.id)]
    return QuoteLine(one.id, one.number, one.name, count, one.price_points, tuple(said))


def _names(refused: DomainError, goods_id: UUID) -> bool:
    named: list[Mapping[str, str]] = refused.facts.get("goods", [])
    return any(one["goods_id"] == str(goods_id) for one in named)
