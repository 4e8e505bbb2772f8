"""Opening and closing tills: the day-end list equals the shelf, or says by how much it does not."""

import pytest
import sqlalchemy as sa

from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, ValidationFailed
from app.base.ids import new_id
from app.mall import clerks, day_end, refunds, shops, tills
from app.mall.errors import ShopClosed, TillAlreadyOpen, TillClosed
from app.mall.models import StockMovement
from tests.factories import mall as make


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


def close(session, mall, counted, *, actor=None, reason=None):
    return tills.close(
        session,
        ledger_id=mall.ledger_id,
        till_id=mall.till.id,
        counted=counted,
        actor=actor or mall.clerk,
        reason=reason,
    )


def test_a14_one_piece_missing_shows_at_the_close_as_minus_one(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=20, stock_count=10)
    make.redeem(session, mall, member, (salt, 2))
    done = close(session, mall, {salt.id: 7}, reason="少一袋")
    (line,) = done.shelf
    assert (line.sold_count, line.expected_count, line.counted_count) == (2, 8, 7)
    assert (line.difference_count, done.difference_count) == (-1, -1)
    assert (done.redemption_count, done.total_points) == (1, 40)
    last = session.scalars(
        sa.select(StockMovement)
        .where(StockMovement.ledger_id == mall.ledger_id, StockMovement.goods_id == salt.id)
        .order_by(StockMovement.seq.desc())
    ).first()
    assert (last.kind, last.change_count, last.stock_after, last.reason) == (
        "count",
        -1,
        7,
        "少一袋",
    )
    assert make.stock_of(session, mall, salt) == 7
    make.require_clean(session, mall.ledger_id)


def test_a_close_that_agrees_needs_no_reason_and_proves_the_count(session, mall):
    salt = make.put_goods(session, mall)
    done = close(session, mall, {salt.id: 10})
    assert (done.difference_count, done.shelf[0].counted_count) == (0, 10)
    make.require_clean(session, mall.ledger_id)


def test_a14_a_difference_without_a_reason_is_refused(session, mall):
    salt = make.put_goods(session, mall)
    with make.refused(session, mall, ValidationFailed):
        close(session, mall, {salt.id: 9})


def test_what_was_cancelled_is_not_in_the_list(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=20)
    slips = [make.redeem(session, mall, member, (salt, 1)) for _ in range(2)]
    refunds.cancel(
        session,
        ledger_id=mall.ledger_id,
        redemption_id=slips[0].redemption_id,
        reason="拿错了",
        actor=mall.clerk,
    )
    so_far = day_end.read(session, ledger_id=mall.ledger_id, till_id=mall.till.id)
    done = close(session, mall, {salt.id: 9})
    for one in (so_far, done):
        assert (one.redemption_count, one.total_points, one.shelf[0].sold_count) == (1, 20, 1)


def test_the_list_stays_as_it_was_closed(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=20)
    slip = make.redeem(session, mall, member, (salt, 1))
    close(session, mall, {salt.id: 9})
    refunds.refund(
        session,
        ledger_id=mall.ledger_id,
        redemption_id=slip.redemption_id,
        reason="质量问题",
        actor=mall.staff,
    )
    later = day_end.read(session, ledger_id=mall.ledger_id, till_id=mall.till.id)
    assert (later.redemption_count, later.total_points) == (1, 20)


def test_a_till_is_closed_once(session, mall):
    close(session, mall, {})
    with make.refused(session, mall, TillClosed):
        close(session, mall, {})


def test_staff_may_close_a_clerks_till_and_others_may_not(session, mall):
    for actor in (make.add_clerk(session, mall), Actor(new_id())):
        with make.refused(session, mall, PermissionDenied):
            close(session, mall, {}, actor=actor)
    assert close(session, mall, {}, actor=mall.staff).closed_at is not None


def test_goods_of_another_shop_are_not_counted_here(session, mall):
    here = mall.shop
    mall.shop = shops.open_shop(
        session,
        ledger_id=mall.ledger_id,
        merchant_id=mall.merchant.id,
        node_id=mall.node.id,
        name="另一家",
        actor=mall.staff,
    )
    elsewhere = make.put_goods(session, mall)
    mall.shop = here
    with make.refused(session, mall, ValidationFailed):
        close(session, mall, {elsewhere.id: 10})


def test_a_clerk_has_one_open_till_in_a_shop(session, mall):
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id, "actor": mall.clerk}
    with make.refused(session, mall, TillAlreadyOpen, till_id=str(mall.till.id)):
        tills.open_till(session, **named)
    close(session, mall, {})
    again = tills.open_till(session, **named)
    found = tills.list_of_shop(session, ledger_id=mall.ledger_id, shop_id=mall.shop_id)
    assert {one.id for one in found} == {again.id, mall.till.id}


def test_only_a_clerk_of_the_day_opens_a_till(session, mall):
    with make.refused(session, mall, PermissionDenied):
        tills.open_till(session, ledger_id=mall.ledger_id, shop_id=mall.shop_id, actor=mall.staff)
    close(session, mall, {})
    clerks.end(
        session,
        ledger_id=mall.ledger_id,
        shop_id=mall.shop_id,
        person_id=mall.clerk.person_id,
        actor=mall.staff,
    )
    with make.refused(session, mall, PermissionDenied):
        tills.open_till(session, ledger_id=mall.ledger_id, shop_id=mall.shop_id, actor=mall.clerk)


def test_no_till_opens_in_a_suspended_shop(session, mall):
    shops.suspend(session, ledger_id=mall.ledger_id, shop_id=mall.shop_id, actor=mall.staff)
    with make.refused(session, mall, ShopClosed, state="suspended"):
        tills.open_till(session, ledger_id=mall.ledger_id, shop_id=mall.shop_id, actor=mall.clerk)


def test_an_unknown_till_is_not_found(session, mall):
    with make.refused(session, mall, NotFound):
        tills.close(
            session, ledger_id=mall.ledger_id, till_id=new_id(), counted={}, actor=mall.clerk
        )
    with make.refused(session, mall, NotFound):
        day_end.read(session, ledger_id=mall.ledger_id, till_id=new_id())
