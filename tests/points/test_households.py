"""Households that pool: who earns, who spends, what leaving, refunds and reversals do (D29)."""

from datetime import date

import pytest

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import PermissionDenied, ValidationFailed
from app.base.transactions import attempt
from app.ledger import books
from app.ledger.errors import InsufficientPoints
from app.ledger.posting import JournalDraft, post_one
from app.ledger.reversals import reverse
from app.people import homes, households
from app.people.models import Message
from app.points import expiry, grants, pooling, wallets
from app.reports.proofs import prove
from tests.factories import households as make
from tests.factories import points

SHOP = wallets.EXPIRED
"""Where a test spends to."""


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.held_at(points.at(make.DAY, 10)):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session")


def spend(session, world, member, amount):
    named = {"ledger_id": world.ledger_id, "member_id": member.id}
    paid = wallets.payment(session, **named, amount_points=amount, to=SHOP)
    draft = JournalDraft(key=f"test:{amount}", kind="test", lines=paid.lines, actor=SYSTEM)
    return post_one(session, ledger_id=world.ledger_id, draft=draft), paid.left_points


def test_d29_members_earn_for_the_household_and_each_may_spend_what_is_above_the_base(
    session, world
):
    home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    make.clean(session, world, head.id, 3)
    make.clean(session, world, spouse.id, 1)
    score = make.score(session, world, home)
    assert (score.base_points, score.score_points, score.spendable_points) == (100, 140, 40)
    held = points.holding(session, world, spouse.id)
    assert (held.spendable_points, held.shared_points, held.own_points) == (40, 40, 0)
    assert pooling.earned_by_member(session, ledger_id=world.ledger_id, household_id=home.id) == {
        head.id: 30,
        spouse.id: 10,
    }
    _, left = spend(session, world, spouse, 25)
    assert (left, points.points_of(session, world, head.id)) == (15, 15)
    make.require_proven(session, world.ledger_id)
    assert prove(session, ledger_id=world.ledger_id).is_ok


def test_d29_the_base_of_100_is_shown_and_never_spent(session, world):
    home, (head,) = make.family(session, world, "温如许")
    assert make.score(session, world, home).score_points == 100
    session.commit()
    before = points.snapshot(session, world.ledger_id)
    with pytest.raises(InsufficientPoints) as refused, attempt(session):
        spend(session, world, head, 1)
    assert refused.value.facts["short_points"] == 1
    assert points.snapshot(session, world.ledger_id) == before


def test_who_leaves_takes_nothing_and_earns_for_themselves_or_the_next_household(session, world):
    home, (head, child) = make.family(session, world, "温如许", "温知夏")
    hours = points.grant(session, world, child.id, 60)
    make.clean(session, world, child.id)
    named = {"ledger_id": world.ledger_id, "actor": world.staff}
    households.leave(session, household_id=home.id, member_id=child.id, **named)
    assert points.points_of(session, world, child.id) == 0
    assert points.points_of(session, world, head.id) == 15
    assert points.hours_of(session, world, child.id) == hours.minutes == 60
    make.clean(session, world, child.id)
    assert points.holding(session, world, child.id).own_points == 10
    make.require_proven(session, world.ledger_id)


def test_a_programme_that_pools_by_person_leaves_everybody_their_own(session, stage):
    world = stage.put_up(make.world, "session", pools="person")
    home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    make.clean(session, world, head.id)
    assert points.points_of(session, world, head.id) == 10
    assert points.points_of(session, world, spouse.id) == 0
    assert make.score(session, world, home).score_points == 100
    with pytest.raises(ValidationFailed), attempt(session):
        pooling.set_pooling(session, programme=world.programme, pooling="village", actor=SYSTEM)
    assert world.programme.pooling == "person"


def test_own_points_and_the_households_pay_together_the_soonest_to_expire_first(session, stage):
    world = stage.put_up(make.world, "session", pools="person", expiry_policy="rolling_36_months")
    home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    make.clean(session, world, head.id)
    pooling.set_pooling(session, programme=world.programme, pooling="household", actor=SYSTEM)
    with clock.held_at(points.at(date(2026, 2, 1), 10)):
        make.clean(session, world, spouse.id, 2)
    assert points.points_of(session, world, head.id) == 30
    journal_id, left = spend(session, world, head, 25)
    assert (left, points.points_of(session, world, spouse.id)) == (5, 0)
    lines = wallets.return_lines(session, ledger_id=world.ledger_id, journal_id=journal_id)
    reverse(session, ledger_id=world.ledger_id, journal_id=journal_id, lines=lines,
            key="test:back", kind="test_back", actor=SYSTEM)  # fmt: skip
    assert points.holding(session, world, head.id).own_points == 10
    assert points.points_of(session, world, spouse.id) == 20
    assert prove(session, ledger_id=world.ledger_id).is_ok


def test_e13_a_reversal_takes_from_the_household_that_got_it_and_leaves_it_owing(session, world):
    home, (head, child) = make.family(session, world, "温如许", "温知夏")
    grant = make.clean(session, world, child.id, 2)
    spend(session, world, head, 15)
    named = {"ledger_id": world.ledger_id, "actor": world.staff}
    households.leave(session, household_id=home.id, member_id=child.id, **named)
    grants.reverse(session, grant_id=grant.id, reason="没有做", **named)
    score = make.score(session, world, home)
    assert (score.receivable_points, score.score_points, score.spendable_points) == (15, 85, 0)
    assert points.holding(session, world, child.id).receivable_points == 0
    make.clean(session, world, head.id, 2)
    assert make.score(session, world, home).score_points == 105
    make.require_proven(session, world.ledger_id)


def test_d28_the_lots_of_a_household_expire_and_everybody_in_it_is_told(session, stage):
    world = stage.put_up(make.world, "session", expiry_policy="calendar_year")
    home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    make.clean(session, world, head.id)
    named = {"ledger_id": world.ledger_id}
    assert expiry.remind(session, **named, today=date(2026, 12, 25)) == 1
    assert expiry.expire_due(session, **named, today=date(2027, 1, 1)) == 1
    assert expiry.expire_due(session, **named, today=date(2027, 1, 1)) == 0
    for topic in ("home_expiring", "home_expired"):
        told = session.query(Message.member_id).where(
            Message.ledger_id == world.ledger_id, Message.topic == topic
        )
        assert {row.member_id for row in told} == {head.id, spouse.id}
    with clock.held_at(points.at(date(2027, 1, 1), 10)):
        assert make.score(session, world, home).score_points == 100


def test_d29_the_honour_list_names_only_who_agreed_and_nobody_below_the_base(session, world):
    make.a_minus(session, world)
    best, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    make.family(session, world, "林知远", name="林家")
    low, (owing,) = make.family(session, world, "秦小满", name="秦家")
    make.clean(session, world, head.id)
    make.taken(session, world, owing)
    named = {"ledger_id": world.ledger_id}
    with pytest.raises(PermissionDenied), attempt(session):
        homes.let_honour(
            session, **named, household_id=best.id, is_agreed=True, actor=actor_of(spouse)
        )
    assert pooling.honour_list(session, **named, node=world.node) == []
    for home, who in ((best, head), (low, owing)):
        homes.let_honour(
            session, **named, household_id=home.id, is_agreed=True, actor=actor_of(who)
        )
    listed = pooling.honour_list(session, **named, node=world.city)
    assert [(each.name, each.score_points) for each in listed] == [("温家", 110)]


def test_d43_the_consent_to_the_honour_list_is_the_heads_who_gave_it(session, world, client):
    home, (head, spouse) = make.family(session, world, "温如许", "温知夏")
    make.clean(session, world, head.id)
    named = {"ledger_id": world.ledger_id, "household_id": home.id}
    book = books.get(session, world.ledger_id).code

    def is_public():
        session.commit()
        return "温家" in client.get(f"/honour/{book}").text

    def agree(member):
        homes.let_honour(session, **named, is_agreed=True, actor=actor_of(member))

    agree(head)
    assert is_public()
    households.set_head(session, **named, member_id=head.id, actor=world.staff)
    assert is_public(), "the same head"
    households.set_head(session, **named, member_id=spouse.id, actor=world.staff)
    assert not is_public()
    agree(spouse)
    households.leave(session, **named, member_id=head.id, actor=world.staff)
    assert is_public()
    households.leave(session, **named, member_id=spouse.id, actor=world.staff)
    assert not is_public()
    households.join(session, **named, member_id=head.id, relation="本人", actor=world.staff)
    assert not is_public()


def actor_of(member):
    return Actor(member.person_id)
