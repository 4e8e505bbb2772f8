"""Stalls of a market day: goods taken along, sold there, brought back and counted (M4, A14)."""

from datetime import timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import NotFound, ValidationFailed
from app.mall import (
    day_end,
    goods,
    proof_checks,
    quotes,
    refunds,
    stall_closing,
    stalls,
    stock,
    tills,
)
from app.mall.errors import NameTaken, StallOver, StallTillOpen, StockConflict
from app.mall.markets import Market
from app.mall.models import Stall
from app.people import inbox, members
from app.risk.errors import LimitExceeded
from tests.factories import mall as make
from tests.factories.points import spendable


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


def shelf_of(session, mall, one):
    found = goods.get(session, ledger_id=mall.ledger_id, goods_id=one.id)
    return found.stock_count - found.reserved_count


def left_at(session, mall, stall):
    found = stalls.goods_of(session, ledger_id=mall.ledger_id, stall_id=stall.id)
    return {one.number: one.left_count for one in found}


def close_till(session, mall, place):
    till, clerk = mall.tills[place], mall.clerks[place]
    named = {"ledger_id": mall.ledger_id, "till_id": till.id}
    return tills.close(session, **named, counted={}, actor=clerk)


def close_stall(session, mall, stall, counted, reasons=None):
    return stalls.close_stall(
        session,
        ledger_id=mall.ledger_id,
        stall_id=stall.id,
        counted={one.id: count for one, count in counted.items()},
        reasons={one.id: said for one, said in (reasons or {}).items()},
        actor=mall.staff,
    )


def test_m4_a_stall_sells_what_it_took_and_brings_the_rest_back(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=20, stock_count=10)
    stall = make.a_stall(session, mall, (salt, 6))
    assert shelf_of(session, mall, salt) == 4
    place = make.add_stall_clerk(session, mall, stall)

    make.redeem(session, mall, member, (salt, 2), till=place)

    assert left_at(session, mall, stall) == {salt.number: 4}
    assert (make.stock_of(session, mall, salt), shelf_of(session, mall, salt)) == (8, 4)
    assert spendable(session, member) == 60
    make.require_clean(session, mall.ledger_id)

    close_till(session, mall, place)
    lines = close_stall(session, mall, stall, {salt: 4})

    assert [line.difference_count for line in lines] == [0]
    assert (make.stock_of(session, mall, salt), shelf_of(session, mall, salt)) == (8, 8)
    make.require_clean(session, mall.ledger_id)


def test_a14_what_is_missing_at_the_end_is_posted_with_its_reason(session, mall):
    salt, soap = (make.put_goods(session, mall, stock_count=5) for _ in range(2))
    stall = make.a_stall(session, mall, (salt, 5), (soap, 3))
    with make.refused(session, mall, ValidationFailed, field="reason"):
        close_stall(session, mall, stall, {salt: 4, soap: 3})
    with make.refused(session, mall, ValidationFailed, field="counted"):
        close_stall(session, mall, stall, {salt: 5})

    close_stall(session, mall, stall, {salt: 4, soap: 3}, {salt: "路上破了一袋"})

    found = stalls.get(session, ledger_id=mall.ledger_id, stall_id=stall.id)
    assert (found.state, found.difference_count) == ("closed", -1)
    assert shelf_of(session, mall, salt) == 4
    named = {"ledger_id": mall.ledger_id, "goods_id": salt.id}
    (last, *_) = stock.list_movements(session, **named)
    assert (last.change_count, last.reason, last.stall_id) == (-1, "路上破了一袋", stall.id)
    make.require_clean(session, mall.ledger_id)


def test_the_shop_cannot_sell_what_the_stall_has(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, stock_count=3)
    make.a_stall(session, mall, (salt, 2))
    with make.refused(session, mall, StockConflict):
        make.redeem(session, mall, member, (salt, 2))


def test_the_stall_cannot_sell_what_only_the_shop_has(session, mall):
    member = make.a_member(session, mall, points=100)
    salt, soap = (make.put_goods(session, mall, price=1, stock_count=5) for _ in range(2))
    stall = make.a_stall(session, mall, (salt, 1))
    place = make.add_stall_clerk(session, mall, stall)
    for items in (((salt, 2),), ((soap, 1),)):
        with make.refused(session, mall, StockConflict):
            make.redeem(session, mall, member, *items, till=place)
    basket = make.a_basket(mall, member, (soap, 1), till=place)
    said = quotes.quote(session, ledger_id=mall.ledger_id, basket=basket, actor=mall.clerks[place])
    assert [one.code for one in said.lines[0].refusals] == ["stock_conflict"]


def test_d35_pieces_of_stall_and_shop_count_together(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=1, stock_count=9)
    stall = make.a_stall(session, mall, (salt, 4))
    place = make.add_stall_clerk(session, mall, stall)
    make.redeem(session, mall, member, (salt, 2))
    with make.refused(session, mall, LimitExceeded):
        make.redeem(session, mall, member, (salt, 1), till=place)


def test_a_sale_taken_back_at_the_stall_goes_back_to_the_stall(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=20, stock_count=5)
    stall = make.a_stall(session, mall, (salt, 3))
    place = make.add_stall_clerk(session, mall, stall)
    slip = make.redeem(session, mall, member, (salt, 1), till=place)

    named = {"ledger_id": mall.ledger_id, "redemption_id": slip.redemption_id}
    refunds.cancel(session, **named, reason="拿错了", actor=mall.clerks[place])

    assert left_at(session, mall, stall) == {salt.number: 3}
    assert (make.stock_of(session, mall, salt), shelf_of(session, mall, salt)) == (5, 2)
    assert spendable(session, member) == 100
    make.require_clean(session, mall.ledger_id)


def test_a_refund_after_the_market_goes_back_to_the_shop(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=20, stock_count=5)
    stall = make.a_stall(session, mall, (salt, 3))
    place = make.add_stall_clerk(session, mall, stall)
    slip = make.redeem(session, mall, member, (salt, 1), till=place)
    close_till(session, mall, place)
    close_stall(session, mall, stall, {salt: 2})

    named = {"ledger_id": mall.ledger_id, "redemption_id": slip.redemption_id}
    refunds.refund(session, **named, reason="坏的", actor=mall.staff)

    assert shelf_of(session, mall, salt) == 5
    make.require_clean(session, mall.ledger_id)


def test_a_stall_is_counted_only_when_no_till_stands_there(session, mall):
    salt = make.put_goods(session, mall, stock_count=5)
    stall = make.a_stall(session, mall, (salt, 3))
    make.add_stall_clerk(session, mall, stall)
    with make.refused(session, mall, StallTillOpen):
        close_stall(session, mall, stall, {salt: 3})


def test_m4_a_stall_sells_on_its_day_only(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, stock_count=5)
    today = make.a_stall(session, mall, (salt, 2))
    tomorrow = make.a_stall(session, mall, (salt, 1), held_on=clock.today() + timedelta(days=1))
    with make.refused(session, mall, StallOver):
        make.add_stall_clerk(session, mall, tomorrow)
    place = make.add_stall_clerk(session, mall, today)
    with (
        clock.held_at(clock.now() + timedelta(days=1)),
        make.refused(session, mall, StallOver),
    ):
        make.redeem(session, mall, member, (salt, 1), till=place)


def test_a_closed_stall_takes_nothing_more(session, mall):
    salt = make.put_goods(session, mall, stock_count=5)
    stall = make.a_stall(session, mall, (salt, 2))
    close_stall(session, mall, stall, {salt: 2})
    named = {"ledger_id": mall.ledger_id, "stall_id": stall.id}
    with make.refused(session, mall, StallOver):
        stalls.take(session, **named, counts={salt.id: 1}, actor=mall.staff)
    with make.refused(session, mall, StallOver):
        close_stall(session, mall, stall, {salt: 2})


def test_more_goods_may_be_taken_to_a_stall(session, mall):
    salt = make.put_goods(session, mall, stock_count=5)
    stall = make.a_stall(session, mall, (salt, 2))
    named = {"ledger_id": mall.ledger_id, "stall_id": stall.id, "actor": mall.staff}
    stalls.take(session, **named, counts={salt.id: 1})
    assert left_at(session, mall, stall) == {salt.number: 3}
    with make.refused(session, mall, StockConflict):
        stalls.take(session, **named, counts={salt.id: 3})
    make.require_clean(session, mall.ledger_id)


def test_a_stall_needs_a_place_a_day_and_goods_of_the_shop(session, mall):
    salt = make.put_goods(session, mall, stock_count=5)
    badge = make.put_goods(session, mall, kind="honour", stock_count=0)
    other = make.a_mall(session)
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id, "actor": mall.staff}
    today = {"held_on": clock.today(), "place": "老槐树下"}
    yesterday = clock.today() - timedelta(days=1)
    wrong = [
        (ValidationFailed, {**today, "place": " ", "counts": {salt.id: 1}}),
        (ValidationFailed, {**today, "held_on": yesterday, "counts": {salt.id: 1}}),
        (ValidationFailed, {**today, "counts": {}}),
        (ValidationFailed, {**today, "node_id": other.node.id, "counts": {salt.id: 1}}),
        (ValidationFailed, {**today, "counts": {salt.id: 0}}),
        (StockConflict, {**today, "counts": {salt.id: 6}}),
        (StockConflict, {**today, "counts": {badge.id: 1}}),
        (NotFound, {**today, "counts": {make.put_goods(session, other).id: 1}}),
    ]
    for error, values in wrong:
        with make.refused(session, mall, error):
            counts = values.pop("counts")
            stalls.open_stall(session, **named, market=Market(**values), counts=counts)
    market = Market(**today)
    stalls.open_stall(session, **named, market=market, counts={salt.id: 1})
    with make.refused(session, mall, NameTaken):
        stalls.open_stall(session, **named, market=market, counts={salt.id: 1})


def test_the_day_end_of_a_stalls_till_lists_the_stalls_goods(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=20, stock_count=10)
    make.put_goods(session, mall)
    stall = make.a_stall(session, mall, (salt, 6))
    place = make.add_stall_clerk(session, mall, stall)
    make.redeem(session, mall, member, (salt, 1), till=place)
    named = {"ledger_id": mall.ledger_id, "till_id": mall.tills[place].id}
    with make.refused(session, mall, ValidationFailed):
        tills.close(session, **named, counted={salt.id: 5}, actor=mall.clerks[place])

    found = day_end.read(session, **named)

    assert [(one.number, one.sold_count, one.expected_count) for one in found.shelf] == [
        (salt.number, 1, 5)
    ]


def test_the_shops_day_end_leaves_out_what_the_stall_has(session, mall):
    salt = make.put_goods(session, mall, stock_count=10)
    stall = make.a_stall(session, mall, (salt, 6))
    named = {"ledger_id": mall.ledger_id, "till_id": mall.till.id}
    (line,) = day_end.read(session, **named).shelf
    assert line.expected_count == 4

    tills.close(session, **named, counted={salt.id: 3}, reason="少了", actor=mall.clerk)
    close_stall(session, mall, stall, {salt: 6})

    (line,) = day_end.read(session, **named).shelf
    assert (line.expected_count, line.counted_count, line.difference_count) == (4, 3, -1)
    make.require_clean(session, mall.ledger_id)


def test_the_proof_finds_goods_that_no_stall_has(session, mall):
    salt = make.put_goods(session, mall, stock_count=5)
    stall = make.a_stall(session, mall, (salt, 2))
    row = session.get(Stall, (mall.ledger_id, stall.id))
    row.state = "closed"
    session.flush()
    (check,) = proof_checks.checks(session, ledger_id=mall.ledger_id)
    assert not check.is_ok
    assert "set aside differs from stalls: 1" in check.detail


def test_m4_a_stall_left_open_closes_itself_in_the_night_after_its_day(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=20, stock_count=10)
    stall = make.a_stall(session, mall, (salt, 6))
    place = make.add_stall_clerk(session, mall, stall)
    make.redeem(session, mall, member, (salt, 2), till=place)
    named = {"ledger_id": mall.ledger_id}
    assert stall_closing.close_due(session, **named, today=clock.today()) == 0
    with clock.held_at(clock.now() + timedelta(days=1)):
        assert stall_closing.close_due(session, **named, today=clock.today()) == 1
        assert stall_closing.close_due(session, **named, today=clock.today()) == 0
    closed = stalls.get(session, **named, stall_id=stall.id)
    assert (closed.state, closed.difference_count) == ("closed", None)
    till = tills.get(session, **named, till_id=mall.tills[place].id)
    assert (till.redemption_count, till.total_points, till.closed_by_id) == (
        1,
        40,
        SYSTEM.person_id,
    )
    assert (make.stock_of(session, mall, salt), shelf_of(session, mall, salt)) == (8, 8)
    last = stock.list_movements(session, **named, goods_id=salt.id)[0]
    assert (last.kind, last.change_count, last.reason) == ("count", 0, stall_closing.UNCOUNTED)
    (at_stall,) = stalls.goods_of(session, **named, stall_id=stall.id)
    assert at_stall.counted_count is None
    make.require_clean(session, mall.ledger_id)


def test_m4_who_opened_a_stall_hears_that_it_closed_uncounted(session, mall):
    salt = make.put_goods(session, mall, stock_count=5)
    stall = make.a_stall(session, mall, (salt, 3))
    named = {"ledger_id": mall.ledger_id}
    opener = members.find_id(session, **named, person_id=mall.staff.person_id)
    with clock.held_at(clock.now() + timedelta(days=1)):
        stall_closing.close_due(session, **named, today=clock.today())
        told = inbox.list_for(session, **named, member_id=opener)
    assert [(each.topic, each.facts["place"]) for each in told] == [("stall_closed", stall.place)]
