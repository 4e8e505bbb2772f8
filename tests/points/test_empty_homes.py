"""A household that nobody belongs to: its points are held, then passed on by two people (D29)."""

from datetime import date, timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import SecondPersonRequired, ValidationFailed
from app.base.transactions import attempt
from app.cli import jobs
from app.ledger import holds
from app.ledger.drafts import JournalDraft
from app.people import erasure, households, members, relatives
from app.people.errors import AlreadyDecided
from app.people.models import Message
from app.points import empty_homes, expiry, gifts, grants, home_passings, pool, wallets
from app.points.errors import GiftStays, HomeLivedIn
from app.reports import explanations
from app.reports.proofs import prove
from tests.factories import households as make
from tests.factories import points

LAST_DAY = date(2026, 3, 27)
"""The fifth working day after Friday 20 March."""


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.held_at(points.at(make.DAY, 15)):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session")


def refused(session, world, refusal, act):
    session.commit()
    before = points.snapshot(session, world.ledger_id)
    with pytest.raises(refusal), attempt(session):
        act()
    assert points.snapshot(session, world.ledger_id) == before


def leave(session, world, home, member):
    households.leave(
        session, ledger_id=world.ledger_id, household_id=home.id, member_id=member.id,
        actor=world.staff,
    )  # fmt: skip
    session.commit()


def held(session, world):
    return empty_homes.list_in(session, ledger_id=world.ledger_id, node=world.city)


def enter(session, world, home, to=None, actor=None):
    return home_passings.enter(
        session,
        ledger_id=world.ledger_id,
        household_id=home.id,
        to_member_id=to.id if to else None,
        reason="长女，看过户口簿",
        actor=actor or world.staff,
    )


def decide(session, world, found, actor=None, verdict="approved"):
    return home_passings.decide(
        session,
        ledger_id=world.ledger_id,
        passing_id=found.id,
        verdict=verdict,
        reason="看过材料",
        actor=actor or world.second,
    )


def told(session, world, topic):
    query = session.query(Message.member_id).where(
        Message.ledger_id == world.ledger_id, Message.topic == topic
    )
    return sorted(row.member_id for row in query)


def pass_on(session, world, today):
    with clock.held_at(points.at(today, 1)):
        return jobs.pass_homes_on(session, world.ledger_id)


def test_d29_the_last_ones_points_are_held_and_go_to_the_person_named_with_their_last_days(stage):
    session = stage.session
    world = stage.put_up(make.world, "session", expiry_policy="calendar_year")
    home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    heir = points.member(session, world, "温小满")
    make.clean(session, world, spouse.id, 3)
    leave(session, world, home, spouse)
    assert held(session, world) == []
    erasure.erase(session, person_id=head.person_id, actor=SYSTEM)
    (empty,) = held(session, world)
    assert (empty.household.id, empty.points, empty.left_on) == (home.id, 30, make.DAY)
    assert points.points_of(session, world, spouse.id) == 0
    found = enter(session, world, home, heir)
    for actor in (world.staff, Actor(heir.person_id)):
        refused(
            session,
            world,
            SecondPersonRequired,
            lambda who=actor: decide(session, world, found, who),
        )
    refused(session, world, AlreadyDecided, lambda: enter(session, world, home))
    decide(session, world, found)
    holding = points.holding(session, world, heir.id)
    assert holding.lots == [(date(2026, 12, 31), 30)]
    assert (found.state, found.points, held(session, world)) == ("posted", 30, [])
    assert told(session, world, "home_passed") == [heir.id]
    explained = explanations.explain(
        session, ledger_id=world.ledger_id, member_id=heir.id, unit="points"
    )
    assert explained.is_proven
    assert explained.lines[-1].source == {"kind": "home_passing", "points": 30}
    make.require_proven(session, world.ledger_id)
    assert prove(session, ledger_id=world.ledger_id).is_ok


def kin_of(session, world, one, two):
    named = {"ledger_id": world.ledger_id}
    made = relatives.register(
        session, **named, member_id=one.id, volunteer_no=two.volunteer_no,
        name=members.full_name(two), relation="child", actor=Actor(one.person_id),
    )  # fmt: skip
    return relatives.confirm(
        session, **named, relative_id=made.id, by="member", actor=Actor(two.person_id)
    )


def give(session, world, giver, kin, amount):
    return gifts.give(
        session, ledger_id=world.ledger_id, giver_id=giver.id, relative_id=kin.id, points=amount,
        actor=Actor(giver.person_id),
    )  # fmt: skip


def giftable(session, world, member):
    left = gifts.allowance(session, ledger_id=world.ledger_id, member_id=member.id)
    return left.giftable_points


def test_d32_what_was_a_gift_stays_one_when_an_empty_household_passes_it_on(session, world):
    home, (head,) = make.family(session, world, "温如许")
    mother, heir = points.member(session, world, "秦知"), points.member(session, world, "温小满")
    make.clean(session, world, mother.id, 5)
    make.clean(session, world, head.id, 2)
    give(session, world, mother, kin_of(session, world, mother, head), 30)
    assert giftable(session, world, head) == 20
    leave(session, world, home, head)
    decide(session, world, enter(session, world, home, heir))
    assert points.points_of(session, world, heir.id) == 50
    assert giftable(session, world, heir) == 20
    kin = kin_of(session, world, heir, mother)
    refused(session, world, GiftStays, lambda: give(session, world, heir, kin, 21))
    give(session, world, heir, kin, 20)
    assert points.points_of(session, world, heir.id) == 30
    make.require_proven(session, world.ledger_id)
    assert prove(session, ledger_id=world.ledger_id).is_ok
    households.join(
        session, ledger_id=world.ledger_id, household_id=home.id, member_id=head.id,
        relation="本人", actor=world.staff,
    )  # fmt: skip
    make.clean(session, world, head.id, 2)
    assert giftable(session, world, head) == 20, "the mark went along and left the household"


def test_what_nobody_is_named_for_goes_to_the_pool_after_the_wait(session, world):
    home, (head,) = make.family(session, world, "温如许")
    make.clean(session, world, head.id, 2)
    leave(session, world, home, head)
    found = decide(session, world, enter(session, world, home))
    assert (found.state, found.closes_on) == ("due", LAST_DAY)
    assert told(session, world, "home_to_pool") == [head.id]
    assert pass_on(session, world, LAST_DAY) == 0
    assert pool.held_points(session, ledger_id=world.ledger_id) == 0
    assert pass_on(session, world, LAST_DAY + timedelta(days=1)) == 1
    assert pass_on(session, world, LAST_DAY + timedelta(days=1)) == 0
    assert pool.held_points(session, ledger_id=world.ledger_id) == 20
    assert pool.free_points(session, ledger_id=world.ledger_id) == 20
    assert held(session, world) == []
    make.require_proven(session, world.ledger_id)


def test_who_comes_forward_in_time_is_named_instead_of_the_pool(session, world):
    home, (head,) = make.family(session, world, "温如许")
    heir = points.member(session, world, "温小满")
    make.clean(session, world, head.id, 2)
    leave(session, world, home, head)
    first = decide(session, world, enter(session, world, home))
    refused(session, world, AlreadyDecided, lambda: decide(session, world, first))
    home_passings.withdraw(
        session, ledger_id=world.ledger_id, passing_id=first.id, actor=world.staff
    )
    decide(session, world, enter(session, world, home, heir))
    assert pass_on(session, world, LAST_DAY + timedelta(days=9)) == 0
    assert points.points_of(session, world, heir.id) == 20
    assert pool.held_points(session, ledger_id=world.ledger_id) == 0
    with pytest.raises(AlreadyDecided), attempt(session):
        home_passings.withdraw(
            session, ledger_id=world.ledger_id, passing_id=first.id, actor=world.staff
        )


def test_what_the_household_owes_is_settled_before_anything_is_passed_on(session, world):
    home, (head,) = make.family(session, world, "温如许")
    heir = points.member(session, world, "温小满")
    first, _second = make.clean(session, world, head.id, 1), make.clean(session, world, head.id, 2)
    named = {"ledger_id": world.ledger_id}
    set_aside = wallets.payment(
        session, **named, member_id=head.id, amount_points=25, to=wallets.EXPIRED
    )
    draft = JournalDraft(key="test:kept", kind="test", lines=set_aside.lines, actor=SYSTEM)
    journal_id = holds.place(session, **named, draft=draft)
    leave(session, world, home, head)
    grants.reverse(session, **named, grant_id=first.id, reason="没有做", actor=world.staff)
    holds.void(
        session, **named, journal_id=journal_id, key="test:lapsed", kind="test_back", actor=SYSTEM
    )
    (empty,) = held(session, world)
    assert (empty.points, empty.owed_points) == (25, 5)
    found = decide(session, world, enter(session, world, home, heir))
    assert (found.points, found.settled_points) == (25, 5)
    assert points.points_of(session, world, heir.id) == 20
    assert make.score(session, world, home).receivable_points == 0
    make.require_proven(session, world.ledger_id)


def test_a_household_that_somebody_belongs_to_passes_nothing_on(session, world):
    home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    make.clean(session, world, head.id, 2)
    refused(session, world, HomeLivedIn, lambda: enter(session, world, home, spouse))
    named = {"ledger_id": world.ledger_id, "household_id": home.id, "actor": world.staff}
    leave(session, world, home, spouse)
    leave(session, world, home, head)
    found = decide(session, world, enter(session, world, home))
    stranger = points.member(session, world, "林知远")
    refused(
        session,
        world,
        ValidationFailed,
        lambda: households.join(session, member_id=stranger.id, relation="租客", **named),
    )
    with clock.held_at(points.at(date(2026, 3, 23), 10)):
        households.join(session, member_id=spouse.id, relation="配偶", **named)
    assert home.head_member_id == spouse.id
    assert pass_on(session, world, LAST_DAY + timedelta(days=1)) == 1
    assert (found.state, points.points_of(session, world, spouse.id)) == ("withdrawn", 20)


def test_refused_it_stays_held_and_what_expires_meanwhile_is_gone(stage):
    session = stage.session
    world = stage.put_up(make.world, "session", expiry_policy="calendar_year")
    home, (head,) = make.family(session, world, "温如许")
    make.clean(session, world, head.id, 1)
    leave(session, world, home, head)
    found = decide(session, world, enter(session, world, home), verdict="refused")
    assert (found.state, len(held(session, world))) == ("refused", 1)
    due = decide(session, world, enter(session, world, home))
    new_year = date(2027, 1, 1)
    with clock.held_at(points.at(new_year, 1)):
        assert held(session, world) == []
        jobs.pass_homes_on(session, world.ledger_id)
        expiry.expire_due(session, ledger_id=world.ledger_id, today=new_year)
    assert due.state == "withdrawn"
    make.require_proven(session, world.ledger_id)
