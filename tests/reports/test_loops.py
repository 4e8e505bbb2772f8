"""A member's loop: service, its points, what they were spent for, and what came next."""

from datetime import date, timedelta

import pytest

from app.base import clock
from app.mall import voucher_returns
from app.points import programmes
from app.points.rates import Terms
from app.reports import loops, returns
from tests.factories import mall as counter
from tests.factories import people
from tests.factories import points as make

DAY = date(2026, 3, 10)


@pytest.fixture
def street(session):
    with clock.held_at(make.at(DAY, 10)):
        shelf = counter.a_mall(session)
        programme = programmes.of_ledger(session, shelf.ledger_id)
        world = make.World(programme, shelf.node, shelf.node, shelf.staff, shelf.other_staff)
        make.rate(session, world, "volunteering", Terms(points=1, per_quantity=60))
        goods = counter.put_goods(session, shelf, price=1)
        member = counter.a_member(session, shelf, points=5)
        session.commit()
    return world, shelf, goods, member


def served(session, world, member, day):
    with clock.held_at(make.at(day, 18)):
        return make.grant(session, world, member.id, 120, served_on=day)


def redeemed(session, shelf, goods, member, day):
    with clock.held_at(make.at(day, 19)):
        return counter.redeem(session, shelf, member, (goods, 1))


def of(session, member):
    return loops.of_member(session, ledger_id=member.ledger_id, member_id=member.id)


def test_p6_the_four_steps_of_a_loop_are_linked_records(session, street):
    world, shelf, goods, member = street
    earned = served(session, world, member, DAY)
    spent = redeemed(session, shelf, goods, member, DAY)
    (open_loop,) = of(session, member)
    assert open_loop.again is None
    again = served(session, world, member, DAY + timedelta(days=3))
    (loop,) = of(session, member)
    assert (loop.earned.grant_id, loop.earned.points) == (earned.id, earned.points)
    assert loop.earned.journal_id == earned.journal_id
    assert (loop.spent.kind, loop.spent.id, loop.spent.points) == (
        "redemption",
        spent.redemption_id,
        1,
    )
    assert (loop.again.grant_id, loop.again.on) == (again.id, DAY + timedelta(days=3))


def test_p6_each_loop_goes_by_its_own_redemption_the_latest_first(session, street):
    world, shelf, goods, member = street
    first = served(session, world, member, DAY)
    redeemed(session, shelf, goods, member, DAY)
    second = served(session, world, member, DAY + timedelta(days=1))
    redeemed(session, shelf, goods, member, DAY + timedelta(days=1))
    found = of(session, member)
    assert [each.earned.grant_id for each in found] == [second.id, first.id]
    assert [each.again and each.again.grant_id for each in found] == [None, second.id]


def test_p6_points_that_no_service_earned_begin_no_service(session, street):
    _world, shelf, goods, member = street
    redeemed(session, shelf, goods, member, DAY)
    assert [(each.earned, each.again) for each in of(session, member)] == [(None, None)]


def test_p6_a_voucher_is_a_spending_too_until_its_points_come_back(session, street):
    world, shelf, _goods, member = street
    earned = served(session, world, member, DAY)
    with clock.held_at(make.at(DAY, 19)):
        meal = counter.put_goods(session, shelf, price=2, kind="service", name="长者食堂餐券")
        bought = counter.buy_voucher(session, member, meal)
    again = served(session, world, member, DAY + timedelta(days=3))
    (loop,) = of(session, member)
    assert (loop.spent.kind, loop.spent.number, loop.spent.points) == ("voucher", bought.number, 2)
    assert loop.spent.journal_id == bought.journal_id
    assert loop.earned.grant_id == earned.id
    assert loop.again.grant_id == again.id
    asked = {"ledger_id": world.ledger_id, "node": world.node, "begins_on": DAY, "ends_on": DAY}
    (row,) = returns.count(session, **asked).came
    assert (row.spending.id, row.grant_id) == (bought.id, again.id)
    with clock.held_at(make.at(DAY, 20)):
        voucher_returns.give_back(
            session,
            ledger_id=world.ledger_id,
            voucher_id=bought.id,
            member_id=member.id,
            actor=people.acting(member),
        )
    assert of(session, member) == []
    assert returns.count(session, **asked).came == []
