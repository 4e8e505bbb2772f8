"""A quote says everything that `redeem` would say, and writes nothing."""

import pytest

from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.mall import goods, quotes, shops
from app.mall.baskets import Basket, Item
from tests.factories import mall as make


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


def quote(session, mall, member, *items, **rest):
    session.flush()
    before = make.snapshot(session, mall)
    found = quotes.quote(
        session,
        ledger_id=mall.ledger_id,
        basket=make.a_basket(mall, member, *items, **rest),
        actor=mall.clerk,
    )
    assert make.snapshot(session, mall) == before
    return found


def said(refusals):
    return [one.code for one in refusals]


def test_a_good_quote_shows_the_balance_before_and_after(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=20)
    found = quote(session, mall, member, (salt, 2))
    assert (found.balance_points, found.total_points, found.balance_after_points) == (100, 40, 60)
    assert found.may_redeem
    assert (found.member_name_masked, found.needs_confirmation) == (member.name_masked, False)
    make.redeem(session, mall, member, (salt, 2), total=found.total_points)


def test_every_reason_is_said_at_once(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall, price=100, stock_count=2)
    soap = make.put_goods(session, mall, price=20)
    goods.edit(
        session,
        ledger_id=mall.ledger_id,
        goods_id=soap.id,
        version=1,
        changes={"is_on_sale": False},
        actor=mall.staff,
    )
    shops.suspend(session, ledger_id=mall.ledger_id, shop_id=mall.shop_id, actor=mall.staff)
    found = quote(session, mall, member, (salt, 3), (soap, 1))
    assert said(found.refusals) == ["shop_closed", "step_up_required", "insufficient_points"]
    assert [said(line.refusals) for line in found.lines] == [
        ["stock_conflict", "limit_exceeded"],
        ["goods_not_on_sale"],
    ]
    assert found.refusals[-1].facts == {"short_points": 220}
    assert found.needs_confirmation
    assert not found.may_redeem


def test_a_confirmed_basket_needs_no_more(session, mall):
    member = make.a_member(session, mall, points=300)
    rice = make.put_goods(session, mall, price=300)
    assert said(quote(session, mall, member, (rice, 1)).refusals) == ["step_up_required"]
    assert quote(session, mall, member, (rice, 1), confirmed_by="pin").may_redeem


def test_what_the_month_has_used_counts(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    make.redeem(session, mall, member, (salt, 2))
    (line,) = quote(session, mall, member, (salt, 1)).lines
    (refused,) = line.refusals
    assert (refused.facts["used"], refused.facts["maximum"]) == (2, 2)


def test_unknown_goods_and_unsound_baskets_are_refused(session, mall):
    member = make.a_member(session, mall)
    salt = make.put_goods(session, mall)
    for items, error in (
        ((Item(new_id(), 1),), NotFound),
        ((Item(salt.id, 0),), ValidationFailed),
    ):
        basket = Basket(till_id=mall.till.id, member_id=member.id, items=items)
        with make.refused(session, mall, error):
            quotes.quote(session, ledger_id=mall.ledger_id, basket=basket, actor=mall.clerk)


@pytest.mark.parametrize(
    "wrong",
    [
        {"presented": "face"},
        {"confirmed_by": "nod"},
        {"presented": "card"},
        {"card_id": new_id()},
    ],
)
def test_a_basket_says_how_the_member_was_known(session, mall, wrong):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    with make.refused(session, mall, ValidationFailed):
        make.redeem(session, mall, member, (salt, 1), **wrong)
