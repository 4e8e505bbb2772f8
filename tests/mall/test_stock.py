"""Stock moves by intake, count and write-off, and never without a movement."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.ledger.errors import InsufficientPoints
from app.mall import refunds, stock
from app.mall.errors import StockConflict
from app.mall.models import StockMovement
from tests.factories import mall as make


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


def test_d38_every_change_is_a_movement_that_says_what_it_left(session, mall):
    salt = make.put_goods(session, mall, stock_count=10)
    named = {"ledger_id": mall.ledger_id, "actor": mall.clerk}
    stock.write_off(session, counts={salt.id: 3}, reason="受潮", **named)
    (line,) = stock.count(session, counted={salt.id: 8}, reason="多一袋", **named)
    assert (line.expected_count, line.counted_count, line.difference_count) == (7, 8, 1)
    moves = stock.list_movements(session, ledger_id=mall.ledger_id, goods_id=salt.id)
    assert [(one.seq, one.kind, one.change_count, one.stock_after) for one in moves] == [
        (3, "count", 1, 8),
        (2, "write_off", -3, 7),
        (1, "intake", 10, 10),
    ]
    make.require_clean(session, mall.ledger_id)


def test_d38_the_months_list_shows_differences_without_names(session, mall):
    salt, soap = (make.put_goods(session, mall, number=number) for number in ("001", "002"))
    with clock.held_at(datetime(2026, 3, 31, 4, tzinfo=UTC)):
        stock.count(
            session,
            ledger_id=mall.ledger_id,
            counted={salt.id: 9, soap.id: 10},
            reason="少一袋",
            actor=mall.clerk,
        )
    lists = [
        stock.differences_by_shop(
            session,
            ledger_id=mall.ledger_id,
            shop_ids=[mall.shop_id],
            begins_at=clock.local_instant(date(2026, month, 1)),
            ends_at=clock.local_instant(date(2026, month + 1, 1)),
        )[mall.shop_id]
        for month in (3, 4)
    ]
    assert [[(one.number, one.change_count, one.reason) for one in each] for each in lists] == [
        [("001", -1, "少一袋")],
        [],
    ]


def test_many_goods_come_in_at_once(session, mall):
    shelf = [make.put_goods(session, mall, stock_count=0) for _ in range(4)]
    counts = {one.id: place for place, one in enumerate(shelf, start=1)}
    stock.intake(session, ledger_id=mall.ledger_id, counts=counts, actor=mall.clerk)
    assert [make.stock_of(session, mall, one) for one in shelf] == [1, 2, 3, 4]
    make.require_clean(session, mall.ledger_id)


@pytest.mark.parametrize("pieces", [0, -1, 1_000_001, True])
def test_an_intake_is_one_piece_or_more(session, mall, pieces):
    salt = make.put_goods(session, mall)
    with make.refused(session, mall, ValidationFailed):
        stock.intake(session, ledger_id=mall.ledger_id, counts={salt.id: pieces}, actor=mall.clerk)


def test_an_intake_of_nothing_is_refused(session, mall):
    with make.refused(session, mall, ValidationFailed):
        stock.intake(session, ledger_id=mall.ledger_id, counts={}, actor=mall.clerk)


def test_unknown_goods_are_not_found_and_the_others_stay(session, mall):
    salt = make.put_goods(session, mall)
    for verb in (stock.intake, stock.write_off):
        with make.refused(session, mall, NotFound):
            verb(
                session,
                ledger_id=mall.ledger_id,
                counts={salt.id: 1, new_id(): 1},
                reason="试",
                actor=mall.clerk,
            )
    with make.refused(session, mall, NotFound):
        stock.count(session, ledger_id=mall.ledger_id, counted={new_id(): 1}, actor=mall.clerk)


def test_a_write_off_needs_a_reason_and_the_pieces(session, mall):
    salt = make.put_goods(session, mall, stock_count=2)
    named = {"ledger_id": mall.ledger_id, "actor": mall.clerk}
    with make.refused(session, mall, ValidationFailed):
        stock.write_off(session, counts={salt.id: 1}, reason=" ", **named)
    with make.refused(session, mall, StockConflict):
        stock.write_off(session, counts={salt.id: 3}, reason="受潮", **named)


def test_a_count_with_a_difference_needs_a_reason(session, mall):
    salt = make.put_goods(session, mall, stock_count=2)
    with make.refused(session, mall, ValidationFailed):
        stock.count(session, ledger_id=mall.ledger_id, counted={salt.id: 1}, actor=mall.clerk)


def test_what_has_no_shelf_is_not_moved(session, mall):
    badge = make.put_goods(session, mall, kind="honour", stock_count=0)
    with make.refused(session, mall, StockConflict):
        stock.intake(session, ledger_id=mall.ledger_id, counts={badge.id: 1}, actor=mall.clerk)


def test_pieces_that_a_stall_has_are_not_counted_on_the_shelf(session, mall):
    salt = make.put_goods(session, mall, stock_count=5)
    make.a_stall(session, mall, (salt, 4))
    named = {"ledger_id": mall.ledger_id, "actor": mall.clerk}

    (line,) = stock.count(session, counted={salt.id: 0}, reason="少了一袋", **named)

    assert (line.expected_count, line.difference_count) == (1, -1)
    assert make.stock_of(session, mall, salt) == 4
    make.require_clean(session, mall.ledger_id)


def test_each_difference_of_a_count_may_have_a_reason_of_its_own(session, mall):
    salt, soap = (make.put_goods(session, mall, stock_count=5) for _ in range(2))
    named = {"ledger_id": mall.ledger_id, "actor": mall.clerk}
    counted = {salt.id: 4, soap.id: 6}
    with make.refused(session, mall, ValidationFailed, field="reason"):
        stock.count(session, counted=counted, reasons={salt.id: "破了"}, **named)

    stock.count(session, counted=counted, reasons={salt.id: "破了", soap.id: "多送一块"}, **named)

    ledger_id = mall.ledger_id
    (last, *_) = stock.list_movements(session, ledger_id=ledger_id, goods_id=soap.id)
    assert (last.change_count, last.reason) == (1, "多送一块")
    make.require_clean(session, mall.ledger_id)


def test_movements_are_never_changed(session, mall):
    salt = make.put_goods(session, mall)
    for change in (
        sa.update(StockMovement).values(change_count=99),
        sa.delete(StockMovement),
    ):
        scoped = change.where(
            StockMovement.ledger_id == mall.ledger_id, StockMovement.goods_id == salt.id
        )
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(scoped)
    assert make.stock_of(session, mall, salt) == 10


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["intake", "redeem", "cancel", "refund", "count", "write_off"]),
        st.integers(0, 2),
        st.integers(1, 9),
    ),
    max_size=14,
)


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS)
def test_whatever_happens_the_shelf_is_the_sum_of_its_movements(session, acts):
    session.rollback()
    mall = make.a_mall(session)
    member = make.a_member(session, mall, points=150)
    shelf = [
        make.put_goods(session, mall, price=price, stock_count=6, person_period_max=99)
        for price in (0, 7, 20)
    ]
    slips = []
    for verb, place, number in acts:
        try:
            with attempt(session):
                do(session, mall, (verb, shelf[place], number), member, slips)
        except (StockConflict, InsufficientPoints, refunds.AlreadyReversed, IndexError):
            pass
    for one in shelf:
        moves = stock.list_movements(session, ledger_id=mall.ledger_id, goods_id=one.id, limit=999)
        assert sum(move.change_count for move in moves) == make.stock_of(session, mall, one)
        assert [move.seq for move in moves] == list(range(len(moves), 0, -1))
    make.require_clean(session, mall.ledger_id)


def do(session, mall, act, member, slips):
    verb, one, number = act
    named = {"ledger_id": mall.ledger_id, "actor": mall.clerk}
    if verb == "redeem":
        slips.append(
            make.redeem(session, mall, member, (one, number), confirmed_by="pin").redemption_id
        )
    elif verb == "cancel" and slips:
        redemption_id = slips[number % len(slips)]
        refunds.cancel(session, redemption_id=redemption_id, reason="试", **named)
    elif verb == "refund" and slips:
        redemption_id = slips[number % len(slips)]
        named["actor"] = mall.staff
        refunds.refund(session, redemption_id=redemption_id, reason="试", **named)
    elif verb == "intake":
        stock.intake(session, counts={one.id: number}, **named)
    elif verb == "count":
        stock.count(session, counted={one.id: number}, reason="盘点", **named)
    elif verb == "write_off":
        stock.write_off(session, counts={one.id: number}, reason="受潮", **named)
