"""A household at the till: one account, one limit, and a base that cannot be spent (D29, D35)."""

import pytest

from app.base.actors import SYSTEM
from app.ledger import posting
from app.ledger.errors import InsufficientPoints
from app.mall import quotes, refunds
from app.people import households
from app.points import pooling, programmes, wallets
from app.points.purses import household_ref
from app.reports import explanations
from app.risk.errors import LimitExceeded
from tests.factories import mall as make


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


def a_household(session, mall, points):
    """Two people whose programme pools; the household holds these points above its base."""
    programme = programmes.of_ledger(session, mall.ledger_id)
    pooling.set_pooling(session, programme=programme, pooling="household", actor=SYSTEM)
    head, spouse = (make.a_member(session, mall, name) for name in ("温如许", "温知夏"))
    named = {"ledger_id": mall.ledger_id, "actor": mall.staff}
    home = households.create(
        session, node_id=mall.node.id, name="温家", head_member_id=head.id, **named
    )
    households.join(session, household_id=home.id, member_id=spouse.id, relation="配偶", **named)
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
