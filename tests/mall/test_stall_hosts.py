"""What is redeemed at a market counts to the community that hosts it, and is the shop's (M4)."""

from datetime import UTC, datetime

import pytest

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.mall import order_places, settlements, shops, stalls
from app.mall.markets import Market
from app.reports import desk_figures, place_counts, place_reports
from tests.factories import community
from tests.factories import mall as make

MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)
APRIL = datetime(2026, 4, 2, 4, tzinfo=UTC)
LINES = ("goods_orders", "goods_pieces", "goods_points")


@pytest.fixture
def mall(stage):
    with clock.held_at(MARCH):
        yield stage.put_up(make.a_mall, "session")


def a_market(session, mall):
    """Two communities of one programme: the shop's, and another that holds a market today."""
    home = community.make_node(session, mall.node, name="金溪社区")
    host = community.make_node(session, mall.node, name="云谷社区")
    shop = shops.get(session, ledger_id=mall.ledger_id, shop_id=mall.shop_id)
    shop.node_id = home.id
    session.flush()
    salt = make.put_goods(session, mall, price=20, stock_count=9)
    stall = make.a_stall(session, mall, (salt, 5), node_id=host.id)
    return home, host, salt, make.add_stall_clerk(session, mall, stall)


def reported(session, mall, node):
    scope = place_reports.scope_of(
        session, ledger_id=mall.ledger_id, node=node, as_of_on=clock.today()
    )
    return [place_reports.value(session, scope, place_reports.LINES[code]) for code in LINES]


def counted(session, mall, node):
    found, counts = order_places.figures_of(session, ledger_id=mall.ledger_id, node=node)
    return [(one.id, counts[one.id]["goods"].times_count) for one in found]


def test_m4_orders_at_a_market_count_to_the_host_community_and_once_in_all(session, mall):
    home, host, salt, till = a_market(session, mall)
    member = make.a_member(session, mall, points=100)
    make.redeem(session, mall, member, (salt, 2), till=till)
    today = {"begins_on": clock.today(), "ends_on": clock.today()}
    named = {"ledger_id": mall.ledger_id}
    for node, orders, pieces in ((home, 0, 0), (host, 1, 2), (mall.node, 1, 2)):
        assert reported(session, mall, node) == [orders, pieces, pieces * 20]
        month = desk_figures.of_span(session, **named, node=node, **today)
        assert (month.redemption_count, month.redeemed_points) == (orders, pieces * 20)
        counts = place_counts.of_place(session, **named, node=node)
        assert orders in [each.value for each in counts if each.code == "redemptions"]
    assert counted(session, mall, home) == [(mall.shop_id, 0)]
    assert counted(session, mall, host) == [(mall.shop_id, 1)]
    assert counted(session, mall, mall.node) == [(mall.shop_id, 1)]
    make.redeem(session, mall, member, (make.put_goods(session, mall, price=5), 1))
    assert counted(session, mall, home) == [(mall.shop_id, 1)]
    assert counted(session, mall, host) == [(mall.shop_id, 1)]
    with clock.held_at(APRIL):
        made = settlements.settle(
            session, **named, shop_id=mall.shop_id, period="2026-03", actor=mall.staff
        )
    assert made.total_points == 45
    make.require_clean(session, mall.ledger_id)


def test_m4_a_shop_that_sold_at_a_market_elsewhere_is_not_idle(session, mall):
    home, host, salt, till = a_market(session, mall)
    member = make.a_member(session, mall, points=100)
    make.redeem(session, mall, member, (salt, 1), till=till)
    named = {"ledger_id": mall.ledger_id, "at_most": 0}
    assert order_places.idle_of(session, **named, node=home)[0] == []
    assert order_places.idle_of(session, **named, node=host)[0] == []


def test_m4_a_market_is_hosted_by_its_shops_place_unless_told_and_by_no_other_book(session, mall):
    salt = make.put_goods(session, mall)
    assert make.a_stall(session, mall, (salt, 1)).node_id == mall.node.id
    elsewhere = make.a_mall(session)
    named = {
        "ledger_id": mall.ledger_id, "shop_id": mall.shop_id, "counts": {salt.id: 1},
        "actor": mall.staff,
    }  # fmt: skip
    for node_id, refusal in ((elsewhere.node.id, ValidationFailed), (10**9, NotFound)):
        with make.refused(session, mall, refusal):
            stalls.open_stall(session, **named, market=Market("桥头", clock.today(), node_id))
