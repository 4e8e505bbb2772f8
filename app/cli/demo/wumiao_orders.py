"""架河武庙村积分超市 sells 40 times: two orders a day, one till opening a day."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.ids import new_id
from app.cli.demo import shops, wumiao
from app.cli.demo.places import VILLAGE
from app.cli.demo.world import BEGAN_ON, Moment, Someone, at, everyone, step, withdraw_proofs
from app.community import tree
from app.mall import redemptions, tills
from app.mall.baskets import Basket, Item
from app.mall.models import Redemption, Shop
from app.people import codes
from app.points import wallets

SHOP = "架河武庙村积分超市"
ORDERS = {"G05": 2, "G06": 2, "G02": 10, "G03": 8, "G04": 6, "G01": 12}
"""Orders by goods; the dear ones first, while the busy four still have their points."""

FIRST_ON = date(2025, 6, 10)
PER_DAY = 2


def open_shop(ledger_id: int) -> None:
    """Open the village's shop with a full shelf."""

    def work(session: Session) -> None:
        known = everyone(session, ledger_id)
        opening = shops.Opening(
            ledger_id=ledger_id,
            node=tree.by_code(session, VILLAGE),
            merchant="武庙村村民委员会",
            name=SHOP,
            shelf=shops.WUMIAO_SHELF,
            approver=known["wumiao-staff"].actor,
            clerk=known["ding"],
        )
        shops.open_shop(session, opening)

    step(at(BEGAN_ON, 15), work)


def sell(ledger_id: int) -> Iterator[int]:
    """Sell what is still to be sold, a day at a time; yield the day's orders."""
    for moment in moments(ledger_id):
        step(moment.at, moment.live)
        yield PER_DAY


def moments(ledger_id: int) -> list[Moment]:
    """Return the days of the shop, two orders each."""
    wanted = [number for number, count in ORDERS.items() for _ in range(count)]
    found = []
    for place, start in enumerate(range(0, len(wanted), PER_DAY)):
        day_on = FIRST_ON + timedelta(days=6 * place)
        numbers = wanted[start : start + PER_DAY]
        found.append(
            Moment(
                at(day_on, 10),
                f"wumiao:{day_on}",
                lambda session, d=day_on, n=numbers: _sell_day(session, ledger_id, d, n),  # type: ignore[misc]
            )
        )
    return found


def _sell_day(session: Session, ledger_id: int, day_on: date, numbers: list[str]) -> None:
    """Open the till, sell, count the shelf, close."""
    begins, ends = at(day_on, 0), at(day_on + timedelta(days=1), 0)
    shop_id = _shop_id(session, ledger_id)
    sold = sa.select(Redemption.id).where(
        Redemption.ledger_id == ledger_id,
        Redemption.shop_id == shop_id,
        Redemption.redeemed_at.between(begins, ends),
    )
    if session.scalar(sold.limit(1)):
        return
    withdraw_proofs(session, ledger_id)
    known = everyone(session, ledger_id)
    clerk = known["ding"].actor
    till = tills.open_till(session, ledger_id=ledger_id, shop_id=shop_id, actor=clerk)
    for number in numbers:
        goods = shops.goods_by_number(session, ledger_id, shop_id)[number]
        buyer = _richest(session, ledger_id, known)
        code = codes.issue(
            session, ledger_id=ledger_id, member_id=buyer.member_id, purpose="redeem"
        )
        spent = codes.consume(
            session,
            ledger_id=ledger_id,
            presented=code.token,
            purpose="redeem",
            used_by_id=clerk.person_id,
        )
        basket = Basket(till.id, spent.member_id, (Item(goods.id, 1),), presentation_id=new_id())
        redemptions.redeem(
            session,
            ledger_id=ledger_id,
            basket=basket,
            expected_total_points=goods.price_points,
            actor=clerk,
        )
    session.expire_all()
    counted = {
        each.id: each.stock_count
        for each in shops.goods_by_number(session, ledger_id, shop_id).values()
    }
    tills.close(session, ledger_id=ledger_id, till_id=till.id, counted=counted, actor=clerk)


def _richest(session: Session, ledger_id: int, known: dict[str, Someone]) -> Someone:
    """Return whoever has most points left: the first of equals."""
    buyers = [known[key] for key in wumiao.member_keys()]
    held = wallets.purses(
        session, ledger_id=ledger_id, holder_ids=[one.member_id for one in buyers]
    )
    today = clock.today()
    return max(buyers, key=lambda one: held[one.member_id].spendable_points(today))


def _shop_id(session: Session, ledger_id: int) -> UUID:
    query = sa.select(Shop.id).where(Shop.ledger_id == ledger_id, Shop.name == SHOP)
    return session.scalars(query).one()
