"""Taking a redemption back: whole, once, to the lots it came from, with the goods."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.community import settings
from app.ledger.errors import AlreadyReversed
from app.ledger.models import Journal
from app.mall import allowances, listings, refunds, tills
from app.mall.errors import RedemptionSettled, RefundWindowOver
from app.mall.models import Redemption, Settlement, StockMovement
from app.people import inbox
from app.points import wallets
from app.risk import limits
from tests.factories import mall as make

OPENING = datetime(2026, 3, 1, 4, tzinfo=UTC)


@pytest.fixture
def mall(stage):
    with clock.held_at(OPENING):
        yield stage.put_up(make.a_mall, "session")


def cancel(session, mall, slip, *, actor=None, reason="拿错了"):
    return refunds.cancel(
        session,
        ledger_id=mall.ledger_id,
        redemption_id=slip.redemption_id,
        reason=reason,
        actor=actor or mall.clerk,
    )


def refund(session, mall, slip, *, actor=None, reason="质量问题"):
    return refunds.refund(
        session,
        ledger_id=mall.ledger_id,
        redemption_id=slip.redemption_id,
        reason=reason,
        actor=actor or mall.staff,
    )


def lots(session, mall, member):
    return wallets.holding(session, ledger_id=mall.ledger_id, member_id=member.id).lots


def sold(session, mall, *, points=100, price=60, pieces=1, **rest):
    member = make.a_member(session, mall, points=points)
    soap = make.put_goods(session, mall, price=price)
    return member, soap, make.redeem(session, mall, member, (soap, pieces), **rest)


def test_l4_a_cancel_is_the_exact_reversal_with_the_goods(session, mall):
    member, soap, slip = sold(session, mall)
    done = cancel(session, mall, slip)
    assert (done.state, done.returned_points, done.expired_points) == ("cancelled", 60, 0)
    assert make.stock_of(session, mall, soap) == 10
    assert sum(points for _, points in lots(session, mall, member)) == 100
    row = listings.get(session, ledger_id=mall.ledger_id, redemption_id=slip.redemption_id)
    reversal = session.get(Journal, (mall.ledger_id, row.reversal_journal_id))
    assert (row.state, reversal.reverses_id) == ("cancelled", row.journal_id)
    kinds = session.scalars(
        sa.select(StockMovement.kind)
        .where(StockMovement.ledger_id == mall.ledger_id, StockMovement.goods_id == soap.id)
        .order_by(StockMovement.seq)
    )
    assert list(kinds) == ["intake", "redemption", "cancel"]
    (count,) = listings.gift_counts(session, ledger_id=mall.ledger_id, shop_ids=[mall.shop_id])
    assert count.order_count == 0
    make.require_clean(session, mall.ledger_id)


def test_the_member_is_told_of_the_return(session, mall):
    member, _, slip = sold(session, mall)
    with clock.held_at(OPENING + timedelta(minutes=5)):
        cancel(session, mall, slip)
        told = inbox.list_for(session, ledger_id=mall.ledger_id, member_id=member.id)[0]
    assert told.topic == "refunded"
    assert told.facts == {"points": 60, "number": slip.number, "shop": slip.shop_name}


def test_e10_only_what_has_not_expired_comes_back_and_the_slip_says_so(session, mall):
    with clock.held_at(datetime(2026, 12, 30, 4, tzinfo=UTC)):
        member = make.a_member(session, mall, points=30, vintage_on=date(2026, 12, 31))
        make.ledger.issue(session, mall.ledger_id, member.id, 20, date(2027, 12, 31))
        soap = make.put_goods(session, mall, price=35)
        slip = make.redeem(session, mall, member, (soap, 1))
    with clock.held_at(datetime(2027, 1, 5, 4, tzinfo=UTC)):
        done = refund(session, mall, slip)
        assert lots(session, mall, member) == [(date(2027, 12, 31), 20)]
        told = inbox.list_for(session, ledger_id=mall.ledger_id, member_id=member.id)[0]
    assert (done.total_points, done.returned_points, done.expired_points) == (35, 5, 30)
    assert (told.topic, told.facts["expired_points"]) == ("refunded_in_part", 30)
    assert make.stock_of(session, mall, soap) == 10
    make.require_clean(session, mall.ledger_id)


def test_limits_are_given_back(session, mall):
    member, soap, slip = sold(session, mall, price=20, pieces=2)
    cancel(session, mall, slip)
    counter = allowances.item_counter(member.id, soap.id, clock.today())
    assert limits.used_of(session, ledger_id=mall.ledger_id, counter=counter) == 0
    again = make.redeem(session, mall, member, (soap, 2))
    assert again.total_points == 40


def test_a_redemption_is_taken_back_once(session, mall):
    _, _, slip = sold(session, mall)
    cancel(session, mall, slip)
    with make.refused(session, mall, AlreadyReversed):
        cancel(session, mall, slip)
    with make.refused(session, mall, AlreadyReversed):
        refund(session, mall, slip)


def test_a_gift_of_zero_points_can_be_taken_back_once(session, mall):
    member = make.a_member(session, mall)
    tissue = make.put_goods(session, mall, price=0)
    slip = make.redeem(session, mall, member, (tissue, 1))
    done = cancel(session, mall, slip)
    assert (done.returned_points, make.stock_of(session, mall, tissue)) == (0, 10)
    with make.refused(session, mall, AlreadyReversed):
        cancel(session, mall, slip)
    make.require_clean(session, mall.ledger_id)


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201])
def test_taking_back_needs_a_reason(session, mall, reason):
    _, _, slip = sold(session, mall)
    with make.refused(session, mall, ValidationFailed):
        refund(session, mall, slip, reason=reason)


def test_d36_a_clerk_cancels_only_their_own_sales(session, mall):
    _, _, slip = sold(session, mall)
    other = make.add_clerk(session, mall)
    with make.refused(session, mall, PermissionDenied):
        cancel(session, mall, slip, actor=other)


def test_d36_a_clerk_cancels_only_the_same_day(session, mall):
    _, _, slip = sold(session, mall)
    with (
        clock.held_at(datetime(2026, 3, 1, 16, tzinfo=UTC)),
        make.refused(session, mall, RefundWindowOver),
    ):
        cancel(session, mall, slip)


def test_a14_a_clerk_does_not_cancel_after_the_till_was_closed(session, mall):
    _, _, slip = sold(session, mall)
    tills.close(
        session, ledger_id=mall.ledger_id, till_id=mall.till.id, counted={}, actor=mall.clerk
    )
    with make.refused(session, mall, RefundWindowOver):
        cancel(session, mall, slip)
    assert refund(session, mall, slip).state == "refunded"
    make.require_clean(session, mall.ledger_id)


def test_a6_neither_the_seller_nor_the_member_refunds(session, mall):
    member, _, slip = sold(session, mall)
    for actor in (mall.clerk, Actor(member.person_id), Actor(new_id(), member.person_id)):
        with make.refused(session, mall, SecondPersonRequired):
            refund(session, mall, slip, actor=actor)


def test_d36_a_refund_is_refused_after_the_window(session, mall):
    settings.put(session, node=mall.node, name="mall.refund_window_days", value=7, actor=SYSTEM)
    _, _, slip = sold(session, mall)
    with (
        clock.held_at(OPENING + timedelta(days=8)),
        make.refused(session, mall, RefundWindowOver, last_on="2026-03-08"),
    ):
        refund(session, mall, slip)
    with clock.held_at(OPENING + timedelta(days=7)):
        refund(session, mall, slip)


def test_d36_a_refund_is_refused_after_settlement(session, mall):
    _, _, slip = sold(session, mall)
    row = listings.get(session, ledger_id=mall.ledger_id, redemption_id=slip.redemption_id)
    settlement = Settlement(
        ledger_id=mall.ledger_id,
        id=new_id(),
        shop_id=mall.shop_id,
        period="2026-03",
        version=1,
        total_points=60,
        amount_fen=6000,
        journal_id=row.journal_id,
        settled_at=clock.now(),
        number="S-1",
        captured_points=60,
        reversed_points=0,
        discount_rate_bp=10_000,
        reference_fen=100,
        settled_by_id=mall.staff.person_id,
    )
    session.add(settlement)
    session.flush()
    session.execute(
        sa.update(Redemption)
        .where(Redemption.ledger_id == mall.ledger_id, Redemption.id == slip.redemption_id)
        .values(settlement_id=settlement.id)
    )
    with make.refused(session, mall, RedemptionSettled):
        refund(session, mall, slip)


def test_an_unknown_redemption_is_not_found(session, mall):
    with make.refused(session, mall, NotFound):
        refunds.refund(
            session,
            ledger_id=mall.ledger_id,
            redemption_id=new_id(),
            reason="没有",
            actor=mall.staff,
        )
