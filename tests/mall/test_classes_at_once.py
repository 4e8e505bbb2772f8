"""A class moves or is cancelled while others book and give back: no place keeps an old time."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import DomainError
from app.base.transactions import attempt
from app.mall import classes, goods, voucher_returns, vouchers
from app.mall.errors import GoodsNotOnSale, VoucherOver
from app.mall.models import Voucher
from tests.factories import mall as make
from tests.factories import people
from tests.mall.test_redemptions_at_once import run_all

pytestmark = pytest.mark.slow
MEMBERS = 12
HOUR = timedelta(hours=1)


def a_class(session, mall):
    at = clock.now() + timedelta(days=5)
    return make.put_goods(
        session, mall, price=10, kind="service", name="四点半课堂", stock_count=MEMBERS,
        starts_at=at, ends_at=at + HOUR, return_hours=24,
    )  # fmt: skip


def booking(mall, lesson, member):
    def work(session):
        with attempt(session):
            return vouchers.issue(
                session, ledger_id=mall.ledger_id, member_id=member.id, goods_id=lesson.id,
                expected_points=10, actor=people.acting(member),
            ).voucher.id  # fmt: skip

    return work


def giving_back(mall, voucher, member):
    def work(session):
        with attempt(session):
            voucher_returns.give_back(
                session, ledger_id=mall.ledger_id, voucher_id=voucher.id, member_id=member.id,
                actor=people.acting(member),
            )  # fmt: skip

    return work


def changing(mall, lesson, verb, **said):
    def work(session):
        with attempt(session):
            return verb(
                session, ledger_id=mall.ledger_id, goods_id=lesson.id, version=1, **said,
                actor=mall.staff,
            )  # fmt: skip

    return work


def states(session, mall):
    query = sa.select(Voucher.state, Voucher.starts_at).where(Voucher.ledger_id == mall.ledger_id)
    return [tuple(row) for row in session.execute(query)]


def test_m6_whoever_books_while_a_class_moves_has_its_new_time(app, session):
    mall = make.a_mall(session)
    booked = [make.a_member(session, mall, points=10) for _ in range(MEMBERS)]
    lesson = a_class(session, mall)
    later = {"starts_at": lesson.starts_at + HOUR, "ends_at": lesson.ends_at + HOUR}
    session.commit()
    works = [booking(mall, lesson, each) for each in booked]
    works.insert(MEMBERS // 2, changing(mall, lesson, classes.move, **later))
    answers = run_all(app, works)
    assert [one for one in answers if isinstance(one, DomainError)] == []
    session.expire_all()
    now = goods.get(session, ledger_id=mall.ledger_id, goods_id=lesson.id).starts_at
    assert states(session, mall) == [("open", now)] * MEMBERS
    make.require_clean(session, mall.ledger_id)


def test_m6_a_class_that_is_cancelled_meanwhile_leaves_no_place_paid(app, session):
    mall = make.a_mall(session)
    members = [make.a_member(session, mall, points=10) for _ in range(MEMBERS)]
    lesson = a_class(session, mall)
    early = members[: MEMBERS // 2]
    kept = [make.buy_voucher(session, each, lesson) for each in early]
    session.commit()
    works = [booking(mall, lesson, each) for each in members[MEMBERS // 2 :]]
    works += [giving_back(mall, *pair) for pair in zip(kept, early, strict=True)]
    works.insert(MEMBERS // 2, changing(mall, lesson, classes.cancel, reason="老师病了"))
    answers = run_all(app, works)
    refused = {type(one) for one in answers if isinstance(one, DomainError)}
    assert refused <= {GoodsNotOnSale, VoucherOver}
    session.expire_all()
    assert {state for state, _at in states(session, mall)} == {"returned"}
    make.require_clean(session, mall.ledger_id)
