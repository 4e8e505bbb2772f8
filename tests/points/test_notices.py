"""Notices: the list of that day, masked; open for so many working days, then closed by itself."""

from datetime import date, timedelta

import pytest

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.points import notice_lines, notices
from app.points.errors import NoticeClosed, NoticeEmpty
from app.points.notices import Draft
from tests.factories import points as make

DAY = date(2026, 3, 20)
"""A Friday; five working days later is Friday 27 March."""


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.held_at(make.at(DAY, 10)):
        yield


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session")


def publish(session, world, **more):
    said = {
        "node_id": world.node.id,
        "kind": "hours",
        "title": "三月志愿时长公示",
        "begins_on": date(2026, 3, 1),
        "ends_on": DAY,
        "contact": "党群服务中心一楼，工作日 9:00–17:00",
    }
    draft = Draft(**{**said, **more})
    return notices.publish(session, ledger_id=world.ledger_id, draft=draft, actor=world.staff)


def lines(session, world, notice):
    return [
        (each.line, each.name, each.minutes, each.points)
        for each in notices.list_lines(session, ledger_id=world.ledger_id, notice_id=notice.id)
    ]


def serve(session, world, name, minutes, **more):
    member = make.member(session, world, name)
    return make.grant(session, world, member.id, minutes, **more)


def test_a_notice_lists_each_members_sums_masked_most_hours_first(session, world):
    serve(session, world, "任清和", 60)
    serve(session, world, "温如许", 240)
    notice = publish(session, world)
    assert lines(session, world, notice) == [(1, "温*许", 240, 4), (2, "任*和", 60, 1)]
    assert notice.closes_on == date(2026, 3, 27)


def test_a_notice_stays_as_it_was_put_up(session, world):
    serve(session, world, "温如许", 60)
    notice = publish(session, world)
    serve(session, world, "任清和", 300)
    assert lines(session, world, notice) == [(1, "温*许", 60, 1)]


def test_a_notice_of_grants_lists_what_waits_for_a_decision(session, world):
    serve(session, world, "温如许", 60)
    waiting = serve(session, world, "任清和", 120, hold_reasons=("roll",))
    notice = publish(session, world, kind="grants")
    (line,) = notices.list_lines(session, ledger_id=world.ledger_id, notice_id=notice.id)
    assert (line.name, line.served_on, line.minutes) == ("任*和", DAY, 120)
    found = notices.find_line(session, ledger_id=world.ledger_id, subject_id=line.id)
    assert found.grant_id == waiting.id


def test_with_nothing_to_show_no_notice_is_put_up(session, world):
    for kind in ("hours", "grants"):
        with pytest.raises(NoticeEmpty), attempt(session):
            publish(session, world, kind=kind)
    assert listed(session, world, is_open_only=False) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins_on": DAY, "ends_on": DAY - timedelta(days=1)},
        {"ends_on": DAY + timedelta(days=1)},
        {"workdays": 2},
        {"workdays": 31},
    ],
)
def test_a_notice_of_no_past_period_or_of_a_wrong_length_is_refused(session, world, wrong):
    serve(session, world, "温如许", 60)
    session.commit()
    with pytest.raises(ValidationFailed), attempt(session):
        publish(session, world, **wrong)
    assert listed(session, world, is_open_only=False) == []


def test_more_lines_than_a_notice_holds_are_refused(session, world, monkeypatch):
    serve(session, world, "温如许", 60)
    serve(session, world, "任清和", 60)
    monkeypatch.setattr(notice_lines, "LINES_MAX", 1)
    with pytest.raises(ValidationFailed):
        publish(session, world)


def test_a_notice_closes_by_itself_after_its_last_day(session, world):
    serve(session, world, "温如许", 60)
    notice = publish(session, world)
    for days, is_open in ((7, True), (8, False)):
        with clock.held_at(make.at(DAY + timedelta(days=days), 23)):
            assert notices.is_open(notice) is is_open
            assert bool(listed(session, world, is_open_only=True)) is is_open
    with clock.held_at(make.at(DAY + timedelta(days=8), 0)), pytest.raises(NoticeClosed):
        notices.require_open(notice)


def test_a_notice_can_be_taken_down_once_with_a_reason(session, world):
    serve(session, world, "温如许", 60)
    notice = publish(session, world)
    session.commit()
    named = {"ledger_id": world.ledger_id, "notice_id": notice.id, "actor": world.second}
    with pytest.raises(ValidationFailed), attempt(session):
        notices.withdraw(session, **named, reason=" ")
    assert notices.is_open(notice)
    assert notices.withdraw(session, **named, reason="日期填错了").withdraw_reason == "日期填错了"
    assert not notices.is_open(notice)
    with pytest.raises(NoticeClosed), attempt(session):
        notices.withdraw(session, **named, reason="再一次")
    with pytest.raises(NotFound):
        notices.withdraw(session, **{**named, "notice_id": world.staff.person_id}, reason="没有")


def test_what_an_objection_names_is_a_notice_or_one_of_its_lines(session, world):
    serve(session, world, "温如许", 60)
    notice = publish(session, world)
    (line,) = notices.list_lines(session, ledger_id=world.ledger_id, notice_id=notice.id)
    for subject_id in (notice.id, line.id):
        found = notices.about(session, ledger_id=world.ledger_id, subject_id=subject_id)
        assert found.id == notice.id
    with pytest.raises(NotFound):
        notices.about(session, ledger_id=world.ledger_id, subject_id=world.staff.person_id)


def test_a_place_lists_the_notices_at_and_below_it(session, world):
    serve(session, world, "温如许", 60)
    notice = publish(session, world)
    for node in (world.node, world.city):
        assert [each.id for each in listed(session, world, node)] == [notice.id]
    assert notices.count_lines(session, ledger_id=world.ledger_id, notice_id=notice.id) == 1


def listed(session, world, node=None, is_open_only=True):
    return notices.list_in(
        session, ledger_id=world.ledger_id, node=node or world.node, is_open_only=is_open_only
    )
