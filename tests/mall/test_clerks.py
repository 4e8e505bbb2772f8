"""Clerks serve from one day until another, both included."""

from datetime import UTC, date, datetime

import pytest

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.mall import clerks
from tests.factories import mall as make


@pytest.fixture
def mall(stage):
    with clock.held_at(datetime(2026, 3, 1, 4, tzinfo=UTC)):
        yield stage.put_up(make.a_mall, "session")


def serves(session, mall, person_id, day):
    with clock.held_at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)):
        shops = clerks.shops_of(session, ledger_id=mall.ledger_id, person_id=person_id)
        found = clerks.serves(
            session, ledger_id=mall.ledger_id, shop_id=mall.shop_id, person_id=person_id
        )
    assert found == (mall.shop_id in shops)
    return found


def assign(session, mall, person_id, **days):
    return clerks.assign(
        session,
        ledger_id=mall.ledger_id,
        shop_id=mall.shop_id,
        person_id=person_id,
        actor=mall.staff,
        **days,
    )


def test_both_days_are_included(session, mall):
    person_id = new_id()
    assign(session, mall, person_id, from_on=date(2026, 3, 2), until_on=date(2026, 3, 3))
    days = [date(2026, 3, day) for day in (1, 2, 3, 4)]
    assert [serves(session, mall, person_id, day) for day in days] == [False, True, True, False]


def test_an_ended_clerk_is_out_at_once_and_may_come_back(session, mall):
    person_id = mall.clerk.person_id
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id, "person_id": person_id}
    clerks.end(session, **named, actor=mall.staff)
    assert not serves(session, mall, person_id, date(2026, 3, 1))
    assign(session, mall, person_id)
    assert serves(session, mall, person_id, date(2026, 3, 1))
    assert len(clerks.list_of(session, ledger_id=mall.ledger_id, shop_id=mall.shop_id)) == 1


def test_a_clerk_may_be_ended_later(session, mall):
    person_id = mall.clerk.person_id
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id, "person_id": person_id}
    clerks.end(session, **named, actor=mall.staff, last_on=date(2026, 3, 31))
    assert serves(session, mall, person_id, date(2026, 3, 31))
    assert not serves(session, mall, person_id, date(2026, 4, 1))


def test_the_last_day_does_not_lie_before_the_first(session, mall):
    with make.refused(session, mall, ValidationFailed):
        assign(session, mall, new_id(), from_on=date(2026, 3, 2), until_on=date(2026, 3, 1))


def test_who_does_not_serve_is_not_ended(session, mall):
    with make.refused(session, mall, NotFound):
        clerks.end(
            session,
            ledger_id=mall.ledger_id,
            shop_id=mall.shop_id,
            person_id=new_id(),
            actor=mall.staff,
        )


def test_no_clerk_in_an_unknown_shop(session, mall):
    with make.refused(session, mall, NotFound):
        clerks.assign(
            session,
            ledger_id=mall.ledger_id,
            shop_id=new_id(),
            person_id=new_id(),
            actor=mall.staff,
        )
