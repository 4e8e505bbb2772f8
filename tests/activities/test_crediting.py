"""Presence becomes minutes: pure arithmetic, whole numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activities.crediting import Terms, Times, credit, overlap

START = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
SESSION = Times(START, START + timedelta(hours=2))


def stay(came: int, went: int) -> Times:
    """A stay from and to these minutes after the start."""
    return Times(START + timedelta(minutes=came), START + timedelta(minutes=went))


def one(came: int, went: int, *, is_paid: bool = False, percent: int = 60):
    return credit([stay(came, went)], Terms(SESSION, is_paid, percent))[0]


@pytest.mark.parametrize(
    ("came", "went", "minutes", "reason"),
    [
        (-10, 140, 120, None),
        (5, 110, 105, None),
        (0, 70, 0, "below_min_presence"),
        (0, 72, 72, None),
        (-60, -5, 0, "below_min_presence"),
    ],
    ids=["e1", "e2", "e3", "e4", "before the start"],
)
def test_e1_to_e4_give_exactly_these_minutes(came, went, minutes, reason):
    found = one(came, went)

    assert (found.minutes, found.zero_reason) == (minutes, reason)


def test_d14_no_minute_counts_outside_the_planned_times():
    assert one(-60, 300).minutes == 120
    assert overlap(stay(-60, -1), SESSION) is None


def test_d15_a_second_below_the_share_is_nothing_and_at_the_share_all():
    short = Times(START, START + timedelta(minutes=72) - timedelta(seconds=1))

    assert credit([short], Terms(SESSION, False, 60))[0].minutes == 0
    assert one(0, 72).minutes == 72


def test_d15_the_share_is_a_setting():
    assert one(0, 30, percent=25).minutes == 30
    assert one(0, 1, percent=0).minutes == 1


def test_d22_a_meal_between_two_stays_is_not_credited():
    found = credit([stay(0, 50), stay(80, 120)], Terms(SESSION, False, 60))

    assert [each.minutes for each in found] == [50, 40]


def test_d13_two_short_stays_reach_the_share_together():
    found = credit([stay(0, 40), stay(70, 105)], Terms(SESSION, False, 60))

    assert [each.minutes for each in found] == [40, 35]


def test_a5_c14_x1_paid_work_earns_no_minute():
    assert one(0, 120, is_paid=True) == type(one(0, 120))(0, "paid")


seconds = st.integers(min_value=-4 * 3600, max_value=6 * 3600)
spans = st.lists(st.tuples(seconds, seconds).map(sorted), min_size=1, max_size=3)


@given(spans=spans, length=st.integers(60, 8 * 3600), percent=st.integers(0, 100))
def test_credited_minutes_never_exceed_the_overlap(spans, length, percent):
    session = Times(START, START + timedelta(seconds=length))
    stays = [
        Times(START + timedelta(seconds=begin), START + timedelta(seconds=end))
        for begin, end in spans
    ]

    found = credit(stays, Terms(session, False, percent))

    for each, came in zip(found, stays, strict=True):
        inside = overlap(came, session)
        most = inside.ends_at - inside.begins_at if inside else timedelta(0)
        assert timedelta(0) <= timedelta(minutes=each.minutes) <= most
        assert (each.minutes == 0) == (each.zero_reason is not None)
