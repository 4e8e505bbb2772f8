"""Redeeming at the till: goods out, points in, in one transaction; and who may not."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import (
    ValidationFailed,
    VersionStale,
)
from app.base.ids import new_id
from app.ledger.errors import InsufficientPoints
from app.ledger.models import Journal, Transfer
from app.mall import clerks, goods, listings, shops
from app.mall.errors import GoodsNotOnSale, StockConflict
from app.mall.models import StockMovement
from app.people import inbox
from app.people.errors import CodeAlreadyUsed
from app.points import wallets
from tests.factories import mall as make
from tests.factories.points import spendable

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


def test_l3_points_go_to_the_shop_and_goods_leave_the_shelf(session, mall):
    member = make.a_member(session, mall, points=100)
    soap = make.put_goods(session, mall, price=60, stock_count=5)
    slip = make.redeem(session, mall, member, (soap, 1))
    assert spendable(session, member) == 40
    assert make.stock_of(session, mall, soap) == 4
    journal = session.scalars(
        sa.select(Journal).where(
            Journal.ledger_id == mall.ledger_id, Journal.key == f"redeem:{slip.redemption_id}"
        )
    ).one()
    redemption = listings.get(session, ledger_id=mall.ledger_id, redemption_id=slip.redemption_id)
    assert redemption.journal_id == journal.id
    assert (redemption.state, redemption.total_points) == ("done", 60)
    make.require_clean(session, mall.ledger_id)


def test_the_number_counts_the_redemptions_of_a_shanghai_day(session, mall):
    with clock.held_at(NOON):
        clerks.assign(
            session,
            ledger_id=mall.ledger_id,
            shop_id=mall.shop_id,
            person_id=mall.clerk.person_id,
            actor=mall.staff,
        )
        member = make.a_member(session, mall, points=100)
        salt = make.put_goods(session, mall)
        first, second = (make.redeem(session, mall, member, (salt, 1)) for _ in range(2))
    code = first.number.split("-")[0]
    assert [first.number, second.number] == [
        f"{code}-R20260301-0001",
        f"{code}-R20260301-0002",
    ]
    found = listings.by_number(session, ledger_id=mall.ledger_id, number=second.number)
    assert found.id == second.redemption_id


def test_the_slip_and_the_inbox_say_what_was_taken(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=20, name="食盐")
    slip = make.redeem(session, mall, member, (salt, 2))
    assert (slip.total_points, slip.member_name_masked, slip.shop_name) == (
        40,
        member.name_masked,
        "积分超市",
    )
    assert [(line.name, line.quantity_count, line.price_points) for line in slip.lines] == [
        ("食盐", 2, 20)
    ]
    told = inbox.list_for(session, ledger_id=mall.ledger_id, member_id=member.id)[0]
    assert (told.topic, told.facts) == (
        "debited",
        {"points": 40, "number": slip.number, "shop": "积分超市"},
    )


def test_the_same_goods_twice_in_a_basket_are_one_line(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    slip = make.redeem(session, mall, member, (salt, 1), (salt, 1))
    assert [line.quantity_count for line in slip.lines] == [2]
    assert make.stock_of(session, mall, salt) == 8


def test_d38_each_kind_of_goods_gets_its_movement(session, mall):
    member = make.a_member(session, mall, points=200)
    salt, soap = make.put_goods(session, mall), make.put_goods(session, mall, price=30)
    slip = make.redeem(session, mall, member, (salt, 2), (soap, 1))
    query = sa.select(StockMovement).where(
        StockMovement.ledger_id == mall.ledger_id,
        StockMovement.redemption_id == slip.redemption_id,
    )
    moved = {one.goods_id: one for one in session.scalars(query)}
    assert {goods_id: one.change_count for goods_id, one in moved.items()} == {
        salt.id: -2,
        soap.id: -1,
    }
    assert {(one.seq, one.stock_after) for one in moved.values()} == {(2, 8), (2, 9)}


def test_l9_a_gift_of_zero_points_posts_nothing(session, mall):
    member = make.a_member(session, mall)
    badge = make.put_goods(session, mall, price=0, kind="honour", stock_count=0)
    slip = make.redeem(session, mall, member, (badge, 1))
    redemption = listings.get(session, ledger_id=mall.ledger_id, redemption_id=slip.redemption_id)
    assert (redemption.journal_id, redemption.total_points) == (None, 0)
    assert make.stock_of(session, mall, badge) == 0
    make.require_clean(session, mall.ledger_id)


def test_e8_seven_points_short_is_refused_with_the_seven(session, mall):
    member = make.a_member(session, mall, points=37)
    oil = make.put_goods(session, mall, price=44)
    with make.refused(session, mall, InsufficientPoints, short_points=7):
        make.redeem(session, mall, member, (oil, 1))


def test_e9_the_first_expiring_points_go_first(session, mall):
    with clock.held_at(datetime(2026, 12, 30, 4, tzinfo=UTC)):
        member = make.a_member(session, mall, points=30, vintage_on=date(2026, 12, 31))
        make.ledger.issue(session, mall.ledger_id, member.id, 20, date(2027, 12, 31))
        soap = make.put_goods(session, mall, price=35)
        slip = make.redeem(session, mall, member, (soap, 1))
        held = wallets.holding(session, ledger_id=mall.ledger_id, member_id=member.id)
    assert held.lots == [(date(2027, 12, 31), 15)]
    amounts = session.scalars(
        sa.select(Transfer.amount)
        .join(Journal, Journal.id == Transfer.journal_id)
        .where(
            Transfer.ledger_id == mall.ledger_id,
            Journal.ledger_id == mall.ledger_id,
            Journal.source_id == slip.redemption_id,
        )
    )
    assert sorted(amounts) == [5, 30]


@pytest.mark.parametrize("quantity", [0, -1, 100, True])
def test_pieces_are_one_to_ninety_nine(session, mall, quantity):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    with make.refused(session, mall, ValidationFailed):
        make.redeem(session, mall, member, (salt, quantity), total=0)


def test_a_basket_adds_up_before_its_pieces_are_judged(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=0, stock_count=200)
    with make.refused(session, mall, ValidationFailed):
        make.redeem(session, mall, member, (salt, 60), (salt, 60))


def test_an_empty_basket_is_refused(session, mall):
    member = make.a_member(session, mall)
    with make.refused(session, mall, ValidationFailed):
        make.redeem(session, mall, member)


def test_a_price_changed_meanwhile_is_refused(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=20)
    goods.edit(
        session,
        ledger_id=mall.ledger_id,
        goods_id=salt.id,
        version=1,
        changes={"price_points": 25},
        actor=mall.staff,
    )
    with make.refused(session, mall, VersionStale, total_points=25):
        make.redeem(session, mall, member, (salt, 1), total=20)


def test_more_than_the_shelf_holds_is_refused_by_name(session, mall):
    member = make.a_member(session, mall, points=500)
    salt = make.put_goods(session, mall, stock_count=9)
    rice = make.put_goods(session, mall, stock_count=1, name="大米", person_period_max=5)
    with make.refused(session, mall, StockConflict) as caught:
        make.redeem(session, mall, member, (salt, 1), (rice, 2))
    (named,) = caught.value.facts["goods"]
    assert (named["name"], named["available_count"], named["wanted_count"]) == ("大米", 1, 2)


def test_goods_off_sale_are_refused(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    goods.edit(
        session,
        ledger_id=mall.ledger_id,
        goods_id=salt.id,
        version=1,
        changes={"is_on_sale": False},
        actor=mall.staff,
    )
    with make.refused(session, mall, GoodsNotOnSale):
        make.redeem(session, mall, member, (salt, 1))


def test_goods_of_another_shop_are_refused(session, mall):
    member = make.a_member(session, mall, points=100)
    here = mall.shop
    mall.shop = shops.open_shop(
        session,
        ledger_id=mall.ledger_id,
        merchant_id=mall.merchant.id,
        node_id=mall.node.id,
        name="另一家",
        actor=mall.staff,
    )
    elsewhere = make.put_goods(session, mall)
    mall.shop = here
    with make.refused(session, mall, GoodsNotOnSale):
        make.redeem(session, mall, member, (elsewhere, 1))


def test_d34_one_showing_of_a_code_pays_for_one_basket(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    shown = new_id()
    make.redeem(session, mall, member, (salt, 1), presentation_id=shown)
    with make.refused(session, mall, CodeAlreadyUsed):
        make.redeem(session, mall, member, (salt, 1), presentation_id=shown)
