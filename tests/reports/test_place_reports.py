"""A place's report: shares as the field says them; services, merchants and their offers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.base import clock
from app.mall import merchants, offer_uses, offers, shops, voucher_returns, vouchers
from app.mall.offers import OfferTerms
from app.reports import place_reports
from tests.factories import mall as make
from tests.factories import people

MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("part", "whole", "places", "said"),
    [
        (1_710, 1_764, 1, "96.9"),
        (1_709, 1_764, 1, "96.9"),
        (1_708, 1_764, 1, "96.8"),
        (1_635, 1_710, 1, "95.6"),
        (7_786, 7_869, 2, "98.95"),
        (7_785, 7_869, 2, "98.93"),
        (7_787, 7_869, 2, "98.96"),
    ],
)
def test_t9_t10_a_share_is_rounded_half_up_and_never_cut_off(part, whole, places, said):
    assert place_reports.percent(part, whole, places) == Decimal(said)


@pytest.fixture
def mall(stage):
    with clock.held_at(MARCH):
        yield stage.put_up(make.a_mall, "session")


def told(session, mall, *codes, on=None):
    scope = place_reports.scope_of(
        session, ledger_id=mall.ledger_id, node=mall.node, as_of_on=on or clock.today()
    )
    return [place_reports.value(session, scope, place_reports.LINES[code]) for code in codes]


def test_l8_m5_a_service_is_told_by_its_voucher_and_by_no_line_of_goods(session, mall):
    member = make.a_member(session, mall, points=200)
    meal = make.put_goods(session, mall, price=80, kind="service", name="长者食堂餐券")
    named = {"ledger_id": mall.ledger_id, "actor": people.acting(member)}
    bought = [
        vouchers.issue(
            session, **named, member_id=member.id, goods_id=meal.id, expected_points=80
        ).voucher
        for _ in range(2)
    ]
    with clock.held_at(MARCH + timedelta(days=1)):
        voucher_returns.give_back(session, **named, member_id=member.id, voucher_id=bought[1].id)
        today = told(session, mall, "service_orders", "service_points", "goods_orders")
        yesterday = told(session, mall, "service_orders", "service_points", on=MARCH.date())
        book = place_reports.totals(session, ledger_id=mall.ledger_id, as_of_on=clock.today())
    assert (today, yesterday) == ([1, 80, 0], [2, 160])
    assert (book.redeemed_points, book.held_points) == (80, 120)


def test_m5_p8_a_mixed_basket_counts_each_point_once_under_its_own_kind(session, mall):
    salt = make.put_goods(session, mall, price=20)
    honour = make.put_goods(session, mall, price=50, stock_count=0, kind="honour", name="感谢状")
    meal = make.put_goods(session, mall, price=30, kind="service", name="理发")
    member, other = (make.a_member(session, mall, points=200) for _ in range(2))
    make.redeem(session, mall, member, (salt, 1), (honour, 1), (meal, 2))
    make.redeem(session, mall, other, (salt, 1))
    codes = ("goods_orders", "goods_points", "service_orders", "service_points")
    assert told(session, mall, *codes) == [2, 40, 1, 60]


def test_p9_a_shop_is_idle_by_its_orders_of_goods_alone(session, mall):
    salt = make.put_goods(session, mall, price=1)
    meal = make.put_goods(session, mall, price=1, kind="service", name="理发")
    for one in (salt, salt, meal, meal):
        make.redeem(session, mall, make.a_member(session, mall, points=1), (one, 1))
    seldom = told(session, mall, "shops", "shops_idle")
    make.redeem(session, mall, make.a_member(session, mall, points=1), (salt, 1))
    assert (seldom, told(session, mall, "shops", "shops_idle")) == ([1, 1], [1, 0])


def test_m1_t16_merchants_and_uses_of_their_offers_are_rows_and_their_places_no_shops(
    session, mall
):
    before = told(session, mall, "shops", "caring_merchants", "offers_used")
    named = {"ledger_id": mall.ledger_id, "actor": mall.other_staff}
    merchant = merchants.apply(
        session,
        ledger_id=mall.ledger_id,
        node_id=mall.node.id,
        name="青禾面馆",
        actor=mall.staff,
        partner_class="商企发展",
    )
    merchants.approve(session, **named, merchant_id=merchant.id)
    make.sign(session, mall.ledger_id, merchant, actor=mall.other_staff)
    shops.open_shop(
        session,
        **named,
        merchant_id=merchant.id,
        node_id=mall.node.id,
        name="青禾面馆",
        kind="partner",
    )
    signed = told(session, mall, "caring_merchants")
    merchants.enlist(session, **named, merchant_id=merchant.id)
    terms = OfferTerms("加面不加价", "不够随时加", date(2026, 3, 1))
    offer = offers.publish(session, **named, merchant_id=merchant.id, terms=terms)
    for _ in range(2):
        offer_uses.use(
            session,
            ledger_id=mall.ledger_id,
            offer_id=offer.id,
            member_id=make.a_member(session, mall, points=0).id,
            door="code",
            actor=mall.clerk,
        )
    listed = told(session, mall, "shops", "caring_merchants", "offers_used")
    yesterday = told(session, mall, "offers_used", on=date(2026, 3, 9))
    merchants.suspend(session, **named, merchant_id=merchant.id)
    stopped = told(session, mall, "caring_merchants", "offers_used")
    assert (before, signed, listed) == ([1, 0, 0], [0], [1, 1, 2])
    assert (yesterday, stopped) == ([0], [0, 2])
