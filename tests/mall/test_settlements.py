"""Settlement: a shop's month, once, by the rate and the value of a point, and locked."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import ValidationFailed
from app.ledger import balances
from app.mall import merchants, refunds, settlements, statements
from app.mall.errors import AlreadySettled, NothingToSettle, RedemptionSettled
from app.mall.models import Merchant, Redemption, Settlement
from tests.factories import mall as make

MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)
APRIL = datetime(2026, 4, 2, 4, tzinfo=UTC)
MAY = datetime(2026, 5, 2, 4, tzinfo=UTC)


@pytest.fixture
def mall(stage):
    with clock.held_at(MARCH):
        yield stage.put_up(make.a_mall, "session")


def settle(session, mall, period="2026-03"):
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id, "period": period}
    return settlements.settle(session, **named, actor=mall.staff)


def statement(session, mall, made):
    return statements.read(session, ledger_id=mall.ledger_id, settlement_id=made.id)


def sell(session, mall, *prices, kind="goods"):
    member = make.a_member(session, mall, points=sum(prices))
    found = [make.put_goods(session, mall, price=price, kind=kind) for price in prices]
    return [make.redeem(session, mall, member, (one, 1)) for one in found]


def take_back(session, mall, slip):
    return refunds.refund(
        session,
        ledger_id=mall.ledger_id,
        redemption_id=slip.redemption_id,
        reason="质量问题",
        actor=mall.other_staff,
    )


def rate(session, mall, basis_points):
    session.execute(
        sa.update(Merchant)
        .where(Merchant.ledger_id == mall.ledger_id, Merchant.id == mall.merchant.id)
        .values(discount_rate_bp=basis_points)
    )
    session.expire_all()


def points_of(session, mall):
    found = balances.of_owner(session, ledger_id=mall.ledger_id, owner_id=mall.shop_id)
    return {each.ref.kind: each.posted for each in found if each.posted}


def test_e12_of_1250_points_50_reversed_at_a_rate_of_four_fifths_960_are_paid(session, mall):
    rate(session, mall, 8_000)
    slips = sell(session, mall, 200, 200, 200, 200, 200, 200, 50)
    take_back(session, mall, slips[-1])
    with make.refused(session, mall, ValidationFailed, field="period"):
        settle(session, mall)
    with clock.held_at(APRIL):
        made = settle(session, mall)
        assert (made.captured_points, made.reversed_points, made.total_points) == (1_250, 50, 1_200)
        assert (made.reference_fen, made.amount_fen) == (100, 96_000)
        assert points_of(session, mall) == {"settled": 1_200}
        make.require_clean(session, mall.ledger_id)


def test_l14_no_redemption_is_settled_twice_and_a_statement_is_locked(session, mall):
    (slip,) = sell(session, mall, 60)
    with clock.held_at(APRIL):
        made = settle(session, mall)
        with make.refused(session, mall, AlreadySettled, number=made.number):
            settle(session, mall)
        with make.refused(session, mall, RedemptionSettled):
            take_back(session, mall, slip)
    with clock.held_at(MAY), make.refused(session, mall, NothingToSettle):
        settle(session, mall, "2026-04")


def test_d39_a_reversal_after_the_month_goes_to_the_next_statement(session, mall):
    kept, returned = sell(session, mall, 60, 40)
    with clock.held_at(APRIL):
        take_back(session, mall, returned)
        march = settle(session, mall)
        printed = statement(session, mall, march)
        assert (march.total_points, [line.points for line in printed.lines]) == (100, [60, 40])
    with clock.held_at(MAY):
        april = settle(session, mall, "2026-04")
        assert (april.captured_points, april.reversed_points, april.total_points) == (0, 40, -40)
        assert april.amount_fen == -4_000
        assert points_of(session, mall) == {"settled": 60}
        assert statement(session, mall, march) == printed
        assert statement(session, mall, april).lines[0].number == returned.number
        assert kept.number in {line.number for line in printed.lines}
        make.require_clean(session, mall.ledger_id)


def test_d39_a_statement_prints_the_same_after_rate_and_value_have_changed(session, mall):
    sell(session, mall, 60)
    sell(session, mall, 80, kind="service")
    with clock.held_at(APRIL):
        made = settle(session, mall)
        before = statement(session, mall, made)
        rate(session, mall, 5_000)
        again = statement(session, mall, made)
    assert again.agrees
    assert (again.settlement.amount_fen, again.lines) == (14_000, before.lines)
    assert again.by_kind == {"shop": 60, "shop_service": 80, "shop_offer": 0, "shop_honour": 0}


def test_what_no_month_settled_is_in_the_next_statement(session, mall):
    sell(session, mall, 30)
    with clock.held_at(APRIL):
        make.add_clerk(session, mall)
        member = make.a_member(session, mall, points=20)
        make.redeem(session, mall, member, (make.put_goods(session, mall), 1), till=1)
    with clock.held_at(MAY):
        due = settlements.due(
            session, ledger_id=mall.ledger_id, shop_ids=[mall.shop_id], period="2026-04"
        )
        assert due == {mall.shop_id: 50}
        (made,) = settlements.settle_all(
            session, ledger_id=mall.ledger_id, node=mall.node, period="2026-04", actor=mall.staff
        )
        assert made.total_points == 50
        assert (
            settlements.settle_all(
                session,
                ledger_id=mall.ledger_id,
                node=mall.node,
                period="2026-04",
                actor=mall.staff,
            )
            == []
        )


@pytest.mark.parametrize("period", ["2026", "2026-13", "März"])
def test_a_period_is_a_month(session, mall, period):
    with make.refused(session, mall, ValidationFailed, field="period"):
        settle(session, mall, period)


def test_half_a_fen_is_rounded_up_whatever_the_sign():
    from app.mall.settlement_rows import payable_fen

    assert payable_fen(1, reference_fen=1, rate_bp=5_000) == 1
    assert payable_fen(-1, reference_fen=1, rate_bp=5_000) == -1
    assert payable_fen(3, reference_fen=100, rate_bp=3_333) == 100


@pytest.mark.parametrize(
    ("column", "what"),
    [
        ("captured_points", "its rows"),
        ("total_points", "its journal"),
        ("total_points", "its rows"),
    ],
)
def test_the_proof_sees_a_changed_settlement(session, mall, column, what):
    sell(session, mall, 60)
    with clock.held_at(APRIL):
        made = settle(session, mall)
    session.execute(
        sa.update(Settlement)
        .where(Settlement.ledger_id == mall.ledger_id, Settlement.id == made.id)
        .values({column: 61})
    )
    assert f"settlement differs from {what}: 1 ({made.number})" in make.proof_of(session, mall)


def test_the_proof_sees_a_redemption_put_into_a_statement_afterwards(session, mall):
    sell(session, mall, 60)
    with clock.held_at(APRIL):
        made = settle(session, mall)
    with clock.held_at(MAY):
        make.add_clerk(session, mall)
        member = make.a_member(session, mall, points=20)
        make.redeem(session, mall, member, (make.put_goods(session, mall), 1), till=1)
    session.execute(
        sa.update(Redemption)
        .where(Redemption.ledger_id == mall.ledger_id)
        .values(settlement_id=made.id)
    )
    assert f"settlement differs from its rows: 1 ({made.number})" in make.proof_of(session, mall)


def test_p8_each_kind_has_its_counter_account_and_the_book_sums_to_zero(session, mall):
    member = make.a_member(session, mall, points=300)
    kinds = {"goods": 20, "service": 30, "offer": 40, "honour": 50}
    found = [
        make.put_goods(session, mall, price=price, kind=kind, stock_count=5 if at < 2 else 0)
        for at, (kind, price) in enumerate(kinds.items())
    ]
    slip = make.redeem(session, mall, member, *((one, 1) for one in found))
    taken = {"shop": 20, "shop_service": 30, "shop_offer": 40, "shop_honour": 50}
    assert points_of(session, mall) == taken
    make.require_clean(session, mall.ledger_id)
    take_back(session, mall, slip)
    assert points_of(session, mall) == {}
    make.require_clean(session, mall.ledger_id)


def test_m3_t16_a_merchant_without_a_signature_is_not_listed(session, mall):
    named = {"ledger_id": mall.ledger_id}
    applied = merchants.apply(
        session, **named, node_id=mall.node.id, name="青禾面馆", actor=mall.staff,
        partner_class="商企发展",
    )  # fmt: skip
    merchants.approve(session, **named, merchant_id=applied.id, actor=mall.other_staff)
    signed = make.sign(session, mall.ledger_id, applied, actor=mall.staff)
    assert (signed.state, signed.agreed_from_on) == ("signed", clock.today())
    listed = merchants.list_within(session, **named, node=mall.node, partner_class="商企发展")
    assert [one.name for one in listed] == ["青禾面馆"]
