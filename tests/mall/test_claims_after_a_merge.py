"""After a merge, vouchers and reservations are the kept membership's (L13, L8, D34)."""

from datetime import UTC, datetime, timedelta

import pytest

from app.base import clock
from app.base.errors import NotFound, SecondPersonRequired
from app.mall import (
    claim_owners,
    reservation_lists,
    reservations,
    voucher_returns,
    vouchers,
)
from app.people import inbox
from app.points import wallets
from tests.factories import mall as make
from tests.factories import people, points

MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)


@pytest.fixture
def mall(stage):
    with clock.held_at(MARCH):
        yield stage.put_up(make.a_mall, "session")


def bought(session, mall):
    """A voucher that was the old membership's, and the membership kept."""
    old, kept = make.a_member(session, mall, points=100), make.a_member(session, mall)
    meal = make.put_goods(session, mall, price=80, kind="service", name="餐券")
    made = make.buy(session, old, meal)
    points.merge(session, old, kept)
    return old, kept, made


def test_l13_a_voucher_is_listed_and_returned_by_the_kept_member_who_is_told(session, mall):
    old, kept, made = bought(session, mall)
    key = {"ledger_id": mall.ledger_id, "member_id": kept.id}
    assert [one.id for one, _, _ in vouchers.list_of_member(session, **key)] == [made.voucher.id]
    named = {"ledger_id": mall.ledger_id, "voucher_id": made.voucher.id}
    stranger = make.a_member(session, mall)
    with make.refused(session, mall, NotFound):
        voucher_returns.give_back(
            session, **named, member_id=stranger.id, actor=people.acting(stranger)
        )
    back = voucher_returns.give_back(session, **named, member_id=kept.id, actor=people.acting(kept))
    held = wallets.holding(session, **key)
    assert (back.state, held.spendable_points) == ("returned", 100)
    told = inbox.list_for(session, **key)
    assert "refunded" in {each.topic for each in told}
    make.require_clean(session, mall.ledger_id)


def test_l13_d37_a_clerk_does_not_honour_a_voucher_merged_into_their_household(session, mall):
    _old, kept, made = bought(session, mall)
    make.live_together(session, mall, mall.clerk, kept)
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id}
    with make.refused(session, mall, SecondPersonRequired):
        vouchers.use(session, **named, presented=made.code.token, actor=mall.clerk)
    colleague = make.add_clerk(session, mall)
    used = vouchers.use(session, **named, presented=made.code.token, actor=colleague)
    assert used.state == "used"


def test_l13_a_reservation_is_the_kept_members_and_its_end_is_told_to_them(session, mall):
    old, kept = make.a_member(session, mall), make.a_member(session, mall)
    gift = make.put_goods(session, mall, price=0)
    made = [make.reserve(session, old, gift).reservation for _ in range(2)]
    points.merge(session, old, kept)
    key = {"ledger_id": mall.ledger_id, "member_id": kept.id}
    listed = reservation_lists.list_of_member(session, **key)
    assert {one.id for one, _, _ in listed} == {one.id for one in made}
    assert claim_owners.of(session, made[0]) == kept.id
    reservations.cancel(session, **key, reservation_id=made[0].id, actor=people.acting(kept))
    with clock.held_at(MARCH + timedelta(days=60)):
        reservations.lapse_due(session, ledger_id=mall.ledger_id, now=clock.now())
        told = inbox.list_for(session, **key)
    assert "reservation_lapsed" in {each.topic for each in told}
    make.require_clean(session, mall.ledger_id)
