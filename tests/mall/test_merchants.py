"""Merchants are applied for by one person and approved by another; a shop needs one."""

import pytest

from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.community import terms
from app.mall import merchants, shops
from app.mall.errors import NameTaken, StateConflict
from app.points import programmes
from tests.factories import community
from tests.factories import mall as make


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


def apply(session, mall, name="商铺", *, actor=None, **more):
    return merchants.apply(
        session,
        ledger_id=mall.ledger_id,
        node_id=mall.node.id,
        name=name,
        actor=actor or mall.staff,
        **more,
    )


def step(session, mall, verb, merchant, actor=None):
    return verb(
        session,
        ledger_id=mall.ledger_id,
        merchant_id=merchant.id,
        actor=actor or mall.other_staff,
    )


def test_m3_an_application_is_approved_listed_suspended_and_closed(session, mall):
    applied = apply(session, mall)
    assert applied.state == "applied"
    approved = step(session, mall, merchants.approve, applied)
    assert (approved.state, approved.approved_by_id) == ("approved", mall.other_staff.person_id)
    make.sign(session, mall.ledger_id, applied, actor=mall.staff)
    for verb, state in (
        (merchants.enlist, "listed"),
        (merchants.suspend, "suspended"),
        (merchants.resume, "listed"),
        (merchants.close, "closed"),
    ):
        assert step(session, mall, verb, applied).state == state


def test_a6_the_applicant_does_not_approve(session, mall):
    applied = apply(session, mall)
    for actor in (mall.staff, Actor(new_id(), on_behalf_id=mall.staff.person_id)):
        with make.refused(session, mall, SecondPersonRequired):
            step(session, mall, merchants.approve, applied, actor)


@pytest.mark.parametrize("verb", ["enlist", "suspend", "resume"])
def test_no_step_is_skipped(session, mall, verb):
    applied = apply(session, mall)
    with make.refused(session, mall, StateConflict, state="applied"):
        step(session, mall, getattr(merchants, verb), applied)


def test_a_closed_merchant_stays_closed(session, mall):
    applied = apply(session, mall)
    step(session, mall, merchants.close, applied)
    for verb in (merchants.close, merchants.approve):
        with make.refused(session, mall, StateConflict, state="closed"):
            step(session, mall, verb, applied)


def test_a_name_is_taken_once_in_a_place(session, mall):
    apply(session, mall, "甲店")
    with make.refused(session, mall, NameTaken):
        apply(session, mall, "甲店")


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"discount_rate_bp": 10_001}, {"name": "长" * 65}]
)
def test_an_unsound_application_is_refused(session, mall, wrong):
    with make.refused(session, mall, ValidationFailed):
        apply(session, mall, **wrong)


def test_a_merchant_of_another_book_is_not_found(session, mall):
    other = make.a_mall(session)
    with make.refused(session, mall, NotFound):
        step(session, mall, merchants.suspend, other.merchant)


def test_the_merchants_of_a_place_are_listed(session, mall):
    apply(session, mall, "甲店")
    found = merchants.list_within(session, ledger_id=mall.ledger_id, node=mall.node)
    assert {one.name for one in found} == {"甲店", "金溪社区居委会"}


def open_shop(session, mall, **more):
    named = {
        "ledger_id": mall.ledger_id,
        "merchant_id": mall.merchant.id,
        "node_id": mall.node.id,
        "name": "分店",
        "actor": mall.staff,
    }
    return shops.open_shop(session, **(named | more))


def test_no_shop_without_an_approved_merchant(session, mall):
    with make.refused(session, mall, StateConflict):
        open_shop(session, mall, merchant_id=apply(session, mall).id)


def test_a_shop_stands_in_a_place_of_its_own_book(session, mall):
    elsewhere = make.a_mall(session)
    with make.refused(session, mall, ValidationFailed):
        open_shop(session, mall, node_id=elsewhere.node.id)


def test_no_shop_where_a_programme_has_hours_only(session, mall):
    ledger_id, node = make.a_programme(session, has_points=False)
    mall.ledger_id = ledger_id
    merchant = make.a_merchant(
        session, ledger_id, node, applicant=mall.staff, approver=mall.other_staff
    )
    with make.refused(session, mall, ValidationFailed):
        open_shop(session, mall, merchant_id=merchant.id, node_id=node.id)


def test_a_shops_name_is_taken_once_in_a_place(session, mall):
    with make.refused(session, mall, NameTaken):
        open_shop(session, mall, name=mall.shop.name)


def test_shops_below_a_place_are_listed(session, mall):
    grid = community.make_node(session, mall.node, kind_code="grid")
    below = open_shop(session, mall, node_id=grid.id)
    found = shops.list_within(session, ledger_id=mall.ledger_id, node=mall.node)
    assert {one.id for one in found} == {below.id, mall.shop_id}
    found = shops.list_within(session, ledger_id=mall.ledger_id, node=grid)
    assert [one.id for one in found] == [below.id]
    assert programmes.of_node(session, grid).ledger_id == mall.ledger_id


def test_a_shop_is_suspended_reopened_and_closed(session, mall):
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id, "actor": SYSTEM}
    with make.refused(session, mall, StateConflict, state="open"):
        shops.close(session, **named)
    assert shops.suspend(session, **named).state == "suspended"
    assert shops.reopen(session, **named).state == "open"
    shops.suspend(session, **named)
    assert shops.close(session, **named).state == "closed"
    with make.refused(session, mall, StateConflict, state="closed"):
        shops.reopen(session, **named)


def test_t16_partners_are_of_five_classes_and_of_no_other(session, mall):
    assert [each.code for each in terms.offered(session, mall.node, terms.PARTNER_CLASS)] == [
        *("红色管家", "治理协同", "商企发展", "邻里互助", "网格哨兵")
    ]
    named = {"ledger_id": mall.ledger_id, "node_id": mall.node.id, "actor": mall.staff}

    with make.refused(session, mall, ValidationFailed):
        merchants.apply(session, **named, name="第六家", partner_class="第六类")
