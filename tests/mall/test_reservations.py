"""Reservations: goods set aside and points held, collected once by code, or free again."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed, VersionStale
from app.ledger import balances
from app.ledger.errors import InsufficientPoints
from app.mall import collecting, day_end, goods, listings, refunds, reservations, stock
from app.mall.errors import GoodsNotOnSale, ReservationOver, StockConflict
from app.mall.models import Reservation
from app.points import expiry
from app.risk import freezes
from app.risk.errors import AccountFrozen, LimitExceeded
from tests.factories import mall as make
from tests.factories import people
from tests.factories.points import spendable

MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)


@pytest.fixture
def mall(stage):
    with clock.held_at(MARCH):
        yield stage.put_up(make.a_mall, "session")


def collect(session, mall, made, till=0):
    return collecting.collect(
        session,
        ledger_id=mall.ledger_id,
        till_id=mall.tills[till].id,
        reservation_id=made.reservation.id,
        actor=mall.clerks[till],
    )


def cancel(session, mall, made, member):
    return reservations.cancel(
        session,
        ledger_id=mall.ledger_id,
        reservation_id=made.reservation.id,
        member_id=member.id,
        actor=people.acting(member),
    )


def shop_points(session, mall):
    found = balances.of_owner(session, ledger_id=mall.ledger_id, owner_id=mall.shop_id)
    return sum(each.posted for each in found)


def test_d34_reserved_goods_and_points_cannot_be_taken_twice(session, mall):
    member, other = (make.a_member(session, mall, points=100) for _ in range(2))
    oil = make.put_goods(session, mall, price=60, stock_count=1)
    made = make.reserve(session, member, oil)
    assert (spendable(session, member), shop_points(session, mall)) == (40, 0)
    with make.refused(session, mall, StockConflict):
        make.redeem(session, mall, other, (oil, 1))
    with make.refused(session, mall, StockConflict):
        make.reserve(session, other, oil)
    rice = make.put_goods(session, mall, price=41)
    with make.refused(session, mall, InsufficientPoints, short_points=1):
        make.redeem(session, mall, member, (rice, 1))
    make.require_clean(session, mall.ledger_id)
    assert made.reservation.state == "held"


def test_d34_a_reservation_is_collected_once_by_its_code(session, mall):
    member = make.a_member(session, mall, points=100)
    oil = make.put_goods(session, mall, price=30, stock_count=5)
    made = make.reserve(session, member, oil, 2)
    goods.edit(
        session, ledger_id=mall.ledger_id, goods_id=oil.id, version=oil.version,
        changes={"price_points": 99}, actor=mall.staff,
    )  # fmt: skip
    found = reservations.find(session, ledger_id=mall.ledger_id, presented=made.code.digits)
    assert found.id == made.reservation.id
    slip = collect(session, mall, made)
    assert (slip.total_points, slip.balance_points) == (60, 40)
    assert shop_points(session, mall) == 60
    one = goods.get(session, ledger_id=mall.ledger_id, goods_id=oil.id)
    assert (one.stock_count, one.reserved_count) == (3, 0)
    with make.refused(session, mall, ReservationOver, state="collected"):
        collect(session, mall, made)
    with make.refused(session, mall, ReservationOver, state="collected"):
        cancel(session, mall, made, member)
    make.require_clean(session, mall.ledger_id)
    refunds.refund(
        session, ledger_id=mall.ledger_id, redemption_id=slip.redemption_id, reason="漏油",
        actor=mall.other_staff,
    )  # fmt: skip
    assert spendable(session, member) == 100
    make.require_clean(session, mall.ledger_id)


def test_d34_what_is_not_collected_in_thirty_days_lapses(session, mall):
    member = make.a_member(session, mall, points=100)
    oil = make.put_goods(session, mall, price=60, stock_count=1)
    made = make.reserve(session, member, oil)
    named = {"ledger_id": mall.ledger_id}
    assert made.reservation.lapses_at == MARCH + timedelta(days=30)
    with clock.held_at(MARCH + timedelta(days=30)):
        assert reservations.lapse_due(session, **named, now=clock.now()) == 1
        assert reservations.lapse_due(session, **named, now=clock.now()) == 0
        assert (spendable(session, member), shop_points(session, mall)) == (100, 0)
        with make.refused(session, mall, ReservationOver, state="lapsed"):
            cancel(session, mall, made, member)
        make.require_clean(session, mall.ledger_id)


def test_d28_expiry_leaves_what_is_held_and_takes_it_after_the_lapse(session, mall):
    last_on = date(2026, 3, 31)
    member = make.a_member(session, mall, points=60, vintage_on=last_on)
    oil = make.put_goods(session, mall, price=50)
    made = make.reserve(session, member, oil)
    named = {"ledger_id": mall.ledger_id}
    with clock.held_at(MARCH + timedelta(days=25)):
        assert expiry.expire_due(session, **named, today=clock.today()) == 1
        make.require_clean(session, mall.ledger_id)
    with clock.held_at(MARCH + timedelta(days=31)):
        reservations.lapse_due(session, **named, now=clock.now())
        assert expiry.expire_due(session, **named, today=clock.today()) == 1
        assert spendable(session, member) == 0
        make.require_clean(session, mall.ledger_id)
    assert made.reservation.state == "lapsed"


def test_d35_a_reservation_counts_in_the_month_and_is_given_back(session, mall):
    member = make.a_member(session, mall, points=400)
    oil = make.put_goods(session, mall, price=10)
    made = make.reserve(session, member, oil, 2)
    with make.refused(session, mall, LimitExceeded):
        make.redeem(session, mall, member, (oil, 1))
    cancel(session, mall, made, member)
    again = make.reserve(session, member, oil, 2)
    with clock.held_at(MARCH + timedelta(days=25)):
        make.add_clerk(session, mall)
        make.redeem(session, mall, member, (oil, 2), till=1)
        slip = collect(session, mall, again, till=1)
        found = listings.get(session, ledger_id=mall.ledger_id, redemption_id=slip.redemption_id)
        assert found.confirmed_by == "phone"
        refunds.cancel(
            session, ledger_id=mall.ledger_id, redemption_id=slip.redemption_id, reason="拿错",
            actor=mall.clerks[1],
        )  # fmt: skip
        make.require_clean(session, mall.ledger_id)


def test_a_reservation_of_zero_points_holds_nothing_but_the_goods(session, mall):
    member = make.a_member(session, mall)
    cup = make.put_goods(session, mall, price=0)
    made = make.reserve(session, member, cup)
    assert made.reservation.hold_journal_id is None
    assert collect(session, mall, made).total_points == 0
    make.require_clean(session, mall.ledger_id)


def test_day_end_counts_the_shelf_without_what_is_set_aside(session, mall):
    member = make.a_member(session, mall, points=100)
    oil = make.put_goods(session, mall, price=10, stock_count=5)
    made = make.reserve(session, member, oil)
    named = {"ledger_id": mall.ledger_id}
    (line,) = day_end.read(session, **named, till_id=mall.till.id).shelf
    assert line.expected_count == 4
    stock.count(session, **named, counted={oil.id: 4}, actor=mall.clerk)
    collect(session, mall, made)
    make.require_clean(session, mall.ledger_id)


def test_who_may_not_reserve_or_collect(session, mall):
    member = make.a_member(session, mall, points=100)
    oil = make.put_goods(session, mall, price=10)
    for count in (0, 100):
        with make.refused(session, mall, ValidationFailed):
            make.reserve(session, member, oil, count)
    with make.refused(session, mall, VersionStale, total_points=10):
        make.reserve(session, member, oil, expected=9)
    with make.refused(session, mall, GoodsNotOnSale):
        make.reserve(session, member, make.put_goods(session, mall, kind="service"))
    own = people.member_of(session, mall.ledger_id, mall.clerk)
    make.ledger.issue(session, mall.ledger_id, own.id, 20)
    made = make.reserve(session, own, oil)
    with make.refused(session, mall, SecondPersonRequired):
        collect(session, mall, made)
    kept = make.reserve(session, member, oil)
    with make.refused(session, mall, NotFound):
        cancel(session, mall, kept, own)
    freezes.freeze(
        session, ledger_id=mall.ledger_id, subject_kind="member", subject_id=member.id,
        reason="核实", actor=mall.staff,
    )  # fmt: skip
    with make.refused(session, mall, AccountFrozen):
        collect(session, mall, kept)


def test_d38_the_proof_sees_a_damaged_reservation(session, mall):
    member = make.a_member(session, mall, points=100)
    made = make.reserve(session, member, make.put_goods(session, mall, price=10)).reservation
    session.execute(
        sa.update(Reservation)
        .where(Reservation.ledger_id == mall.ledger_id, Reservation.id == made.id)
        .values(state="cancelled")
    )
    found = make.proof_of(session, mall)
    assert f"reservation differs from its hold: 1 ({made.number})" in found
    assert "set aside differs from stalls" in found
