"""Patrols, visits, logs and series on the phone."""

import re
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.activities.models import Activity, ActivitySession, Attendance
from app.activities.shifts import attending, checkpoint_codes, series
from tests.factories import pages
from tests.factories.onsite import DAY, EVE, at
from tests.web.answers import done, no_change
from tests.web.test_shifts_api import PATROL, VISIT, see

OUTER = ("base_idempotency", "base_serial", "activities_scan", "people_message", "risk_signal")
LECTURE = {
    "title": "法律知识讲座",
    "category_code": "legal_talk",
    "address": "保利小区会所二楼",
    "on_1": "2026-03-10",
    "begins_1": "15:00",
    "ends_1": "16:30",
    "then": "submit",
}


@pytest.fixture
def phone(app, session, site):
    with at("08:00", DAY):
        return pages.browser(app, session, site.wen.member)


def rows(session, model):
    session.expire_all()
    return list(session.scalars(sa.select(model).execution_options(cross_ledger=True)))


def digits_on(page):
    return [each.replace(" ", "") for each in re.findall(r"<b>(\d{3} \d{3})</b>", page)]


def test_c13_a_patrol_on_the_phone_from_its_first_place_to_its_end(app, session, site, phone):
    _path, (slot,) = site.opened(("20:00", "21:30"), **PATROL)
    session_id = pages.id_of(slot)
    path = f"/sessions/{session_id}/patrol"
    with at("19:30"):
        lead = pages.browser(app, session, site.leader.member)
        shown = lead.get(f"/lead/sessions/{session_id}/checkpoints").text
        sheets = lead.get(f"/lead/sessions/{session_id}/checkpoints/print").text
        assert phone.get(f"/lead/sessions/{session_id}/checkpoints").status_code == 403
        assert phone.get(f"/sessions/{session_id}/check-in").location.endswith(path)
    digits = digits_on(shown)
    assert len(digits) == 3
    assert all(name in sheets and name in shown for name in PATROL["checkpoints"])

    with at("20:00"):
        before = phone.get(path).text
        assert "去扫第 1 个：东门岗亭" in before
        with no_change(session, but=OUTER):
            early = phone.send(path, digits=digits[1])
        assert early.status_code == 409
        assert "点位要按先后扫" in early.text
        token = checkpoint_codes_of(session, session_id)[0]
        ticket = done(see(site, token=token))["ticket"]
        reached = phone.send("/check-in", ticket=ticket)
        assert reached.location.endswith(f"{path}?reached=1")
        after = phone.get(reached.location).text
    assert "东门岗亭，扫到了" in after
    assert "去扫第 2 个：3号楼楼下" in after
    assert "这一班才算时长" in after
    with at("20:40"):
        assert "继续巡逻" in phone.get("/").text
        assert "看走到哪了" in phone.get("/scan").text
        assert phone.send("/scan", digits=digits[2]).status_code == 303
        walked = phone.get(path).text
    assert "走完一圈了" not in walked
    assert "巡逻结束，签退" in walked
    with at("20:59"):
        assert phone.send("/scan", digits=digits[0]).status_code == 303
        assert "第 2 圈" in phone.get(path).text
        out = phone.send(f"{path}/end")
        assert "还没" not in phone.get(out.location).text
    (stay,) = rows(session, Attendance)
    assert (stay.state, stay.in_door, stay.out_door) == ("closed", "checkpoint", "checkpoint")
    assert (stay.credited_minutes, stay.zero_reason) == (59, None)


def checkpoint_codes_of(session, session_id):
    slot = next(each for each in rows(session, ActivitySession) if each.id == UUID(session_id))
    return [checkpoint_codes.token_of(slot, nth) for nth in (1, 2, 3)]


def test_c27_a_visit_on_the_phone_and_the_resident_who_confirms_it(app, session, site, phone):
    _path, (slot,) = site.opened(**VISIT, needs_log=True)
    session_id = pages.id_of(slot)
    path = f"/sessions/{session_id}/visit"
    with at("08:30"):
        assert "先报名，再上门" in phone.get(path).text
        done(site.wen.post(f"{slot}/enrolments", {}), 201)
        assert "到了，开始上门" in phone.get(path).text
        assert phone.get(f"/sessions/{session_id}/check-in").location.endswith(path)
    with at("09:00"):
        assert phone.send(path).status_code == 303
        assert "结束上门" in phone.get("/").text
    with at("10:30"):
        resident = pages.browser(app, session, site.town.caller("邱晚晴").member)
        assert "我的确认码（有人上门帮过我）" in resident.get("/").text
        shown = resident.send("/my-code/confirm").text
        digits = re.search(r'id="digits">([\d ]+)<', shown)[1]
        with no_change(site.session):
            wrong = phone.send(f"{path}/end", code="1" * 18)
            assert wrong.status_code == 404
        ended = phone.send(f"{path}/end", code=digits)
        assert ended.status_code == 303
    (stay,) = rows(session, Attendance)
    assert (stay.credited_minutes, stay.out_door) == (90, "personal_code")
    log = f"/stays/{stay.id}/log"
    with at("11:10"):
        lead = pages.browser(app, session, site.leader.member)
        confirm = f"/lead/sessions/{session_id}/confirm"
        assert "还没写日志 1 人" in lead.get(confirm).text
        with no_change(site.session):
            assert phone.send(log, log="好").status_code == 422
        assert phone.send(log, log="陪老人量血压，聊了一小时").status_code == 303
        assert "陪老人量血压" in phone.get(log).text
        assert lead.get(log).status_code == 404
        assert "日志：陪老人量血压" in lead.get(confirm).text
        assert lead.send(confirm, attendance_ids=str(stay.id)).status_code == 303
        assert "不能再改" in phone.get(log).text


def test_c13_c32_a_leader_plans_a_patrol_for_a_week_and_a_lecture_for_a_year(session, site, lead):
    plan = LECTURE | {"team_id": str(site.team.id)}
    patrol = plan | {
        "title": "畲乡枫警夜巡",
        "way": "route",
        "checkpoints": "东门岗亭\n3号楼楼下\n\n菜市场口",
        "days": "7",
        "needs_log": "yes",
        "then": "draft",
    }
    with at("09:00", EVE):
        with no_change(site.session):
            short = lead.send("/lead/plan", **(patrol | {"checkpoints": "东门岗亭"}))
            assert short.status_code == 422
        assert "一行一个" in short.text
        assert lead.send("/lead/plan", **patrol).status_code == 303
        (made,) = rows(session, Activity)
        key = {"ledger_id": made.ledger_id, "activity_id": made.id}
        assert [each.name for each in attending.list_checkpoints(session, **key)] == [
            *PATROL["checkpoints"]
        ]
        again = lead.get(f"/lead/activities/{made.id}/plan").text
        assert "东门岗亭\n3号楼楼下\n菜市场口" in again
        assert again.count('name="on_') >= 7

        with no_change(site.session):
            assert lead.send("/lead/plan", **plan, every="month", turn_count="1").status_code == 422
        assert lead.send("/lead/plan", **plan, every="month", turn_count="12").status_code == 303
    lectures = [each for each in rows(session, Activity) if each.title == LECTURE["title"]]
    assert len(lectures) == 12
    assert {each.state for each in lectures} == {"submitted"}
    assert len(series.list_of(session, ledger_id=made.ledger_id, activity_id=lectures[0].id)) == 12


def test_c32_a_series_is_handed_in_approved_and_answered_at_once(app, session, site, lead):
    plan = LECTURE | {"team_id": str(site.team.id), "then": "draft", "every": "month"}
    with at("09:00", EVE):
        assert lead.send("/lead/plan", **plan, turn_count="3").status_code == 303
        made = rows(session, Activity)
        path = f"/lead/activities/{made[0].id}/series"
        assert "这个系列一共 3 次" in lead.get(f"/lead/activities/{made[0].id}").text
        assert "整个系列交社区批" in lead.get(path).text
        assert lead.send(f"{path}/submit").status_code == 303
        with no_change(site.session):
            assert lead.send(f"{path}/submit").status_code == 404, "nothing waits to be handed in"

        staff = pages.browser(app, session, site.caller("staff").member)
        desk = f"/staff/{site.town.node.code}/series/{made[0].id}"
        assert "批准全部 3 场" in staff.get(desk).text
        assert staff.send(f"{desk}/approve").status_code == 303
        with no_change(site.session):
            assert lead.send(f"{path}/respond", team_id="x").status_code == 422
        done = lead.send(f"{path}/respond", team_id=str(site.team.id))
        assert "整个系列都响应了" in lead.get(done.location).text
    assert {each.state for each in rows(session, Activity)} == {"open"}
