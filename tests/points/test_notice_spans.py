"""How long a notice is up: the place's setting, working days, holidays and 调休 (D30)."""

from datetime import date

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import UnknownYear, ValidationFailed
from app.base.transactions import attempt
from app.community import settings
from app.points import notice_spans, notices
from tests.factories import households as make
from tests.factories import points

BEFORE_NEW_YEAR = date(2026, 2, 13)
"""Friday; 14 February is worked in exchange, 15 to 23 February are the Spring Festival."""


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session")


def spans(session, world, kind="applied"):
    found = notice_spans.offered(session, world.node, kind)
    return {each.workdays: (each.closes_on, each.rest_days) for each in found}


def test_d30_holidays_do_not_count_and_a_saturday_that_is_worked_does(session, world):
    with clock.held_at(points.at(BEFORE_NEW_YEAR, 10)):
        assert spans(session, world) == {
            3: (date(2026, 2, 25), 9),
            5: (date(2026, 2, 27), 9),
            7: (date(2026, 3, 2), 10),
        }
    with clock.held_at(points.at(make.DAY, 10)):
        assert spans(session, world)[5] == (date(2026, 3, 27), 2)
        assert set(spans(session, world, "hours")) == {3, 5, 7, 10, 15}


def test_d30_the_places_setting_is_what_a_notice_is_up_for(session, world):
    for days, closes_on in ((5, date(2026, 3, 27)), (4, date(2026, 3, 26))):
        settings.put(session, node=world.node, name=notice_spans.APPLIED, value=days, actor=SYSTEM)
        session.commit()
        with clock.held_at(points.at(make.DAY, 15)):
            assert notice_spans.default(session, world.node, "applied") == days
            assert spans(session, world)[days][0] == closes_on
            member = points.member(session, world, f"温{days}")
            make.review(session, world, make.apply(session, world, member))
            assert make.put_up(session, world).closes_on == closes_on
    assert notice_spans.default(session, world.node, "hours") == 5
    assert 4 not in spans(session, world, "hours")


def test_what_no_calendar_reaches_is_not_offered_and_not_put_up(session, world):
    with clock.held_at(points.at(date(2099, 3, 20), 10)):
        assert spans(session, world) == {}
        day = date(2099, 3, 20)
        found = make.apply(session, world, points.member(session, world), served_on=day)
        make.review(session, world, found)
        session.commit()
        with pytest.raises(UnknownYear), attempt(session):
            make.put_up(session, world, ends_on=day)
        session.refresh(found)
        assert (found.state, found.notice_id) == ("reviewed", None)
        named = {"ledger_id": world.ledger_id, "node": world.node}
        assert notices.list_in(session, **named, is_open_only=False) == []


def test_what_waits_for_its_posting_is_not_kept_waiting_for_more_than_7_days(session, world):
    for days in (2, 8):
        with pytest.raises(ValidationFailed):
            notice_spans.chosen(session, world.node, "applied", days)
    assert notice_spans.chosen(session, world.node, "hours", 30) == 30
