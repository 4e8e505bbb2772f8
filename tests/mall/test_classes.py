"""A class that moves: its places move with it, and whoever booked is told."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import NotFound, ValidationFailed, VersionStale
from app.mall import classes, goods, voucher_returns, vouchers
from app.mall.errors import ClassBegun, ClassHeld
from app.people import inbox
from app.people.models import Audit
from tests.factories import mall as make
from tests.factories.points import spendable

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
FRIDAY, SUNDAY = NOON + timedelta(days=3), NOON + timedelta(days=5)
HOUR = timedelta(hours=1)


@pytest.fixture
def mall(stage):
    with clock.held_at(NOON):
        yield stage.put_up(make.a_mall, "session")


def a_class(session, mall, at=FRIDAY):
    return make.put_goods(
        session, mall, price=30, kind="service", name="四点半课堂", stock_count=3,
        starts_at=at, ends_at=at + HOUR, return_hours=24,
    )  # fmt: skip


def book(session, mall, lesson):
    member = make.a_member(session, mall, points=30)
    made = vouchers.issue(
        session, ledger_id=mall.ledger_id, member_id=member.id, goods_id=lesson.id,
        expected_points=30, actor=mall.staff,
    )  # fmt: skip
    return member, made.voucher


def move(session, mall, lesson, to, **more):
    asked = {"version": lesson.version, "starts_at": to, "ends_at": to + HOUR, **more}
    return classes.move(
        session, ledger_id=mall.ledger_id, goods_id=lesson.id, actor=mall.staff, **asked
    )


def is_on(session, lesson):
    found = goods.get(session, ledger_id=lesson.ledger_id, goods_id=lesson.id)
    return classes.is_on(session, found)


def test_m6_the_places_move_with_the_class_and_their_members_are_told(session, mall):
    lesson = a_class(session, mall)
    member, place = book(session, mall, lesson)
    assert move(session, mall, lesson, SUNDAY) == 1
    found = vouchers.get(session, ledger_id=mall.ledger_id, voucher_id=place.id)
    assert (found.starts_at, found.return_until_at) == (SUNDAY, SUNDAY - timedelta(hours=24))
    assert found.valid_until_on == clock.local_date(SUNDAY)
    moved = goods.get(session, ledger_id=mall.ledger_id, goods_id=lesson.id)
    assert (moved.starts_at, moved.ends_at, moved.version) == (SUNDAY, SUNDAY + HOUR, 2)
    told = inbox.list_for(session, ledger_id=mall.ledger_id, member_id=member.id)
    assert "class_moved" in {each.topic for each in told}
    make.require_clean(session, mall.ledger_id)


def test_m6_who_cannot_come_then_has_a_day_to_give_the_place_back(session, mall):
    lesson = a_class(session, mall)
    member, place = book(session, mall, lesson)
    soon = NOON + timedelta(hours=3)
    move(session, mall, lesson, soon)
    with clock.held_at(NOON + timedelta(hours=2)):
        back = voucher_returns.give_back(
            session, ledger_id=mall.ledger_id, voucher_id=place.id, member_id=member.id,
            actor=mall.staff,
        )  # fmt: skip
    assert back.state == "returned"
    assert make.stock_of(session, mall, lesson) == 3


def test_m6_a_class_that_has_begun_or_never_was_one_does_not_move(session, mall):
    lesson, salt = a_class(session, mall), make.put_goods(session, mall)
    book(session, mall, lesson)
    with clock.held_at(FRIDAY), make.refused(session, mall, ClassBegun):
        move(session, mall, lesson, SUNDAY)
    with make.refused(session, mall, NotFound):
        move(session, mall, salt, SUNDAY)
    with make.refused(session, mall, VersionStale):
        move(session, mall, lesson, SUNDAY, version=7)
    with make.refused(session, mall, ValidationFailed, field="starts_at"):
        move(session, mall, lesson, NOON - HOUR)
    with make.refused(session, mall, ValidationFailed, field="ends_at"):
        move(session, mall, lesson, SUNDAY, ends_at=SUNDAY)


def cancel(session, mall, lesson, reason="老师病了", **more):
    return classes.cancel(
        session, ledger_id=mall.ledger_id, goods_id=lesson.id, reason=reason, actor=mall.staff,
        **{"version": lesson.version, **more},
    )  # fmt: skip


def test_m6_of_a_cancelled_class_every_place_comes_back_and_its_member_is_told(session, mall):
    lesson = a_class(session, mall)
    booked = [book(session, mall, lesson) for _ in range(2)]
    with clock.held_at(FRIDAY - HOUR):  # too late to give a place back
        assert cancel(session, mall, lesson) == 2
        for member, place in booked:
            found = vouchers.get(session, ledger_id=mall.ledger_id, voucher_id=place.id)
            assert (found.state, spendable(session, member)) == ("returned", 30)
            told = inbox.list_for(session, ledger_id=mall.ledger_id, member_id=member.id)
            assert {"class_cancelled", "refunded"} <= {each.topic for each in told}
    left = goods.get(session, ledger_id=mall.ledger_id, goods_id=lesson.id)
    assert (left.is_on_sale, left.stock_count) == (False, 3)
    make.require_clean(session, mall.ledger_id)


def test_m6_a_class_that_is_cancelled_twice_is_noted_once_until_it_is_sold_again(session, mall):
    lesson, key = a_class(session, mall), {"ledger_id": mall.ledger_id}
    book(session, mall, lesson)
    assert is_on(session, lesson)
    off = {"version": 1, "changes": {"is_on_sale": False}, "actor": mall.staff}
    goods.edit(session, **key, goods_id=lesson.id, **off)
    assert is_on(session, lesson), "somebody has a place still"
    found = [cancel(session, mall, lesson, version=version) for version in (2, 3)]
    assert (found, is_on(session, lesson)) == ([1, 0], False)
    noted = (Audit.ledger_id == mall.ledger_id, Audit.action == "class_cancelled")
    query = sa.select(sa.func.count()).where(*noted)
    assert session.scalar(query) == 1


def test_m6_a_class_that_nobody_held_is_cancelled_afterwards_and_missed_places_come_back(
    session, mall
):
    lesson = a_class(session, mall)
    member, place = book(session, mall, lesson)
    with clock.held_at(FRIDAY + timedelta(days=1)):
        voucher_returns.lapse_due(session, ledger_id=mall.ledger_id, today=clock.today())
        assert spendable(session, member) == 0
        assert cancel(session, mall, lesson) == 1
    found = vouchers.get(session, ledger_id=mall.ledger_id, voucher_id=place.id)
    assert (found.state, spendable(session, member)) == ("returned", 30)
    make.require_clean(session, mall.ledger_id)


def test_m6_a_class_that_somebody_was_at_is_not_cancelled(session, mall):
    lesson, salt = a_class(session, mall), make.put_goods(session, mall)
    member = make.a_member(session, mall, points=30)
    made = vouchers.issue(
        session, ledger_id=mall.ledger_id, member_id=member.id, goods_id=lesson.id,
        expected_points=30, actor=mall.staff,
    )  # fmt: skip
    for wrong in (" ", "长" * 121):
        with make.refused(session, mall, ValidationFailed, field="reason"):
            cancel(session, mall, lesson, wrong)
    with make.refused(session, mall, VersionStale):
        cancel(session, mall, lesson, version=7)
    with make.refused(session, mall, NotFound):
        cancel(session, mall, salt)
    with clock.held_at(FRIDAY):
        vouchers.use(
            session, ledger_id=mall.ledger_id, shop_id=mall.shop_id, presented=made.code.token,
            actor=mall.clerk,
        )  # fmt: skip
        with make.refused(session, mall, ClassHeld, used_count=1):
            cancel(session, mall, lesson)
