"""Redemptions are read by shop, day, till and member; 人次 are orders, not pieces."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.base import clock
from app.base.errors import NotFound
from app.base.ids import new_id
from app.mall import listings
from tests.factories import mall as make

LATE = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)


@pytest.fixture
def mall(stage):
    with clock.held_at(LATE):
        yield stage.put_up(make.a_mall, "session")


def test_p4_gift_orders_are_counted_once_whatever_their_pieces(session, mall):
    member = make.a_member(session, mall, points=500)
    salt, soap = make.put_goods(session, mall), make.put_goods(session, mall, price=30)
    lesson = make.put_goods(session, mall, price=10, kind="service")
    make.redeem(session, mall, member, (salt, 2), (soap, 1), (lesson, 1))
    make.redeem(session, mall, member, (lesson, 1))
    make.redeem(session, mall, member, (soap, 1))
    idle = new_id()
    counts = listings.gift_counts(session, ledger_id=mall.ledger_id, shop_ids=[mall.shop_id, idle])
    found = [(one.order_count, one.piece_count, one.total_points) for one in counts]
    assert found == [(2, 4, 100), (0, 0, 0)]
    assert make.stock_of(session, mall, lesson) == 8


def test_gift_orders_of_a_period_end_before_its_end(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    with clock.held_at(LATE):
        make.redeem(session, mall, member, (salt, 1))
    periods = ((LATE, LATE + timedelta(seconds=1)), (LATE - timedelta(days=1), LATE))
    found = []
    for begins_at, ends_at in periods:
        (one,) = listings.gift_counts(
            session,
            ledger_id=mall.ledger_id,
            shop_ids=[mall.shop_id],
            begins_at=begins_at,
            ends_at=ends_at,
        )
        found.append(one.order_count)
    assert found == [1, 0]


def test_a_shops_day_is_a_shanghai_day(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    with clock.held_at(LATE):
        first = make.redeem(session, mall, member, (salt, 1))
    with clock.held_at(LATE + timedelta(minutes=1)):
        second = make.redeem(session, mall, member, (salt, 1))
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id}
    for day, slip in ((date(2026, 3, 1), first), (date(2026, 3, 2), second)):
        (found,) = listings.list_of_shop(session, day=day, **named)
        assert found.number == slip.number
    assert len(listings.list_of_shop(session, **named)) == 2


def test_a_till_and_a_member_have_their_lists(session, mall):
    make.add_clerk(session, mall)
    people = [make.a_member(session, mall, name, points=100) for name in ("甲一", "乙二")]
    salt = make.put_goods(session, mall)
    slips = [make.redeem(session, mall, people[n], (salt, 1), till=n) for n in range(2)]
    for place, slip in enumerate(slips):
        (of_till,) = listings.list_of_till(
            session, ledger_id=mall.ledger_id, till_id=mall.tills[place].id
        )
        (of_member,) = listings.list_of_member(
            session, ledger_id=mall.ledger_id, member_id=people[place].id
        )
        assert of_till.number == of_member.number == slip.number


def test_lists_have_pages(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, person_period_max=9)
    slips = [make.redeem(session, mall, member, (salt, 1)) for _ in range(3)]
    named = {"ledger_id": mall.ledger_id, "member_id": member.id, "limit": 2}
    first = listings.list_of_member(session, **named)
    rest = listings.list_of_member(session, offset=2, **named)
    assert [one.number for one in first + rest] == [slip.number for slip in reversed(slips)]


def test_an_unknown_number_is_not_found(session, mall):
    with pytest.raises(NotFound):
        listings.by_number(session, ledger_id=mall.ledger_id, number="X-R20260301-0001")
