"""Limits of a redemption: pieces a month, the clerk's day, and what needs a confirmation."""

from datetime import UTC, datetime

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.community import settings
from app.ledger.errors import InsufficientPoints
from app.mall import allowances
from app.people.errors import StepUpRequired
from app.risk import limits
from app.risk.errors import LimitExceeded
from tests.factories import mall as make


@pytest.fixture
def mall(stage):
    with clock.held_at(datetime(2026, 3, 1, 4, tzinfo=UTC)):
        yield stage.put_up(make.a_mall, "session")


def put(session, mall, name, value):
    settings.put(session, node=mall.node, name=name, value=value, actor=SYSTEM)


def test_d35_two_of_one_kind_a_month_and_again_next_month(session, mall):
    member = make.a_member(session, mall, points=200)
    salt = make.put_goods(session, mall)
    make.redeem(session, mall, member, (salt, 1))
    make.redeem(session, mall, member, (salt, 1))
    rule = {"rule_code": "mall.item_max_per_period", "used": 2, "maximum": 2}
    with make.refused(session, mall, LimitExceeded, **rule) as caught:
        make.redeem(session, mall, member, (salt, 1))
    assert caught.value.facts["goods"][0]["number"] == salt.number
    last_second = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)
    with clock.held_at(last_second), make.refused(session, mall, LimitExceeded):
        make.redeem(session, mall, member, (salt, 1))
    with clock.held_at(datetime(2026, 3, 31, 16, tzinfo=UTC)):
        make.redeem(session, mall, member, (salt, 1))


def test_d35_three_at_once_are_refused_too(session, mall):
    member = make.a_member(session, mall, points=200)
    salt = make.put_goods(session, mall)
    with make.refused(session, mall, LimitExceeded, used=0, maximum=2):
        make.redeem(session, mall, member, (salt, 3))


def test_d35_goods_with_a_limit_of_their_own_follow_it(session, mall):
    member = make.a_member(session, mall, points=200)
    one_only = make.put_goods(session, mall, person_period_max=1)
    put(session, mall, "mall.item_max_per_period", 5)
    five = make.put_goods(session, mall, price=1)
    make.redeem(session, mall, member, (one_only, 1), (five, 5))
    with make.refused(session, mall, LimitExceeded, maximum=1):
        make.redeem(session, mall, member, (one_only, 1))


def test_d35_the_limit_is_each_persons_own(session, mall):
    salt = make.put_goods(session, mall)
    for name in ("温如许", "方向晚"):
        make.redeem(session, mall, make.a_member(session, mall, name, points=40), (salt, 2))
    assert make.stock_of(session, mall, salt) == 6


def test_d37_a_clerks_day_has_so_many_points(session, mall):
    put(session, mall, "mall.clerk_max_points_day", 50)
    salt = make.put_goods(session, mall)
    members = [make.a_member(session, mall, name, points=40) for name in ("甲一", "乙二")]
    make.redeem(session, mall, members[0], (salt, 2))
    rule = {"rule_code": allowances.CLERK_POINTS, "used": 40, "maximum": 50}
    with make.refused(session, mall, LimitExceeded, **rule):
        make.redeem(session, mall, members[1], (salt, 1))
    with clock.held_at(datetime(2026, 3, 2, 4, tzinfo=UTC)):
        make.redeem(session, mall, members[1], (salt, 1))


def test_d37_a_clerks_day_has_so_many_redemptions(session, mall):
    put(session, mall, "mall.clerk_max_count_day", 1)
    salt = make.put_goods(session, mall)
    member = make.a_member(session, mall, points=100)
    make.redeem(session, mall, member, (salt, 1))
    with make.refused(session, mall, LimitExceeded, rule_code=allowances.CLERK_COUNT):
        make.redeem(session, mall, member, (salt, 1))
    make.add_clerk(session, mall)
    make.redeem(session, mall, member, (salt, 1), till=1)


@pytest.mark.parametrize("confirmed_by", ["pin", "phone", "second_staff"])
def test_over_the_small_amount_the_member_confirms(session, mall, confirmed_by):
    member = make.a_member(session, mall, points=500)
    rice = make.put_goods(session, mall, price=201)
    with make.refused(session, mall, StepUpRequired, maximum=200, total_points=201):
        make.redeem(session, mall, member, (rice, 1))
    make.redeem(session, mall, member, (rice, 1), confirmed_by=confirmed_by)


def test_the_small_amount_itself_needs_no_confirmation_even_by_card(session, mall):
    member = make.a_member(session, mall, points=401)
    card = make.a_card(session, mall, member).card
    oil, rice = (make.put_goods(session, mall, price=price) for price in (200, 201))
    shown = {"presented": "card", "card_id": card.id}
    make.redeem(session, mall, member, (oil, 1), **shown)
    with make.refused(session, mall, StepUpRequired):
        make.redeem(session, mall, member, (rice, 1), **shown)


def test_after_so_many_small_ones_a_day_the_member_confirms(session, mall):
    put(session, mall, "mall.no_pin_max_count_day", 2)
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=1, person_period_max=100)
    make.redeem(session, mall, member, (salt, 1), confirmed_by="pin")
    for _ in range(2):
        make.redeem(session, mall, member, (salt, 1))
    with make.refused(session, mall, StepUpRequired, used=2, maximum=2):
        make.redeem(session, mall, member, (salt, 1))
    make.redeem(session, mall, member, (salt, 1), confirmed_by="pin")


def test_a_refused_redemption_uses_up_nothing(session, mall):
    member = make.a_member(session, mall, points=10)
    salt = make.put_goods(session, mall)
    with make.refused(session, mall, InsufficientPoints):
        make.redeem(session, mall, member, (salt, 1))
    counter = allowances.item_counter(member.id, salt.id, clock.today())
    assert limits.used_of(session, ledger_id=mall.ledger_id, counter=counter) == 0
