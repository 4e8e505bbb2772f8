"""L13: what a merged membership had under way goes on under the kept one."""

from datetime import timedelta

import pytest

from app.base.actors import SYSTEM, Actor
from app.base.errors import PermissionDenied
from app.ledger.errors import AlreadyReversed
from app.people import duties
from app.points import pool, programmes
from app.service_orders import (
    claim_listings,
    claims,
    crediting,
    exchanges,
    field_calls,
    finishing,
    handling,
    listings,
    merged_traces,
    neighbours,
    offers,
    sighting_listings,
    sighting_rates,
    sightings,
    standing,
    wish_listings,
    wishes,
)
from app.service_orders.errors import HelpAtHome, OwnOrderRating, OwnWish
from app.service_orders.field_calls import Said
from app.service_orders.models import Claim
from app.service_orders.offers import Proposal
from app.service_orders.sightings import Seen
from app.service_orders.wishes import Words
from tests.factories import activities, points
from tests.factories import service_orders as make
from tests.factories.activities import at, moment
from tests.factories.service_orders import refused


@pytest.fixture
def kept(session, street):
    """The number that the asker has besides the first, and that goes on."""
    found = activities.a_member(session, street.world, "邱晚晴")
    session.commit()
    return found


def merge(session, street, old, kept):
    """Merge as the door does, at half past two."""
    key = {"ledger_id": street.ledger_id}
    with at("14:30"):
        points.merge(session, old, kept)
        for _again in range(2):
            merged_traces.move(session, **key, old_id=old.id, kept_id=kept.id)
        session.commit()


def test_l13_a_request_is_confirmed_under_the_kept_number(session, street, kept):
    make.earned(session, street, street.asker, 50)
    exchange = make.taken_on(session, street)
    merge(session, street, street.asker, kept)
    (mine,) = neighbours.list_of_member(session, ledger_id=street.ledger_id, member_id=kept.id)
    assert (mine.id, mine.asker_id) == (exchange.id, kept.id)
    with at("16:00"):
        with refused(session, street, PermissionDenied):
            make.confirm(session, street, exchange, actor=Actor(street.asker.person_id))
        make.confirm(session, street, exchange, actor=Actor(kept.person_id))

    assert exchange.state == "done"
    assert points.spendable(session, kept) == 30
    make.prove(session, street)


def test_l13_a_request_is_taken_back_under_the_kept_number(session, street, kept):
    make.earned(session, street, street.asker, 50)
    exchange = make.asked(session, street)
    merge(session, street, street.asker, kept)
    with at("15:00"):
        exchanges.withdraw(
            session,
            ledger_id=street.ledger_id,
            exchange_id=exchange.id,
            asker=kept,
            actor=Actor(kept.person_id),
        )
        session.commit()

    assert points.spendable(session, kept) == 50
    make.prove(session, street)


def test_l13_who_helps_goes_on_helping_and_who_offers_offering(session, street):
    twin = activities.a_member(session, street.world, "陆映川")
    make.earned(session, street, street.asker, 50)
    with at("10:00"):
        offer = offers.make(
            session,
            ledger_id=street.ledger_id,
            member=street.helper,
            proposal=Proposal(title="代看施工", points=20, minutes=120),
        )
        session.commit()
    exchange = make.taken_on(session, street, offer_id=offer.id)
    merge(session, street, street.helper, twin)

    assert (offer.member_id, exchange.helper_id) == (twin.id, twin.id)
    with at("15:00"):
        key = {"ledger_id": street.ledger_id, "exchange_id": exchange.id}
        exchanges.give_up(session, **key, helper=twin)
    assert exchange.state == "open"


def test_l13_who_turns_out_to_be_the_asker_helps_no_more(session, street, kept):
    make.earned(session, street, street.asker, 50)
    exchange = make.taken_on(session, street, helper=kept)
    merge(session, street, street.asker, kept)

    assert (exchange.state, exchange.helper_id, exchange.asker_id) == ("open", None, kept.id)
    with at("15:00"), refused(session, street, HelpAtHome):
        exchanges.accept(session, ledger_id=street.ledger_id, exchange_id=exchange.id, helper=kept)
    make.prove(session, street)


def wished(session, street, wisher):
    with at("08:00"):
        made = wishes.make(
            session,
            ledger_id=street.ledger_id,
            wisher=wisher,
            words=Words(kind="物品", title="一副老花镜"),
            actor=SYSTEM,
        )
        session.commit()
    return made


def test_l13_a_wish_is_rated_and_a_promise_kept_under_the_kept_number(session, street, kept):
    key = {"ledger_id": street.ledger_id}
    own, other = wished(session, street, street.asker), wished(session, street, street.helper)
    with at("09:00"):
        wishes.claim(session, **key, wish_id=own.id, claimer=street.helper)
        wishes.fulfil(session, **key, wish_id=own.id, claimer=street.helper)
        wishes.claim(session, **key, wish_id=other.id, claimer=street.asker)
        session.commit()
    merge(session, street, street.asker, kept)
    mine = {"member_id": kept.id, **key}
    assert [each.id for each in wish_listings.of_wisher(session, **mine)] == [own.id]
    assert [each.id for each in wish_listings.of_claimer(session, **mine)] == [other.id]
    with at("15:00"):
        wishes.rate(session, **key, wish_id=own.id, wisher=kept, stars=5)
        wishes.fulfil(session, **key, wish_id=other.id, claimer=kept)
        session.commit()

    assert (own.state, other.state) == ("rated", "fulfilled")


def test_a11_a_wish_that_turns_out_to_be_ones_own_is_open_again(session, street, kept):
    key = {"ledger_id": street.ledger_id}
    own = wished(session, street, street.asker)
    with at("09:00"):
        wishes.claim(session, **key, wish_id=own.id, claimer=kept)
        session.commit()
    merge(session, street, street.asker, kept)

    assert (own.state, own.wisher_id, own.claimer_id) == ("open", kept.id, None)
    with refused(session, street, OwnWish):
        wishes.claim(session, **key, wish_id=own.id, claimer=kept)


def test_l13_claimed_work_is_told_and_accepted_under_the_kept_number(session, street, kept):
    key = {"ledger_id": street.ledger_id}
    post = make.a_post(session, street)
    with at("09:00"):
        found = claims.claim(session, **key, post_id=post.id, member=street.asker)
        session.commit()
    merge(session, street, street.asker, kept)
    (mine,) = claim_listings.mine(session, **key, member_id=kept.id)
    assert mine.claim.id == found.id
    with at("15:00"):
        claims.submit(
            session,
            **key,
            claim_id=found.id,
            member=kept,
            starts_at=moment("10:00"),
            ends_at=moment("11:00"),
        )
        claims.accept(session, **key, claim_id=found.id, actor=street.world.staff)
        session.commit()

    (grant,) = make.grants_of(session, street)
    assert (grant.member_id, grant.minutes) == (kept.id, 60)


def test_l13_two_slots_of_one_person_become_one(session, street, kept):
    key = {"ledger_id": street.ledger_id}
    post = make.a_post(session, street)
    with at("09:00"):
        doubled, own = (
            claims.claim(session, **key, post_id=post.id, member=each).id
            for each in (street.asker, kept)
        )
        session.commit()
    session.refresh(post)
    assert post.taken_count == 2
    merge(session, street, street.asker, kept)
    session.refresh(post)

    assert post.taken_count == 1
    states = [session.get(Claim, (street.ledger_id, each)).state for each in (doubled, own)]
    assert states == ["withdrawn", "claimed"]


def test_l13_a_donation_is_taken_back_under_the_kept_number(session, street, kept):
    make.earned(session, street, street.asker, 50)
    key = {"ledger_id": street.ledger_id}
    with at("10:00"):
        given = pool.donate(
            session, **key, member_id=street.asker.id, points=20, actor=street.asking
        )
        session.commit()
    merge(session, street, street.asker, kept)
    (mine,) = pool.list_donations(session, **key, member_id=kept.id)
    assert mine.id == given.id
    with at("15:00"):
        pool.take_back(session, **key, donation_id=given.id, actor=Actor(kept.person_id))
        session.commit()
        with refused(session, street, AlreadyReversed):
            pool.take_back(session, **key, donation_id=given.id, actor=Actor(kept.person_id))

    assert points.spendable(session, kept) == 50
    make.prove(session, street)


def test_l13_a_donation_that_is_final_stays_with_the_old_number(session, street, kept):
    make.earned(session, street, street.asker, 50)
    key = {"ledger_id": street.ledger_id, "member_id": street.asker.id}
    with at("10:00", activities.DAY - timedelta(days=2)):
        pool.donate(session, **key, points=20, actor=street.asking)
        session.commit()
    merge(session, street, street.asker, kept)

    assert len(pool.list_donations(session, **key)) == 1


def test_l13_an_order_is_rated_under_the_kept_number(session, street, kept):
    key = {"ledger_id": street.ledger_id}
    order = make.done(session, street)
    merge(session, street, street.asker, kept)
    assert [each.id for each in listings.list_of_member(session, **key, member_id=kept.id)] == [
        order.id
    ]
    with at("15:00"):
        with refused(session, street, PermissionDenied):
            finishing.rate(session, **key, order_id=order.id, stars=5, note="", actor=street.asking)
        finishing.rate(
            session, **key, order_id=order.id, stars=5, note="", actor=Actor(kept.person_id)
        )
        session.commit()

    assert (order.stars, order.requester_id) == (5, kept.id)


def given_to(session, street, member):
    order = make.filed(session, street)
    hands = {"handler_id": member.person_id}
    with at("08:30"):
        make.step(session, street, handling.assign, order, actor=street.world.staff, **hands)
    return order


def test_l13_an_order_in_hand_is_done_under_the_kept_number(session, street):
    twin = activities.a_member(session, street.world, "陆映川")
    order = given_to(session, street, street.helper)
    merge(session, street, street.helper, twin)
    with at("15:00"):
        hands = Actor(twin.person_id)
        make.step(session, street, handling.accept, order, actor=hands)
        make.step(session, street, handling.go_on, order, meaning="worked", note="", actor=hands)
        make.finished(session, street, order, works=[make.work(twin.id)], actor=hands)
        make.step(session, street, finishing.rate, order, stars=5, note="", actor=street.asking)
        crediting.credit(session, ledger_id=street.ledger_id, orders=[order], actor=street.asking)
        session.commit()

    (grant,) = make.grants_of(session, street)
    assert (grant.member_id, grant.minutes) == (twin.id, 90)


def test_a6_an_order_in_the_hands_of_who_turns_out_to_have_asked_is_the_desks(
    session, street, kept
):
    order = given_to(session, street, kept)
    merge(session, street, street.asker, kept)

    assert (order.step_no, order.handler_id, order.requester_id) == (1, None, kept.id)
    lines = standing.history(session, ledger_id=street.ledger_id, order_id=order.id)
    assert [line.act for line in lines][-1] == "returned"


def test_a6_who_turns_out_to_have_worked_on_their_own_order_neither_rates_nor_just_earns(
    session, street
):
    order = make.done(session, street)
    merge(session, street, street.helper, street.asker)
    with at("15:00"), refused(session, street, OwnOrderRating):
        finishing.rate(
            session,
            ledger_id=street.ledger_id,
            order_id=order.id,
            stars=5,
            note="",
            actor=street.asking,
        )
    with at("11:00", activities.DAY + timedelta(days=7)):
        now = moment("11:00", activities.DAY + timedelta(days=7))
        crediting.credit_silent(session, ledger_id=street.ledger_id, now=now)
        session.commit()
    (held,) = make.grants_of(session, street)
    assert (held.state, held.hold_reasons) == ("waiting_level_2", "family")


def in_the_field(session, street, member, **more):
    duties.give(
        session,
        ledger_id=street.ledger_id,
        member_id=member.id,
        node=street.world.node,
        actor=SYSTEM,
        **more,
    )


def test_o8_a_sighting_of_paid_duty_earns_nothing_under_the_kept_number_either(session, street):
    key = {"ledger_id": street.ledger_id}
    twin = activities.a_member(session, street.world, "陆映川")
    with at("09:00"):
        in_the_field(session, street, street.helper, kind_code="steward", is_paid=True)
        sighting_rates.put(
            session,
            programme=programmes.of_ledger(session, street.ledger_id),
            points=5,
            most_a_day=2,
            valid_from_on=activities.DAY,
            actor=SYSTEM,
        )
        seen = Seen(kind="hazard", place="三号楼", text="楼道灯不亮", picture=None)
        made = sightings.report(session, **key, member=street.helper, node=None, seen=seen)
        session.commit()
    merge(session, street, street.helper, twin)
    assert sighting_listings.list_of_member(session, **key, member_id=twin.id) == [made]
    with at("18:00"):
        sightings.accept(session, **key, sighting_id=made.id, actor=street.world.staff)
        session.commit()

    (grant,) = make.grants_of(session, street)
    assert (grant.member_id, grant.points) == (twin.id, 0)


def test_l13_a_task_in_the_field_is_answered_under_the_kept_number(session, street):
    key = {"ledger_id": street.ledger_id}
    twin = activities.a_member(session, street.world, "陆映川")
    with at("09:00"):
        in_the_field(session, street, street.helper, kind_code="grid_roving")
        call = field_calls.send_out(
            session,
            **key,
            member_id=street.helper.id,
            node=street.world.node,
            said=Said(text="看看三号楼的电梯"),
            actor=street.world.staff,
        )
        session.commit()
    merge(session, street, street.helper, twin)
    with at("15:00"):
        field_calls.answer(
            session, **key, call_id=call.id, text="修好了", actor=Actor(twin.person_id)
        )
        session.commit()

    assert (call.member_id, field_calls.answer_of(call)) == (twin.id, "修好了")
