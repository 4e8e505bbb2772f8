"""The rate as a versioned rational number: D27, E2, E4."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.points import rates
from app.points.errors import NoRate, RateConflict
from app.points.models import Rate
from app.points.rates import Terms
from tests.factories import points as make

quantities = st.lists(st.integers(0, 2_000), max_size=12)
terms = st.tuples(st.integers(0, 50), st.integers(1, 500))


def a_rate(points: int, per_quantity: int, remainder: str = "carried") -> Rate:
    return Rate(points=points, per_quantity=per_quantity, remainder=remainder)


def walk(rate: Rate, parts: list[int], carry: int = 0) -> tuple[int, int]:
    """Earn the parts one after another; return all points and the last carry."""
    total = 0
    for quantity in parts:
        earned = rates.earn(rate, carry=carry, quantity=quantity)
        total, carry = total + earned.points, earned.carry_after
    return total, carry


@pytest.mark.parametrize(
    ("carry", "minutes", "expected"),
    [(0, 120, (2, 0)), (0, 105, (1, 45)), (45, 15, (1, 0)), (-30, 20, (0, -10)), (0, 0, (0, 0))],
)
def test_e2_an_hour_makes_a_point_and_the_rest_is_carried(carry, minutes, expected):
    assert tuple(rates.earn(a_rate(1, 60), carry=carry, quantity=minutes)) == expected


def test_a_negative_carry_takes_no_points_away():
    assert tuple(rates.earn(a_rate(1, 60), carry=-100, quantity=30)) == (0, -70)


def test_dropped_minutes_are_gone():
    assert walk(a_rate(1, 6, "dropped"), [11, 11]) == (2, 0)


def test_a_cap_cuts_points_and_keeps_the_rest_of_the_minutes():
    earned = rates.earn(a_rate(1, 60), carry=0, quantity=200, points_left=2)
    assert tuple(earned) == (2, 20)
    assert rates.earn(a_rate(1, 60), carry=0, quantity=200, points_left=-1).points == 0


@given(terms, quantities)
def test_d27_any_split_of_the_minutes_makes_the_points_of_the_whole(rate, parts):
    carried = a_rate(*rate)
    assert walk(carried, parts) == walk(carried, [sum(parts)])


@given(terms, quantities)
def test_nothing_is_lost_and_nothing_made_by_carrying(rate, parts):
    points, per_quantity = rate
    total, carry = walk(a_rate(*rate), parts)
    assert total * per_quantity + carry == sum(parts) * points
    assert 0 <= carry < per_quantity


@given(terms, quantities)
def test_dropping_never_makes_more_than_carrying(rate, parts):
    assert walk(a_rate(*rate, "dropped"), parts)[0] <= walk(a_rate(*rate), parts)[0]


@given(terms, quantities, st.data())
def test_a_reversal_leaves_the_carry_of_the_other_deeds(rate, parts, data):
    """Points and carry after a reversal still add up to the quantity that stands."""
    kept, carry, made = a_rate(*rate), 0, []
    for quantity in parts:
        earned = rates.earn(kept, carry=carry, quantity=quantity)
        made.append((quantity, earned.points, carry, earned.carry_after))
        carry = earned.carry_after
    if made:
        quantity, points, before, after = made.pop(data.draw(st.integers(0, len(made) - 1)))
        carry += before - after
    standing = sum(each[0] for each in made) * kept.points
    assert sum(each[1] for each in made) * kept.per_quantity + carry == standing


@pytest.fixture
def world(stage) -> make.World:
    return stage.put_up(make.world, "session")


def test_a_rate_is_kept_in_lowest_terms(session, world):
    make.rate(session, world, "mediation", Terms(10, 60), valid_from_on=date(2026, 1, 1))
    found = rates.on(session, world.programme.id, "mediation", date(2026, 1, 1))
    assert (found.points, found.per_quantity, found.version) == (1, 6, 2)


def test_yesterday_reads_the_old_version_when_a_rate_changes_tomorrow(session, world):
    make.rate(session, world, "volunteering", Terms(2, 60), valid_from_on=date(2026, 3, 3))
    versions = [
        rates.on(session, world.programme.id, "volunteering", day).version
        for day in (date(2026, 3, 2), date(2026, 3, 3))
    ]
    assert versions == [1, 2]
    listed = rates.list_versions(session, world.programme.id, "volunteering")
    assert [each.version for each in listed] == [1, 2]


def test_before_the_first_version_there_is_no_rate(session, world):
    with pytest.raises(NoRate):
        rates.on(session, world.programme.id, "volunteering", date(2019, 12, 31))


def refused(session: Session, world: make.World, refusal, code: str, wanted: Terms, day: date):
    before = rates.list_versions(session, world.programme.id, code)
    with pytest.raises(refusal), attempt(session):
        make.rate(session, world, code, wanted, valid_from_on=day)
    assert rates.list_versions(session, world.programme.id, code) == before


@pytest.mark.parametrize(
    "wanted",
    [Terms(-1, 60), Terms(1, 0), Terms(1, 60, "kept"), Terms(1, 60, "carried", 0)],
)
def test_what_is_no_rate_is_refused(session, world, wanted):
    refused(session, world, ValidationFailed, "volunteering", wanted, date(2026, 3, 2))


def test_an_unknown_indicator_has_no_rate(session, world):
    refused(session, world, NotFound, "gifts", Terms(1, 60), date(2026, 3, 2))


def test_a_version_does_not_start_before_the_latest(session, world):
    refused(session, world, RateConflict, "volunteering", Terms(2, 60), make.RATES_FROM)


def test_d27_a_new_version_does_not_reach_back_into_counted_days(session, world):
    member = make.member(session, world)
    served_on = make.grant(session, world, member.id).served_on
    session.commit()
    refused(session, world, RateConflict, "volunteering", Terms(2, 60), served_on)


def test_an_hours_only_programme_has_no_rates(session):
    world = make.world(session, has_points=False)
    with pytest.raises(ValidationFailed), attempt(session):
        rates.add_version(
            session,
            programme=world.programme,
            indicator_code="volunteering",
            terms=Terms(1, 60),
            valid_from_on=date(2026, 1, 1),
            actor=SYSTEM,
        )
    assert rates.list_versions(session, world.programme.id, "volunteering") == []
