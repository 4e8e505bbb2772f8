"""Series: a plan held again each day, week or month; emergencies and their two signatures."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from app.activities import codes, plans, posters
from app.activities.plan_rules import PlannedSession
from app.activities.shifts import repeats, series
from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.points import approvals
from tests.factories import activities as make
from tests.factories import shifts
from tests.factories.activities import EVE, at, moment, refused


def lectures(session, world, **more):
    plan = make.a_plan(
        world,
        ("15:00", "16:30"),
        title="法律知识讲座",
        category_code="legal_talk",
        way="screen",
        **more,
    )
    with at("09:00", EVE):
        made = series.draft(
            session,
            ledger_id=world.ledger_id,
            plan=plan,
            every="month",
            count=12,
            actor=world.leader,
        )
        session.commit()
    return made


def test_c32_a_monthly_lecture_makes_twelve_dated_activities_each_with_its_own_code(session, world):
    made = lectures(session, world)
    key = {"ledger_id": world.ledger_id, "activity_id": made[5].id}
    with at("09:10", EVE):
        assert len(series.submit(session, **key, actor=world.leader)) == 12
        with refused(session, world, SecondPersonRequired):
            series.approve(
                session,
                **key,
                actor=Actor(world.staff.person_id, on_behalf_id=world.leader.person_id),
            )
        assert len(series.approve(session, **key, actor=world.staff)) == 12
        opened = series.respond(session, **key, team_id=world.team.id, actor=world.leader)
        assert {each.state for each in opened} == {"open"}
        with refused(session, world, NotFound):
            series.approve(session, **key, actor=world.staff)
    slots = [make.slots(session, world, each)[0] for each in series.list_of(session, **key)]
    days = [clock.local_date(each.starts_at) for each in slots]
    assert (days[0], days[-1]) == (date(2026, 3, 10), date(2027, 2, 10))
    assert all(day.day == 10 and (after - day).days <= 31 for day, after in pairwise(days))
    assert len({codes.current(each, "in").token for each in slots}) == 12
    assert len({each.number for each in made}) == 12
    with at("15:10", days[3]):
        assert posters.find(session, ledger_id=world.ledger_id, number=made[3].number)
        assert make.ticket(session, slots[3], "in").session_id == slots[3].id
        plans.cancel(
            session,
            ledger_id=world.ledger_id,
            activity_id=made[7].id,
            reason="律师有事",
            actor=world.leader,
        )
    states = [each.state for each in series.list_of(session, **key)]
    assert (states.count("open"), states[7]) == (11, "cancelled"), "one is called off alone"


@pytest.mark.parametrize(
    ("every", "nth", "day", "expected"),
    [
        ("day", 1, date(2026, 3, 31), date(2026, 4, 1)),
        ("week", 2, date(2026, 12, 25), date(2027, 1, 8)),
        ("month", 1, date(2026, 1, 31), date(2026, 2, 28)),
        ("month", 2, date(2026, 1, 31), date(2026, 3, 31)),
        ("month", 11, date(2026, 3, 10), date(2027, 2, 10)),
    ],
)
def test_a_turn_keeps_its_hour_and_a_month_its_day(every, nth, day, expected):
    span = PlannedSession(moment("23:00", day), moment("23:00", day) + timedelta(hours=2))
    (turn,) = repeats.turn([span], every=every, nth=nth)
    assert turn.starts_at == moment("23:00", expected)
    assert turn.ends_at - turn.starts_at == timedelta(hours=2)


def test_what_is_no_series_is_refused(session, world):
    plan = make.a_plan(world)
    for every, count, field in (
        ("year", 2, "every"),
        ("day", 1, "turn_count"),
        ("day", 32, "turn_count"),
    ):
        with at("09:00", EVE), refused(session, world, ValidationFailed, field=field):
            series.draft(
                session,
                ledger_id=world.ledger_id,
                plan=plan,
                every=every,
                count=count,
                actor=world.leader,
            )
    with pytest.raises(ValidationFailed):
        repeats.turn(plan.sessions, every="month", nth=10**6)
    alone = make.called(session, world)
    key = {"ledger_id": world.ledger_id, "activity_id": alone.id}
    assert series.list_of(session, **key) == []
    with at("10:00", EVE), refused(session, world, NotFound):
        series.submit(session, **key, actor=world.leader)


def test_o9_an_emergency_over_the_daily_cap_is_held_for_two_signatures_and_not_dropped(
    session, world, member
):
    """Flood watch by checkpoints for ten hours: leader and staff, two people, sign it."""
    slot = shifts.a_patrol(
        session,
        world,
        ("08:00", "18:00"),
        title="防汛防台风值守",
        category_code="flood_typhoon",
        is_emergency=True,
    )[1][0]
    shifts.reach(session, world, slot, member, 1, "08:00")
    shifts.reach(session, world, slot, member, 3, "17:59")
    shifts.end(session, world, slot, member, "17:59")
    (grant,) = make.confirm(session, world, slot, "18:10")
    assert (grant.state, grant.minutes) == ("waiting_level_2", 599)
    assert grant.hold_reasons == "emergency,day_level_2"
    key = {"ledger_id": world.ledger_id, "grant_ids": [grant.id], "level": 2}
    with at("18:20"):
        with refused(session, world, SecondPersonRequired):
            approvals.decide(session, **key, verdict="approved", reason=None, actor=world.leader)
        (done,) = approvals.decide(
            session, **key, verdict="approved", reason=None, actor=world.staff
        )
    assert (done.state, done.minutes, done.points) == ("posted", 599, 9)
