"""The common pool, help in hardship, and gifts to relatives (D32)."""

from datetime import date, timedelta

import pytest

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.transactions import attempt
from app.community import settings
from app.ledger.errors import AlreadyReversed, InsufficientPoints
from app.people import inbox, members, relatives
from app.people.errors import AlreadyDecided, AlreadyRelated
from app.points import gifts, hardship, pool
from app.points.errors import DonationFinal, GiftStays, PoolTooSmall
from app.reports import explanations
from app.reports.proofs import prove
from app.risk.errors import LimitExceeded
from tests.factories import households as make
from tests.factories import people, points

NOON = points.at(make.DAY, 12)
VINTAGE = date(2026, 12, 31)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.held_at(NOON):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session", pools="person", expiry_policy="calendar_year")


def refused(session, world, refusal, act):
    session.commit()
    before = points.snapshot(session, world.ledger_id)
    with pytest.raises(refusal) as caught, attempt(session):
        act()
    assert points.snapshot(session, world.ledger_id) == before
    return caught.value.facts


def earner(session, world, name="温如许", times=5):
    member = points.member(session, world, name)
    make.clean(session, world, member.id, times)
    return member


def donate(session, world, member, amount):
    return pool.donate(
        session,
        ledger_id=world.ledger_id,
        member_id=member.id,
        points=amount,
        actor=Actor(member.person_id),
    )


def take_back(session, world, found):
    return pool.take_back(
        session, ledger_id=world.ledger_id, donation_id=found.id, actor=world.staff
    )


def ask_help(session, world, member, amount):
    return hardship.request(
        session,
        ledger_id=world.ledger_id,
        member_id=member.id,
        node_id=world.node.id,
        points=amount,
        reason="家里有病人",
        actor=world.staff,
    )


def decide_help(session, world, found, actor):
    return hardship.decide(
        session,
        ledger_id=world.ledger_id,
        help_id=found.id,
        verdict="approved",
        reason=None,
        actor=actor,
    )


def related(session, world, one, two, relation="child"):
    named = {"ledger_id": world.ledger_id}
    made = relatives.register(
        session,
        **named,
        member_id=one.id,
        volunteer_no=two.volunteer_no,
        name=members.full_name(two),
        relation=relation,
        actor=Actor(one.person_id),
    )
    return relatives.confirm(
        session, **named, relative_id=made.id, by="member", actor=Actor(two.person_id)
    )


def give(session, world, one, kin, amount):
    return gifts.give(
        session,
        ledger_id=world.ledger_id,
        giver_id=one.id,
        relative_id=kin.id,
        points=amount,
        actor=Actor(one.person_id),
    )


def test_d32_a_donation_is_taken_back_within_24_hours_and_never_after(session, world):
    member = earner(session, world)
    kept, regretted = donate(session, world, member, 20), donate(session, world, member, 10)
    assert pool.held_points(session, ledger_id=world.ledger_id) == 30
    assert points.points_of(session, world, member.id) == 20
    with clock.held_at(NOON + timedelta(hours=23, minutes=59)):
        take_back(session, world, regretted)
        refused(session, world, AlreadyReversed, lambda: take_back(session, world, regretted))
    assert points.holding(session, world, member.id).lots == [(VINTAGE, 30)]
    with clock.held_at(NOON + timedelta(hours=24)):
        refused(session, world, DonationFinal, lambda: take_back(session, world, kept))
    refused(session, world, InsufficientPoints, lambda: donate(session, world, member, 31))
    assert prove(session, ledger_id=world.ledger_id).is_ok


def test_d32_help_in_hardship_takes_two_people_and_only_what_is_settled(session, world):
    donor, poor = earner(session, world), points.member(session, world, "林知远")
    donate(session, world, donor, 30)
    found = ask_help(session, world, poor, 25)
    assert refused(
        session, world, PoolTooSmall, lambda: decide_help(session, world, found, world.second)
    ) == {"free_points": 0}
    with clock.held_at(NOON + timedelta(hours=24)):
        for actor in (world.staff, Actor(poor.person_id)):
            refused(
                session,
                world,
                SecondPersonRequired,
                lambda who=actor: decide_help(session, world, found, who),
            )
        decide_help(session, world, found, world.second)
        refused(
            session, world, AlreadyDecided, lambda: decide_help(session, world, found, world.second)
        )
        assert points.points_of(session, world, poor.id) == 25
        assert pool.free_points(session, ledger_id=world.ledger_id) == 5
    assert hardship.reason_of(found) == "家里有病人"
    assert "病人" not in repr(found.reason_sealed)
    with clock.held_at(NOON + timedelta(hours=25)):
        told = inbox.list_for(session, ledger_id=world.ledger_id, member_id=poor.id)
    assert [each.facts for each in told if each.topic == "pool_helped"] == [{"points": 25}]
    for who in (donor, poor):
        explained = explanations.explain(
            session, ledger_id=world.ledger_id, member_id=who.id, unit="points"
        )
        assert explained.is_proven
    assert prove(session, ledger_id=world.ledger_id).is_ok


def test_d32_a_gift_keeps_its_last_day_and_is_not_given_on(session, world):
    mother, child = earner(session, world, "温如许"), points.member(session, world, "温知夏")
    kin = related(session, world, mother, child)
    gift = give(session, world, mother, kin, 30)
    assert (gift.points, points.holding(session, world, child.id).lots) == (30, [(VINTAGE, 30)])
    assert refused(session, world, GiftStays, lambda: give(session, world, child, kin, 1)) == {
        "giftable_points": 0
    }
    make.clean(session, world, child.id)
    left = gifts.allowance(session, ledger_id=world.ledger_id, member_id=child.id)
    assert (left.giftable_points, left.year_left_points) == (10, 200)
    give(session, world, child, kin, 10)
    refused(session, world, InsufficientPoints, lambda: give(session, world, mother, kin, 31))
    assert points.points_of(session, world, mother.id) == 30
    make.require_proven(session, world.ledger_id)
    assert prove(session, ledger_id=world.ledger_id).is_ok


def test_d32_gifts_of_a_year_have_a_limit_and_go_to_confirmed_kin_only(session, world):
    mother, child = earner(session, world, "温如许"), points.member(session, world, "温知夏")
    friend = points.member(session, world, "林知远")
    kin = related(session, world, mother, child)
    settings.put(session, node=world.node, name=gifts.MAX_YEAR, value=20, actor=world.staff)
    give(session, world, mother, kin, 15)
    facts = refused(session, world, LimitExceeded, lambda: give(session, world, mother, kin, 6))
    assert facts == {"rule_code": gifts.MAX_YEAR, "used": 15, "maximum": 20}
    with clock.held_at(points.at(date(2027, 1, 2), 12)):
        make.clean(session, world, mother.id, 2)
        give(session, world, mother, kin, 20)
    pal = related(session, world, mother, friend, "friend")
    refused(session, world, ValidationFailed, lambda: give(session, world, mother, pal, 1))
    settings.put(session, node=world.node, name=gifts.FRIENDS, value=1, actor=world.staff)
    give(session, world, mother, pal, 5)
    stranger = points.member(session, world, "秦小满")
    refused(session, world, NotFound, lambda: give(session, world, stranger, kin, 1))


def test_d32_what_a_household_gives_leaves_it_and_never_goes_to_itself(session, stage):
    world = stage.put_up(make.world, "session")
    home, (mother, father) = make.family(session, world, "温如许", "温以安")
    child = points.member(session, world, "温知夏")
    make.clean(session, world, father.id, 3)
    kin, own = related(session, world, mother, child), related(session, world, mother, father)
    refused(session, world, ValidationFailed, lambda: give(session, world, mother, own, 1))
    give(session, world, mother, kin, 10)
    assert make.score(session, world, home).score_points == 120
    assert points.holding(session, world, child.id).own_points == 10
    make.require_proven(session, world.ledger_id)


def test_kin_are_confirmed_by_the_other_or_by_staff_of_neither(session, world):
    one, two = points.member(session, world, "温如许"), points.member(session, world, "温知夏")
    named = {"ledger_id": world.ledger_id}
    asked = {
        "member_id": one.id,
        "volunteer_no": two.volunteer_no,
        "name": "温知夏",
        "relation": "child",
        "actor": Actor(one.person_id),
    }
    for wrong in ({"name": "温知秋"}, {"volunteer_no": "XX-1"}):
        refused(
            session,
            world,
            NotFound,
            lambda more=wrong: relatives.register(session, **named, **{**asked, **more}),
        )
    made = relatives.register(session, **named, **asked)
    back = {**asked, "member_id": two.id, "volunteer_no": one.volunteer_no, "name": "温如许"}
    refused(session, world, AlreadyRelated, lambda: relatives.register(session, **named, **back))
    for by, actor, refusal in (
        ("member", Actor(one.person_id), NotFound),
        ("staff", Actor(one.person_id), SecondPersonRequired),
    ):
        refused(
            session,
            world,
            refusal,
            lambda by=by, who=actor: relatives.confirm(
                session, **named, relative_id=made.id, by=by, actor=who
            ),
        )
    staff = people.member(session, world.ledger_id, world.node, "白既明")
    relatives.confirm(
        session, **named, relative_id=made.id, by="staff", actor=Actor(staff.person_id)
    )
    assert [each.state for each in relatives.list_of(session, **named, member_id=two.id)] == [
        "confirmed"
    ]
    relatives.end(session, **named, relative_id=made.id, actor=Actor(two.person_id))
    assert relatives.list_of(session, **named, member_id=one.id) == []
