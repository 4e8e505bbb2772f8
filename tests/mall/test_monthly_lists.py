"""The month's list for everybody: what shops gave and what counting changed, without names."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from app.base import clock
from app.mall import monthly_lists, refunds, stock, vouchers
from tests.factories import mall as make

MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)
APRIL = datetime(2026, 4, 2, 4, tzinfo=UTC)
SAID = "温如许少拿一袋，电话 13800001234"


@pytest.fixture
def mall(stage):
    with clock.held_at(MARCH):
        yield stage.put_up(make.a_mall, "session")


def drawn(session, mall, period="2026-03"):
    named = {"ledger_id": mall.ledger_id, "node": mall.node, "period": period}
    return monthly_lists.draw(session, **named)


def test_d38_the_list_says_what_each_shop_gave_kind_by_kind(session, mall):
    salt, soap = (make.put_goods(session, mall, price=20, name=name) for name in ("食盐", "肥皂"))
    meal = make.put_goods(session, mall, price=80, kind="service", name="餐券")
    buyer = make.a_member(session, mall, points=400)
    make.redeem(session, mall, buyer, (salt, 2), (soap, 1))
    taken_back = make.redeem(session, mall, buyer, (soap, 1))
    refunds.refund(
        session, ledger_id=mall.ledger_id, redemption_id=taken_back.redemption_id,
        reason="拿错了", actor=mall.staff,
    )  # fmt: skip
    vouchers.issue(
        session, ledger_id=mall.ledger_id, member_id=buyer.id, goods_id=meal.id,
        expected_points=80, actor=mall.staff,
    )  # fmt: skip
    found = drawn(session, mall)
    (shop,) = found.shops
    assert [(one.name, one.kind, one.piece_count, one.points) for one in shop.goods] == [
        ("食盐", "goods", 2, 40),
        ("肥皂", "goods", 1, 20),
        ("餐券", "service", 1, 80),
    ]
    goods, service = shop.counts["goods"], shop.counts["service"]
    assert (goods.times_count, goods.piece_count, goods.points) == (1, 3, 60)
    assert (service.times_count, service.points) == (1, 80)
    assert found.sums == shop.counts
    assert found.is_over is False


def test_d38_a_month_takes_in_what_was_given_in_it_and_nothing_else(session, mall):
    salt = make.put_goods(session, mall, price=20)
    buyer = make.a_member(session, mall, points=100)
    make.redeem(session, mall, buyer, (salt, 2))
    with clock.held_at(APRIL):
        make.redeem(session, mall, buyer, (salt, 1))
        march, april = (drawn(session, mall, month) for month in ("2026-03", "2026-04"))
        assert (march.is_over, april.is_over) == (True, False)
    assert [one.sums["goods"].piece_count for one in (march, april)] == [2, 1]


def test_d38_differences_are_summed_by_goods_and_keep_nobodys_words(session, mall):
    salt = make.put_goods(session, mall, name="食盐")
    named = {"ledger_id": mall.ledger_id, "actor": mall.clerk, "reason": SAID}
    stock.count(session, counted={salt.id: 8}, **named)
    with clock.held_at(MARCH + timedelta(days=5)):
        stock.count(session, counted={salt.id: 9}, **named)
        stock.write_off(session, counts={salt.id: 3}, **named)
    (shop,) = drawn(session, mall).shops
    assert [(one.name, one.kind, one.change_count) for one in shop.changes] == [
        ("食盐", "count", -1),
        ("食盐", "write_off", -3),
    ]
    assert "reason" not in {field.name for field in dataclasses.fields(shop.changes[0])}
