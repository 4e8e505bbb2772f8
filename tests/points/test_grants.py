"""Deeds become minutes and points (E1-E7, L1, L2, A3, A4, D17, D24, D31)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import IdempotencyMismatch, NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.community import settings
from app.ledger.models import Entry, Journal, Transfer
from app.people.models import Message
from app.points import grants
from app.points.models import Carry, Day, Grant, Presence
from app.points.rates import Terms
from app.risk.models import Signal
from tests.factories import points as make

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_monday_evening():
    with clock.held_at(make.at(DAY, 21)):
        yield


@pytest.fixture
def world(stage) -> make.World:
    return stage.put_up(make.world, "session")


def carry_of(session: Session, ledger_id: int) -> list[int]:
    query = sa.select(Carry.remainder_quantity).where(Carry.ledger_id == ledger_id)
    return list(session.scalars(query))


@pytest.mark.parametrize(
    ("minutes", "points", "carry"),
    [
        pytest.param(120, 2, 0, id="e1"),
        pytest.param(105, 1, 45, id="e2"),
        pytest.param(72, 1, 12, id="e4"),
    ],
)
def test_e1_e2_e4_minutes_make_points_and_the_rest_is_carried(
    session, world, minutes, points, carry
):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, minutes)
    assert (grant.state, grant.minutes, grant.points) == ("posted", minutes, points)
    assert make.hours_of(session, world, member.id) == minutes
    assert make.points_of(session, world, member.id) == points
    assert carry_of(session, world.ledger_id) == [carry]


def test_e3_a_deed_of_no_minutes_posts_nothing(session, world):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, 0)
    assert (grant.state, grant.journal_id) == ("posted", None)
    assert make.balances(session, world.ledger_id) == {}


def test_the_carry_makes_a_point_with_the_next_deed(session, world):
    member = make.member(session, world)
    first = make.grant(session, world, member.id, 105)
    second = make.grant(session, world, member.id, 15)
    assert (first.points, second.points) == (1, 1)
    assert (second.carry_before, second.carry_after) == (45, 0)


def test_e5_the_posting_that_crosses_eight_hours_waits_for_level_2(session, world):
    member = make.member(session, world)
    make.grant(session, world, member.id, 480)
    waiting = make.grant(session, world, member.id, 60)
    assert (waiting.state, waiting.hold_reasons) == ("waiting_level_2", "day_level_2")
    assert make.hours_of(session, world, member.id) == 480
    make.decide(session, world, waiting)
    assert make.hours_of(session, world, member.id) == 540
    assert make.points_of(session, world, member.id) == 9


def test_e6_the_posting_that_crosses_twelve_hours_waits_for_level_3(session, world):
    member = make.member(session, world)
    make.grant(session, world, member.id, 480)
    second = make.grant(session, world, member.id, 190)
    third = make.grant(session, world, member.id, 60)
    assert [second.state, third.state] == ["waiting_level_2", "waiting_level_3"]
    assert make.grant(session, world, member.id, 30, served_on=DAY - timedelta(1)).state == "posted"


def test_a4_the_ninth_hour_is_held_also_within_one_batch(session, world):
    member = make.member(session, world)
    deeds = [make.deed(world, member.id, 60) for _ in range(9)]
    made = grants.grant(session, ledger_id=world.ledger_id, deeds=deeds, actor=world.staff)
    assert [each.state for each in made] == ["posted"] * 8 + ["waiting_level_2"]


def test_d17_the_lines_are_settings_of_the_place(session, world):
    name = "attendance.level_2_minutes_day"
    settings.put(session, node=world.node, name=name, value=100, actor=SYSTEM)
    member = make.member(session, world)
    assert make.grant(session, world, member.id, 101).state == "waiting_level_2"


def test_e7_honorary_hours_make_no_points(session, world):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, 180, provenance="honorary")
    assert (grant.state, grant.points, grant.rate_version) == ("posted", 0, None)
    assert make.hours_of(session, world, member.id, "honorary") == 180
    assert make.points_of(session, world, member.id) == 0


def test_l1_hours_and_points_are_one_journal_of_one_source(session):
    world = make.world(session, terms=Terms(points=10, per_quantity=60))
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, 120)
    journal = session.get(Journal, (world.ledger_id, grant.journal_id))
    assert journal.key == f"grant:attendance:{grant.source_id}:1"
    assert (journal.kind, journal.source_id) == ("grant", grant.id)
    assert make.hours_of(session, world, member.id) == 120
    assert make.points_of(session, world, member.id) == 20
    assert make.trial_balance(session, world.ledger_id) == {"minutes": 0, "points": 0}


def test_l2_a_case_makes_points_without_minutes(session):
    world = make.world(session, terms=Terms(20, 1), mediation="pieces")
    member = make.member(session, world)
    grant = make.grant(
        session,
        world,
        member.id,
        0,
        source_kind="manual",
        provenance="none",
        quantity=1,
        category_code="neighbour_mediation",
    )
    assert (grant.minutes, grant.points, grant.rate_version) == (0, 20, 1)
    assert make.points_of(session, world, member.id) == 20


def test_p7_one_of_each_indicator_of_panji(session):
    world = make.world(
        session, terms=None, environment="times", mediation="pieces", outreach="times"
    )
    for code, terms in {
        "environment": Terms(10, 1),
        "mediation": Terms(20, 1),
        "outreach": Terms(5, 1),
        "volunteering": Terms(5, 60),
    }.items():
        make.rate(session, world, code, terms)
    member = make.member(session, world)

    def points(category_code: str, **more) -> int:
        return make.grant(session, world, member.id, category_code=category_code, **more).points

    case = {"source_kind": "manual", "provenance": "none", "quantity": 1, "minutes": 0}
    assert points("cleanup", minutes=90) == 10
    assert points("neighbour_mediation", **case) == 20
    assert points("policy_talk", minutes=30) == 5
    assert points("other", minutes=60) == 5
    assert points("neighbour_mediation", minutes=60) == 0, "an attendance is no 件"
    for shared in ("order", "claim"):
        one = {"source_kind": shared, "minutes": 60, "quantity": 1}
        assert points("neighbour_mediation", **one) == 0, "one of several is no 件 (C33)"


def test_an_old_deed_reads_the_rate_of_its_day(session, world):
    make.rate(session, world, "volunteering", Terms(2, 60), valid_from_on=DAY)
    member = make.member(session, world)
    old = make.grant(session, world, member.id, 60, served_on=DAY - timedelta(days=1))
    new = make.grant(session, world, member.id, 60)
    assert [(old.points, old.rate_version), (new.points, new.rate_version)] == [(1, 1), (2, 2)]


def test_jianyang_drops_the_rest_of_six_minutes(session):
    world = make.world(session, terms=Terms(10, 60, remainder="dropped"))
    member = make.member(session, world)
    made = [make.grant(session, world, member.id, 11) for _ in range(2)]
    assert [each.points for each in made] == [1, 1]


def test_a_cap_cuts_the_points_of_the_day_and_not_the_hours(session):
    world = make.world(session, terms=Terms(1, 60, cap_points_day=3))
    member = make.member(session, world)
    deeds = [make.deed(world, member.id, 120), make.deed(world, member.id, 120)]
    made = grants.grant(session, ledger_id=world.ledger_id, deeds=deeds, actor=world.staff)
    third = make.grant(session, world, member.id, 60)
    assert [each.points for each in [*made, third]] == [2, 1, 0]
    assert make.hours_of(session, world, member.id) == 300
    next_day = make.grant(session, world, member.id, 60, served_on=DAY - timedelta(days=1))
    assert next_day.points == 1


def test_d18_hours_beyond_the_day_cap_are_kept_and_earn_nothing(session, world):
    name = "attendance.cap_minutes_day"
    settings.put(session, node=world.node, name=name, value=120, actor=SYSTEM)
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, 180)
    assert (grant.minutes, grant.quantity, grant.points) == (180, 120, 2)
    assert (grant.state, grant.hold_reasons) == ("posted", "over_cap")


def test_d18_hours_beyond_the_total_cap_earn_nothing(session, world):
    name = "attendance.cap_minutes_total"
    settings.put(session, node=world.node, name=name, value=240, actor=SYSTEM)
    member = make.member(session, world)
    make.grant(session, world, member.id, 180, served_on=DAY - timedelta(days=1))
    assert make.grant(session, world, member.id, 180).quantity == 60


@pytest.mark.parametrize("category", ["council", "training", "paid_post"])
def test_a5_meetings_and_paid_posts_earn_nothing(session, world, category):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, 120, category_code=category)
    assert (grant.state, grant.provenance, grant.minutes) == ("posted", "none", 0)
    assert make.balances(session, world.ledger_id) == {}


def test_an_hours_only_programme_posts_no_points(session):
    world = make.world(session, has_points=False)
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, 120)
    assert (grant.points, make.hours_of(session, world, member.id)) == (0, 120)
    units = session.scalars(
        sa.select(Transfer.unit).where(Transfer.ledger_id == world.ledger_id).distinct()
    )
    assert set(units) == {"minutes"}


def test_an_exchange_moves_hours_and_issues_no_points(session, world):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, 120, source_kind="exchange")
    assert (grant.minutes, grant.points, grant.rate_version) == (120, 0, None)


def test_the_same_source_again_returns_the_first_grant(session, world):
    member = make.member(session, world)
    given = make.deed(world, member.id, 60)
    first = grants.grant(session, ledger_id=world.ledger_id, deeds=[given], actor=world.staff)
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    again = grants.grant(
        session, ledger_id=world.ledger_id, deeds=[given, given], actor=world.second
    )
    assert [each.id for each in again] == [first[0].id] * 2
    assert make.snapshot(session, world.ledger_id) == before


def test_the_same_source_with_other_minutes_is_refused(session, world):
    member = make.member(session, world)
    source_id = new_id()
    make.grant(session, world, member.id, 60, source_id=source_id)
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(IdempotencyMismatch), attempt(session):
        make.grant(session, world, member.id, 61, source_id=source_id)
    assert make.snapshot(session, world.ledger_id) == before


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"served_on": DAY + timedelta(days=1)}, ValidationFailed),
        ({"minutes": -1}, ValidationFailed),
        ({"quantity": -1}, ValidationFailed),
        ({"source_kind": "gift"}, ValidationFailed),
        ({"provenance": "bought"}, ValidationFailed),
        ({"category_code": "unheard_of"}, NotFound),
    ],
)
def test_a_senseless_deed_is_refused_and_changes_nothing(session, world, more, refusal):
    member = make.member(session, world)
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(refusal), attempt(session):
        make.grant(session, world, member.id, **more)
    assert make.snapshot(session, world.ledger_id) == before


def test_a_stranger_gets_nothing(session, world):
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(NotFound), attempt(session):
        make.grant(session, world, new_id())
    assert make.snapshot(session, world.ledger_id) == before


def test_a3_one_time_is_credited_once_whatever_the_door(session, world):
    member = make.member(session, world)
    first = make.grant(session, world, member.id, **make.stay(DAY, 9, 11))
    second = make.grant(session, world, member.id, source_kind="order", **make.stay(DAY, 10, 12))
    third = make.grant(session, world, member.id, source_kind="claim", **make.stay(DAY, 11, 12))
    assert [first.state, second.state] == ["posted", "waiting_level_2"]
    assert second.hold_reasons == "overlap"
    assert third.state == "waiting_level_2", "a waiting grant occupies its time"
    assert make.hours_of(session, world, member.id) == 120
    flagged = session.scalars(sa.select(Signal).where(Signal.ledger_id == world.ledger_id)).all()
    named = {(each.facts["source"], each.facts["other_source"]) for each in flagged}
    assert (f"order:{second.source_id}", f"attendance:{first.source_id}") in named


def test_touching_times_and_other_members_do_not_overlap(session, world):
    first, other = make.member(session, world), make.member(session, world, "任清和")
    deeds = [
        make.deed(world, first.id, **make.stay(DAY, 9, 11)),
        make.deed(world, first.id, **make.stay(DAY, 11, 12)),
        make.deed(world, other.id, **make.stay(DAY, 9, 11)),
    ]
    made = grants.grant(session, ledger_id=world.ledger_id, deeds=deeds, actor=world.staff)
    assert [each.state for each in made] == ["posted"] * 3


def test_an_overlap_within_one_batch_is_held(session, world):
    member = make.member(session, world)
    deeds = [make.deed(world, member.id, **make.stay(DAY, 9, 11)) for _ in range(2)]
    made = grants.grant(session, ledger_id=world.ledger_id, deeds=deeds, actor=world.staff)
    assert [each.state for each in made] == ["posted", "waiting_level_2"]


def test_what_a_door_holds_waits_and_posts_nothing(session, world):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, hold_reasons=("roll", "edited"))
    assert (grant.state, grant.hold_reasons) == ("waiting_level_2", "roll,edited")
    assert make.balances(session, world.ledger_id) == {}


def test_the_member_hears_of_a_grant_and_of_one_that_waits(session, world):
    member = make.member(session, world)
    make.grant(session, world, member.id, 120)
    make.grant(session, world, member.id, 60, hold_reasons=("roll",))
    told = session.scalars(
        sa.select(Message).where(
            Message.ledger_id == world.ledger_id, Message.member_id == member.id
        )
    )
    assert sorted((each.topic, each.facts["minutes"]) for each in told) == [
        ("grant_waiting", 60),
        ("granted", 120),
    ]


def test_day_totals_add_up_per_member_day_and_cut(session, world):
    member = make.member(session, world)
    for minutes in (60, 90):
        make.grant(session, world, member.id, minutes)
    make.grant(session, world, member.id, 30, provenance="honorary")
    rows = session.scalars(sa.select(Day).where(Day.ledger_id == world.ledger_id))
    assert sorted((each.provenance, each.minutes, each.points) for each in rows) == [
        ("credited", 150, 2),
        ("honorary", 30, 0),
    ]


def test_a_batch_costs_as_many_statements_as_one_deed(app, session, world):
    members = [make.member(session, world, f"志愿者{number}").id for number in range(40)]

    def statements(some: list) -> int:
        deeds = [make.deed(world, each, **make.stay(DAY, 9, 11)) for each in some]
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        grants.grant(session, ledger_id=world.ledger_id, deeds=deeds, actor=world.staff)
        session.commit()
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(seen)

    first = statements(members[:1])
    assert statements(members[1:2]) <= first
    assert statements(members[2:]) <= first


def test_entries_hold_what_the_grants_say(session, world):
    member = make.member(session, world)
    make.grant(session, world, member.id, 125)
    query = sa.select(sa.func.sum(Entry.delta)).where(Entry.ledger_id == world.ledger_id)
    assert session.scalar(query) == 0
    stays = sa.select(sa.func.count()).where(Presence.ledger_id == world.ledger_id)
    assert session.scalar(stays) == 0, "a deed without times takes none"
    assert session.scalar(sa.select(Grant.points).where(Grant.ledger_id == world.ledger_id)) == 2
