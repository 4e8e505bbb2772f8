"""A household at the till: one account, one limit, and a base that cannot be spent (D29, D35)."""

import pytest

from app.base.actors import SYSTEM
from app.ledger import posting
from app.ledger.errors import InsufficientPoints
from app.mall import collecting, quotes, refunds, reservations, voucher_returns
from app.people import households
from app.points import pooling, programmes, wallets
from app.points.purses import household_ref
from app.reports import explanations
from app.risk.errors import LimitExceeded
from tests.factories import mall as make
from tests.factories import people


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


def a_household(session, mall, points):
    """Two people whose programme pools; the household holds these points above its base."""
    programme = programmes.of_ledger(session, mall.ledger_id)
    pooling.set_pooling(session, programme=programme, pooling="household", actor=SYSTEM)
    head, spouse = (make.a_member(session, mall, name) for name in ("温如许", "温知夏"))
    home = people.live_together(session, head, spouse, name="温家")
    line = posting.Line(wallets.POINTS_ISSUANCE, household_ref(home.id), points)
    draft = posting.JournalDraft(key="test:earned", kind="test", lines=(line,), actor=SYSTEM)
    posting.post_one(session, ledger_id=mall.ledger_id, draft=draft)
    session.commit()
    return home, head, spouse


def score(session, mall, home):
    return pooling.score(session, ledger_id=mall.ledger_id, household_id=home.id)


def test_e8_a_score_of_137_pays_37_and_a_price_of_44_is_7_short(session, mall):
    home, head, spouse = a_household(session, mall, 37)
    soap = make.put_goods(session, mall, price=44)
    found = score(session, mall, home)
    assert (found.score_points, found.base_points, found.spendable_points) == (137, 100, 37)
    basket = make.a_basket(mall, spouse, (soap, 1))
    told = quotes.quote(session, ledger_id=mall.ledger_id, basket=basket, actor=mall.clerk)
    assert (told.balance_points, told.balance_after_points, told.may_redeem) == (37, -7, False)
    with make.refused(session, mall, InsufficientPoints, short_points=7):
        make.redeem(session, mall, spouse, (soap, 1))
    cheap = make.put_goods(session, mall, price=30)
    slip = make.redeem(session, mall, head, (cheap, 1))
    assert (slip.balance_points, score(session, mall, home).score_points) == (7, 107)
    make.require_clean(session, mall.ledger_id)


def test_d35_a_household_that_pools_has_one_limit_for_all_of_its_members(session, mall):
    _, head, spouse = a_household(session, mall, 100)
    salt = make.put_goods(session, mall, price=5, person_period_max=2)
    slip = make.redeem(session, mall, head, (salt, 2))
    with make.refused(session, mall, LimitExceeded):
        make.redeem(session, mall, spouse, (salt, 1))
    refunds.cancel(
        session,
        ledger_id=mall.ledger_id,
        redemption_id=slip.redemption_id,
        reason="不要了",
        actor=mall.clerk,
    )
    make.redeem(session, mall, spouse, (salt, 2))
    make.require_clean(session, mall.ledger_id)


def test_a_refund_goes_back_to_the_household_even_when_the_buyer_has_left(session, mall):
    home, _, spouse = a_household(session, mall, 40)
    soap = make.put_goods(session, mall, price=30)
    slip = make.redeem(session, mall, spouse, (soap, 1))
    households.leave(
        session,
        ledger_id=mall.ledger_id,
        household_id=home.id,
        member_id=spouse.id,
        actor=mall.staff,
    )
    back = refunds.cancel(
        session,
        ledger_id=mall.ledger_id,
        redemption_id=slip.redemption_id,
        reason="不要了",
        actor=mall.clerk,
    )
    assert (back.returned_points, score(session, mall, home).spendable_points) == (30, 40)
    held = wallets.holding(session, ledger_id=mall.ledger_id, member_id=spouse.id)
    assert held.spendable_points == 0
    kinds = [
        each.source["kind"]
        for each in explanations.explain(
            session, ledger_id=mall.ledger_id, member_id=home.id, unit="points"
        ).lines
    ]
    assert kinds == ["unknown", "redemption", "reversal"]
    make.require_clean(session, mall.ledger_id)


def test_d35_vouchers_of_a_household_that_pools_count_against_its_one_limit(session, mall):
    home, head, spouse = a_household(session, mall, 200)
    meal = make.put_goods(session, mall, price=5, kind="service", person_period_max=2)
    first = make.buy_voucher(session, head, meal)
    assert first.household_id == home.id
    make.buy_voucher(session, spouse, meal)
    with make.refused(session, mall, LimitExceeded, used=2, maximum=2):
        make.buy_voucher(session, spouse, meal)
    named = {"ledger_id": mall.ledger_id, "voucher_id": first.id, "actor": mall.staff}
    voucher_returns.give_back(session, **named, member_id=head.id)
    make.buy_voucher(session, spouse, meal)
    make.require_clean(session, mall.ledger_id)


def test_d35_reservations_of_a_household_count_with_what_it_buys_at_the_till(session, mall):
    home, head, spouse = a_household(session, mall, 200)
    salt = make.put_goods(session, mall, price=5, person_period_max=2)
    kept = make.reserve(session, head, salt).reservation
    assert kept.household_id == home.id
    make.redeem(session, mall, spouse, (salt, 1))
    for refused in (
        lambda: make.reserve(session, spouse, salt),
        lambda: make.redeem(session, mall, head, (salt, 1)),
    ):
        with make.refused(session, mall, LimitExceeded, used=2, maximum=2):
            refused()
    collecting.collect(
        session,
        ledger_id=mall.ledger_id,
        till_id=mall.till.id,
        reservation_id=kept.id,
        actor=mall.clerk,
    )
    with make.refused(session, mall, LimitExceeded, used=2, maximum=2):
        make.reserve(session, head, salt)
    make.require_clean(session, mall.ledger_id)


def test_d35_what_a_household_gives_up_is_its_own_again_even_when_the_member_has_left(
    session, mall
):
    home, head, spouse = a_household(session, mall, 200)
    salt = make.put_goods(session, mall, price=5, person_period_max=2)
    kept = make.reserve(session, spouse, salt, 2).reservation
    named = {"ledger_id": mall.ledger_id, "actor": mall.staff}
    households.leave(session, **named, household_id=home.id, member_id=spouse.id)
    with make.refused(session, mall, LimitExceeded):
        make.reserve(session, head, salt)
    reservations.cancel(session, **named, reservation_id=kept.id, member_id=spouse.id)
    make.reserve(session, head, salt, 2)
    make.require_clean(session, mall.ledger_id)
