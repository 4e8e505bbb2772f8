"""A day at a shop: the till opens, members show a code and redeem, the shelf is counted.

Services are bought as vouchers, which the clerk honours two days later.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.ids import new_id
from app.cli.demo import shops
from app.cli.demo.world import Moment, Someone, at
from app.mall import redemptions, refunds, tills, vouchers
from app.mall.baskets import Basket, Item
from app.mall.models import Goods, Shop, Till
from app.people import codes

NO_PIN_MAX = 200
BETWEEN = timedelta(minutes=4)
HONOURED_AFTER = timedelta(days=2)
OPENS_AT = 9


@dataclass(frozen=True, slots=True)
class Sale:
    """One order: who takes one piece of which goods; `is_cancelled`: given back at once."""

    buyer: str
    number: str
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class ShopDay:
    """What a shop sells on a day; its clerk, and the book's people."""

    ledger_id: int
    shop: str
    day_on: date
    sales: tuple[Sale, ...]
    clerk: Someone
    people: dict[str, Someone]

    @property
    def opens_at(self) -> datetime:
        """When the till is opened."""
        return at(self.day_on, OPENS_AT)

    @property
    def name(self) -> str:
        """By which its moment is found again."""
        return day_name(self.shop, self.day_on)


def day_name(shop: str, day_on: date) -> str:
    """Name a shop's day."""
    return f"sales:{shop}:{day_on}"


def moments(days: Iterable[ShopDay]) -> list[Moment]:
    """Return the moments of shop days: each one whole."""
    return [Moment(day.opens_at, day.name, _living(day)) for day in days]


def lived(session: Session, ledger_id: int) -> set[str]:
    """Return the names of the shop days that the book has."""
    query = (
        sa.select(Shop.name, Till.opened_at)
        .join(Till, (Till.ledger_id == Shop.ledger_id) & (Till.shop_id == Shop.id))
        .where(Shop.ledger_id == ledger_id, Till.ledger_id == ledger_id)
    )
    return {day_name(row.name, clock.local_date(row.opened_at)) for row in session.execute(query)}


def _living(day: ShopDay) -> Callable[[Session], None]:
    def live(session: Session) -> None:
        ledger_id, clerk = day.ledger_id, day.clerk.actor
        shop_id = session.scalars(
            sa.select(Shop.id).where(Shop.ledger_id == ledger_id, Shop.name == day.shop)
        ).one()
        shelf = shops.goods_by_number(session, ledger_id, shop_id)
        till = tills.open_till(session, ledger_id=ledger_id, shop_id=shop_id, actor=clerk)
        for place, sale in enumerate(day.sales, 1):
            goods = shelf[sale.number]
            with clock.held_at(day.opens_at + BETWEEN * place):
                if goods.kind == "service":
                    _sell_voucher(session, day, sale, goods)
                else:
                    _sell(session, day, till.id, sale, goods)
        with clock.held_at(day.opens_at + BETWEEN * (len(day.sales) + 1)):
            _close(session, day, till.id, list(shelf.values()))

    return live


def _sell_voucher(session: Session, day: ShopDay, sale: Sale, goods: Goods) -> None:
    """Buy a service's voucher by phone (L8), and show it at the shop: its use posts nothing."""
    buyer = day.people[sale.buyer]
    issued = vouchers.issue(
        session,
        ledger_id=day.ledger_id,
        member_id=buyer.member_id,
        goods_id=goods.id,
        expected_points=goods.price_points,
        actor=buyer.actor,
    )
    with clock.held_at(clock.now() + HONOURED_AFTER):
        vouchers.use(
            session,
            ledger_id=day.ledger_id,
            shop_id=issued.voucher.shop_id,
            presented=issued.code.token,
            actor=day.clerk.actor,
        )


def _sell(session: Session, day: ShopDay, till_id: UUID, sale: Sale, goods: Goods) -> None:
    ledger_id, clerk = day.ledger_id, day.clerk.actor
    buyer = day.people[sale.buyer]
    code = codes.issue(session, ledger_id=ledger_id, member_id=buyer.member_id, purpose="redeem")
    spent = codes.consume(
        session,
        ledger_id=ledger_id,
        presented=code.token,
        purpose="redeem",
        used_by_id=clerk.person_id,
    )
    basket = Basket(
        till_id,
        spent.member_id,
        (Item(goods.id, 1),),
        confirmed_by="phone" if goods.price_points > NO_PIN_MAX else "none",
        presentation_id=new_id(),
    )
    slip = redemptions.redeem(
        session,
        ledger_id=ledger_id,
        basket=basket,
        expected_total_points=goods.price_points,
        actor=clerk,
    )
    if sale.is_cancelled:
        refunds.cancel(
            session,
            ledger_id=ledger_id,
            redemption_id=slip.redemption_id,
            reason="拿错商品，当场退回",
            actor=clerk,
        )


def _close(session: Session, day: ShopDay, till_id: UUID, shelf: Sequence[Goods]) -> None:
    for goods in shelf:
        session.refresh(goods)
    counted = {goods.id: goods.stock_count for goods in shelf if goods.kind == "goods"}
    tills.close(
        session,
        ledger_id=day.ledger_id,
        till_id=till_id,
        counted=counted,
        actor=day.clerk.actor,
    )
