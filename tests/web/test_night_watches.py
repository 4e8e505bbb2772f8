"""A night watch, on the phone and at the desk: its times may lie past midnight."""

from datetime import timedelta

import pytest

from app.activities import attendance
from app.activities.models import Activity, ActivitySession, Attendance
from app.base import clock
from tests.factories import onsite, pages
from tests.factories.onsite import DAY, EVE, at, moment
from tests.web.answers import done, no_change
from tests.web.test_h5_leading import OUTER, PLAN, lead_path, rows

MORROW = DAY + timedelta(days=1)
NIGHT = PLAN | {"title": "夜间巡逻", "begins_1": "22:30", "ends_1": "00:30", "then": "draft"}


@pytest.fixture
def slot(site):
    """A watch from half past ten at night to half past midnight, approved."""
    times = {
        "starts_at": moment("22:30").isoformat(),
        "ends_at": moment("00:30", MORROW).isoformat(),
        "quota_count": None,
    }
    return site.opened(sessions=[times])[1][0]


def spans(session):
    return [(each.starts_at, each.ends_at) for each in rows(session, ActivitySession)]


def test_a_watch_past_midnight_is_planned_and_comes_back_into_the_form(site, lead, session):
    plan = NIGHT | {"team_id": str(site.team.id)}
    with at("09:00", EVE):
        assert lead.send("/lead/plan", **plan).status_code == 303
        (made,) = rows(session, Activity)
        path = f"/lead/activities/{made.id}/plan"
        shown = lead.get(path).text
        kept = lead.send(path, version=made.version, **plan)

    assert kept.status_code == 303
    assert 'value="22:30"' in shown
    assert 'value="00:30"' in shown
    assert spans(session) == [(moment("22:30"), moment("00:30", MORROW))]


def test_an_end_more_than_a_night_after_the_begin_is_a_slip(site, lead, session):
    plan = NIGHT | {"team_id": str(site.team.id), "ends_1": "22:00"}
    with at("09:00", EVE), no_change(session, but=OUTER):
        answer = lead.send("/lead/plan", **plan)

    assert answer.status_code == 422
    assert "结束晚于开始" in answer.text


def test_d16_who_forgot_to_sign_out_may_have_left_after_midnight(site, lead, slot, session):
    stay = site.scan(site.wen, slot, "in", "22:25").get_json()["attendance_id"]
    path = lead_path(slot, "/confirm")
    said = {"attendance_ids": stay, "reason": "手机没电，我看着他走的"}
    with at("01:10", MORROW):
        attendance.autoclose(session, ledger_id=site.town.ledger_id, now=clock.now())
        session.commit()
        offered = lead.get(path).text
        with no_change(session, but=OUTER):
            late = lead.send(path, **said, **{f"left_{stay}": "00:40"})
            never = lead.send(path, **said, **{f"left_{stay}": "22:20"})
        fine = lead.send(path, **said, **{f"left_{stay}": "00:20"})

    assert 'value="00:30"' in offered
    assert late.status_code == never.status_code == 422
    assert fine.status_code == 303
    (row,) = rows(session, Attendance)
    assert row.checked_out_at == moment("00:20", MORROW)
    assert (row.state, row.credited_minutes) == ("confirmed", 110)


def test_who_came_without_a_network_may_have_left_after_midnight(site, lead, slot, session):
    with at("22:52"):
        sent = {"token": site.token(slot, "in"), "scanned_at": moment("22:52").isoformat()}
    with at("01:00", MORROW):
        done(onsite.fresh(site.wen).post("/checkins/late", sent), 201)
    admit = lead_path(slot, f"/late/{site.wen.member.id}/admit")
    with at("01:10", MORROW):
        with no_change(session, but=OUTER):
            slip = lead.send(admit, came="00:30", went="22:52", reason="没有网，我看见人了")
        answer = lead.send(admit, came="22:52", went="00:30", reason="没有网，我看见人了")

    assert (slip.status_code, answer.status_code) == (422, 303)
    (row,) = rows(session, Attendance)
    assert (row.checked_in_at, row.checked_out_at) == (moment("22:52"), moment("00:30", MORROW))


def test_a_watch_by_night_stands_on_the_roster(app, session, site):
    """V2: shifts of staff and of volunteers may go past midnight too."""
    with at("08:30", EVE):
        staff = pages.browser(app, session, site.caller("staff").member)
        base = f"/staff/{site.town.node.code}"
        venue = {"kind": "近邻驿站", "name": "近邻之家", "address": "瑞云苑3号楼架空层"}
        page = staff.send(f"{base}/venues", **venue).location.split("?")[0]
        plan = {"monday": "2026-03-09", "begins": "22:00", "ends": "06:00", "weekdays": ["1"]}
        answer = staff.send(f"{page}/roster", **plan, kind="rotating", people_count="2")
        week = staff.get(f"{page}/roster?monday=2026-03-09").text

    assert answer.status_code == 303
    assert "22:00–06:00" in week
    assert spans(session) == [(moment("22:00"), moment("06:00", MORROW))]
