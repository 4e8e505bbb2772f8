"""Quiet hours: nobody is reminded at night, and each place says when its night is."""

from datetime import date, time

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.community import quiet, settings
from tests.factories import community as make

DAY = date(2026, 3, 10)


def at(text: str, day: date = DAY):
    return clock.local_instant(day, time.fromisoformat(text))


@pytest.fixture
def node(session):
    return make.make_node(session, None)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("20:59", at("20:59")),
        ("21:00", at("08:00", date(2026, 3, 11))),
        ("23:30", at("08:00", date(2026, 3, 11))),
        ("00:10", at("08:00")),
        ("07:59", at("08:00")),
        ("08:00", at("08:00")),
    ],
)
def test_d51_a_reminder_of_the_night_waits_for_the_morning(session, node, now, told):
    assert quiet.next_waking(session, node=node, at=at(now)) == told


def test_a_place_says_when_its_night_is(session, node):
    for name, hour in ((quiet.QUIET_FROM, 12), (quiet.QUIET_UNTIL, 14)):
        settings.put(session, node=node, name=name, value=hour, actor=SYSTEM)

    assert quiet.next_waking(session, node=node, at=at("13:05")) == at("14:00")
    assert quiet.next_waking(session, node=node, at=at("23:00")) == at("23:00")


def test_a_night_that_ends_when_it_begins_is_none(session, node):
    settings.put(session, node=node, name=quiet.QUIET_FROM, value=8, actor=SYSTEM)

    assert quiet.next_waking(session, node=node, at=at("02:00")) == at("02:00")


def test_pages_speak_by_day_only():
    assert quiet.is_night(at("21:00"))
    assert not quiet.is_night(at("20:59"))
