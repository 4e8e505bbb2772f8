"""Who and what must stand at the till: anything out of order is refused and changes nothing."""

import pytest
import sqlalchemy as sa

from app.base.actors import Actor
from app.base.errors import (
    NotFound,
    PermissionDenied,
    SecondPersonRequired,
)
from app.base.ids import new_id
from app.mall import clerks, merchants, redemptions, shops, tills
from app.mall.baskets import Basket, Item
from app.mall.errors import ShopClosed, TillClosed
from app.people import members
from app.people.errors import MemberNotActive
from app.people.models import Member
from app.risk import freezes
from app.risk.errors import AccountFrozen
from tests.factories import mall as make


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


def test_unknown_goods_tills_and_members_are_not_found(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    whole = {"till_id": mall.till.id, "member_id": member.id, "items": (Item(salt.id, 1),)}
    for wrong in ({"till_id": new_id()}, {"member_id": new_id()}, {"items": (Item(new_id(), 1),)}):
        with make.refused(session, mall, NotFound):
            redemptions.redeem(
                session,
                ledger_id=mall.ledger_id,
                basket=Basket(**(whole | wrong)),
                expected_total_points=20,
                actor=mall.clerk,
            )


def test_a_member_of_another_book_is_not_found(session, mall):
    other = make.a_mall(session)
    stranger = make.a_member(session, other, points=100)
    salt = make.put_goods(session, mall)
    with make.refused(session, mall, NotFound):
        make.redeem(session, mall, stranger, (salt, 1))


def test_a14_nothing_is_sold_on_a_closed_till(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    tills.close(
        session, ledger_id=mall.ledger_id, till_id=mall.till.id, counted={}, actor=mall.clerk
    )
    with make.refused(session, mall, TillClosed):
        make.redeem(session, mall, member, (salt, 1))


def test_a_suspended_merchant_cannot_redeem(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    named = {"ledger_id": mall.ledger_id, "merchant_id": mall.merchant.id}
    merchants.suspend(session, **named, actor=mall.staff)
    with make.refused(session, mall, ShopClosed, merchant_state="suspended"):
        make.redeem(session, mall, member, (salt, 1))
    merchants.resume(session, **named, actor=mall.staff)
    make.redeem(session, mall, member, (salt, 1))


def test_a_suspended_shop_cannot_redeem(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    shops.suspend(session, ledger_id=mall.ledger_id, shop_id=mall.shop_id, actor=mall.staff)
    with make.refused(session, mall, ShopClosed, state="suspended"):
        make.redeem(session, mall, member, (salt, 1))


def test_a_clerk_whose_time_is_over_cannot_sell(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    clerks.end(
        session,
        ledger_id=mall.ledger_id,
        shop_id=mall.shop_id,
        person_id=mall.clerk.person_id,
        actor=mall.staff,
    )
    with make.refused(session, mall, PermissionDenied):
        make.redeem(session, mall, member, (salt, 1))


def test_nobody_sells_on_another_clerks_till(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    make.add_clerk(session, mall)
    with make.refused(session, mall, PermissionDenied):
        redemptions.redeem(
            session,
            ledger_id=mall.ledger_id,
            basket=make.a_basket(mall, member, (salt, 1), till=0),
            expected_total_points=20,
            actor=mall.clerks[1],
        )


def test_a6_a_clerk_cannot_redeem_at_their_own_till(session, mall):
    own = members.find_of_person(session, ledger_id=mall.ledger_id, person_id=mall.clerk.person_id)
    make.ledger.issue(session, mall.ledger_id, own.id, 100)
    salt = make.put_goods(session, mall)
    with make.refused(session, mall, SecondPersonRequired):
        make.redeem(session, mall, own, (salt, 1), confirmed_by="pin")


def test_d37_a_clerk_does_not_serve_their_own_household(session, mall):
    make.add_clerk(session, mall)
    member = make.a_member(session, mall, points=100)
    make.live_together(session, mall, mall.clerk, member)
    salt = make.put_goods(session, mall)
    with make.refused(session, mall, SecondPersonRequired):
        make.redeem(session, mall, member, (salt, 1), confirmed_by="second_staff")
    make.redeem(session, mall, member, (salt, 1), till=1)


def test_a_frozen_member_cannot_redeem(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    freezes.freeze(
        session,
        ledger_id=mall.ledger_id,
        subject_kind="member",
        subject_id=member.id,
        reason="核对中",
        actor=mall.staff,
    )
    with make.refused(session, mall, AccountFrozen, subject_kind="member"):
        make.redeem(session, mall, member, (salt, 1))


def test_a_frozen_card_cannot_redeem_but_the_code_still_may(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    card_id = make.a_card(session, mall, member).card.id
    freezes.freeze(
        session,
        ledger_id=mall.ledger_id,
        subject_kind="card",
        subject_id=card_id,
        reason="捡到的卡",
        actor=mall.staff,
    )
    with make.refused(session, mall, AccountFrozen, subject_kind="card"):
        make.redeem(session, mall, member, (salt, 1), presented="card", card_id=card_id)
    make.redeem(session, mall, member, (salt, 1))


def test_a_membership_that_ended_cannot_redeem(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    left = sa.update(Member).where(Member.ledger_id == mall.ledger_id, Member.id == member.id)
    session.execute(left.values(state="left"))
    with make.refused(session, mall, MemberNotActive, state="left"):
        make.redeem(session, mall, member, (salt, 1))


def test_acting_for_the_member_makes_a_clerk_involved(session, mall):
    member = make.a_member(session, mall, points=100)
    salt = make.put_goods(session, mall)
    both = Actor(mall.clerk.person_id, on_behalf_id=member.person_id)
    with make.refused(session, mall, SecondPersonRequired):
        redemptions.redeem(
            session,
            ledger_id=mall.ledger_id,
            basket=make.a_basket(mall, member, (salt, 1)),
            expected_total_points=20,
            actor=both,
        )
