"""Quarters: closed by two people and never moved; what comes later counts in the next one."""

from datetime import date

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import SecondPersonRequired, ValidationFailed
from app.base.transactions import attempt
from app.points import grants
from app.points.errors import PeriodConflict
from app.points.models import Day
from app.points.quarters import closing, counting
from app.points.quarters.calendar import Quarter
from tests.factories import points as make

Q4, Q1 = Quarter(2025, 4), Quarter(2026, 1)
DECEMBER, JANUARY = date(2025, 12, 20), date(2026, 1, 5)


@pytest.fixture(autouse=True)
def on_a_january_day():
    with clock.held_at(make.at(JANUARY, 10)):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session")


def close(session, world, quarter=Q4):
    named = {"ledger_id": world.ledger_id, "quarter": quarter}
    closing.propose(session, **named, actor=world.staff)
    return closing.close(session, **named, actor=world.second)


def minutes(session, world, quarter):
    return session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Day.minutes), 0)).where(
            Day.ledger_id == world.ledger_id,
            Day.counted_on.between(quarter.begins_on, quarter.ends_on),
        )
    )


def served(session, world, count=120, **more):
    member = make.member(session, world)
    more = {"served_on": DECEMBER, **more}
    return make.grant(session, world, member.id, count, **more)


@pytest.mark.parametrize(
    ("day", "name"), [(date(2025, 12, 31), "2025Q4"), (date(2026, 1, 1), "2026Q1")]
)
def test_a_quarter_has_the_days_of_three_months(day, name):
    found = Quarter.of(day)
    assert (found.name, Quarter.named(name)) == (name, found)
    assert found.begins_on <= day <= found.ends_on
    assert (found.next.before, found.before.next) == (found, found)
    with pytest.raises(ValidationFailed):
        Quarter.named("2025Q5")


def test_a15_a_reversal_after_the_close_counts_in_the_next_quarter(session, world):
    grant = served(session, world)
    close(session, world)
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=grant.id, reason="不在场", actor=world.staff
    )
    assert (minutes(session, world, Q4), minutes(session, world, Q1)) == (120, -120)
    assert (grant.counted_on, grant.reversal_counted_on) == (DECEMBER, Q1.begins_on)
    assert make.hours_of(session, world, grant.member_id) == 0


def test_s2_what_is_granted_late_for_a_closed_quarter_counts_in_the_next(session, world):
    waiting = served(session, world, 60, hold_reasons=("roll",))
    close(session, world)
    (approved,) = make.decide(session, world, waiting)
    late = served(session, world, 30)
    assert {approved.counted_on, late.counted_on} == {Q1.begins_on}
    assert (minutes(session, world, Q4), minutes(session, world, Q1)) == (0, 90)


def test_while_a_quarter_is_open_a_reversal_counts_where_the_deed_did(session, world):
    grant = served(session, world)
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=grant.id, reason="不在场", actor=world.staff
    )
    assert (minutes(session, world, Q4), minutes(session, world, Q1)) == (0, 0)
    assert grant.reversal_counted_on == DECEMBER


def test_s2_a_quarter_is_closed_by_another_person_than_proposed_it(session, world):
    named = {"ledger_id": world.ledger_id, "quarter": Q4}
    for actor in (world.staff, world.second):
        with pytest.raises(PeriodConflict), attempt(session):
            closing.close(session, **named, actor=actor)
    closing.propose(session, **named, actor=world.staff)
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(SecondPersonRequired), attempt(session):
        closing.close(session, **named, actor=world.staff)
    assert counting.last_closed(session, ledger_id=world.ledger_id) is None
    assert make.snapshot(session, world.ledger_id) == before
    assert closing.close(session, **named, actor=SYSTEM).state == "closed"


def test_quarters_are_closed_in_turn_once_and_not_before_they_rested(session, world):
    named = {"ledger_id": world.ledger_id, "actor": world.staff}
    for day, quarter, reason in (
        (JANUARY, Q1, "not_over"),
        (date(2026, 1, 1), Q4, "not_over"),
    ):
        with clock.held_at(make.at(day, 1)), pytest.raises(PeriodConflict) as refused:
            closing.propose(session, quarter=quarter, **named)
        assert refused.value.facts["reason"] == reason
    with clock.held_at(make.at(date(2026, 7, 5), 9)):
        close(session, world)
        for quarter, reason in ((Q4, "closed"), (Quarter(2026, 2), "not_in_turn")):
            with pytest.raises(PeriodConflict) as refused, attempt(session):
                closing.propose(session, quarter=quarter, **named)
            assert refused.value.facts["reason"] == reason
        assert closing.next_in_turn(session, ledger_id=world.ledger_id) == Q1
    assert [each.period for each in closing.list_all(session, ledger_id=world.ledger_id)] == [
        Q4.name
    ]


def test_a_proposal_is_taken_back_and_a_closed_quarter_is_not(session, world):
    named = {"ledger_id": world.ledger_id, "quarter": Q4}
    closing.propose(session, **named, actor=world.staff)
    closing.withdraw(session, **named, actor=world.second)
    assert closing.find(session, **named) is None
    close(session, world)
    with pytest.raises(PeriodConflict), attempt(session):
        closing.withdraw(session, **named, actor=world.second)
    assert [each.state for each in closing.list_all(session, ledger_id=world.ledger_id)] == [
        "closed"
    ]
