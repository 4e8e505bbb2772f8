"""Patrols, visits, logs and series over HTTP: C13, C27, C32, T14."""

import pytest

from tests.factories import onsite
from tests.factories.activities import DAY, EVE, at
from tests.web.answers import done, no_change, once, refused

PATROL = {
    "title": "畲乡枫警夜巡",
    "category_code": "security_patrol",
    "way": "route",
    "checkpoints": ["东门岗亭", "3号楼楼下", "菜市场口"],
    "checkpoint_min_count": 2,
}
VISIT = {"title": "生活困难温暖到家", "category_code": "home_hardship", "way": "visit"}


@pytest.fixture
def site(session, client):
    return onsite.site(session, client)


def see(site, **body):
    return site.town.client.post("/api/v1/checkins/seen", json=body)


def reach(site, who, token, text):
    with at(text):
        ticket = done(see(site, token=token))["ticket"]
        return who.post("/checkins/checkpoints", {"ticket": ticket})


def test_c13_a_patrol_is_walked_by_its_places(site):
    path, (slot,) = site.opened(("20:00", "21:30"), **PATROL)
    with at("19:00"):
        whole = done(site.wen.get(path))
        refused(site.wen.get(f"{slot}/checkpoints"), "permission_denied", 403)
    assert (whole["way"], whole["checkpoints"]) == ("route", PATROL["checkpoints"])
    assert (whole["checkpoint_min_count"], whole["needs_log"]) == (2, False)
    with at("19:30"):
        shown = done(site.leader.get(f"{slot}/checkpoints"))["items"]
    assert [each["name"] for each in shown] == PATROL["checkpoints"]
    tokens = [each["token"] for each in shown]
    assert all(f"/q#{each['token']}" in each["url"] and "<svg" in each["svg"] for each in shown)

    with no_change(site.session, but=("activities_scan", "people_message", "risk_signal")):
        refused(reach(site, site.wen, tokens[1], "20:00"), "checkpoint_out_of_order", 409)
    first = done(reach(site, site.wen, tokens[0], "20:01"), 201)
    assert (first["count"], first["next_name"]) == (1, "3号楼楼下")
    with at("20:50"):
        session_id = slot.rsplit("/", 1)[1]
        typed = {"book": "ningde", "session_id": session_id, "digits": shown[2]["digits"]}
        seen = done(see(site, **typed))
        assert (seen["direction"], seen["checkpoint"]) == ("checkpoint", "菜市场口")
        body, key = {"ticket": seen["ticket"]}, "k" * 24
        last = done(site.wen.post("/checkins/checkpoints", body, key=key), 201)
        again = site.wen.post("/checkins/checkpoints", body, key=key)
        assert (done(again, 201), again.headers["Idempotency-Replayed"]) == (last, "true")
    assert (last["count"], last["is_enough"], last["next_name"]) == (2, True, None)
    with at("21:20"):
        ended = done(site.wen.post(f"{slot}/patrol-end"))
        with no_change(site.session):
            refused(site.wen.post(f"{slot}/patrol-end"), "check_in_missing", 422)
    assert ended["credited_minutes"] == 0
    assert ended["zero_reason"] == "below_min_presence", "49 of 90 minutes"


def test_c13_the_screens_codes_are_of_no_use_on_a_route(site):
    _path, (slot,) = site.opened(("20:00", "21:30"), **PATROL)
    with at("20:00"):
        refused(see(site, token=site.token(slot, "in")), "wrong_way_in", 409)
    _path, (plain,) = site.opened()
    with at("09:00"):
        refused(site.leader.get(f"{plain}/checkpoints"), "wrong_way_in", 409)


def test_c27_a_visit_ends_with_the_code_on_the_residents_phone(site):
    path, (slot,) = site.opened(**VISIT)
    resident = site.town.caller("邱晚晴")
    with at("08:50"), no_change(site.session):
        refused(site.wen.post(f"{slot}/visit"), "not_enrolled", 422)
    with at("10:00", EVE):
        done(site.wen.post(f"{slot}/enrolments", {}), 201)
    with at("09:00"):
        begun = done(site.wen.post(f"{slot}/visit"), 201)
    assert (begun["direction"], begun.get("checked_out_at")) == ("in", None)
    with at("10:30"):
        own = done(site.wen.post(f"{site.book}/me/codes", {"purpose": "confirm"}), 201)
        with no_change(site.session, but=("people_code",)):
            refused(
                site.wen.post(f"{slot}/visit/confirmation", {"code": own["token"]}),
                "second_person_required",
            )
        code = done(resident.post(f"{site.book}/me/codes", {"purpose": "confirm"}), 201)
        body = {"code": code["digits"]}
        ended = once(site.wen, f"{slot}/visit/confirmation", body, {"code": "1" * 18}, status=200)
        told = done(resident.get(f"{site.book}/me/codes/{code['id']}"))
    assert (ended["direction"], ended["credited_minutes"]) == ("out", 90)
    assert (told["state"], told["result"]) == ("used", {"visit": VISIT["title"], "minutes": 90})
    assert [each["state"] for each in site.confirm(slot)] == ["posted"]


def test_t14_a_shift_waits_for_its_log(site):
    _path, (slot,) = site.opened(needs_log=True, category_code="grid_patrol")
    stay = site.been(site.wen, slot, "09:00", "11:00")
    assert site.confirm(slot) == []
    named = {"attendance_ids": [stay["attendance_id"]]}
    with at("12:00"):
        with no_change(site.session):
            refused(
                site.leader.post(f"{slot}/attendances/confirm", named), "shift_log_missing", 409
            )
        path = f"{site.book}/me/attendances/{stay['attendance_id']}/log"
        body = {"text": "巡了三栋楼，报修路灯一处"}
        with no_change(site.session):
            refused(site.leader.put(path, body), "not_found", 404)
        assert done(site.wen.put(path, body))["text"] == body["text"]
    assert [each["minutes"] for each in site.confirm(slot)] == [120]


def test_c32_a_series_is_planned_approved_and_answered_as_one(site):
    plan = site.plan(("15:00", "16:30"), title="法律知识讲座", category_code="legal_talk")
    with at("09:00", EVE):
        made = done(
            site.leader.post(
                f"{site.book}/activities/series", {**plan, "every": "month", "turn_count": 12}
            ),
            201,
        )["items"]
        assert len({each["number"] for each in made}) == 12
        path = f"{site.book}/activities/{made[3]['id']}/series"
        done(site.leader.post(f"{path}/submit"))
        with no_change(site.session):
            refused(site.wen.post(f"{path}/approve"), "not_found", 404)
        approved = done(site.caller("staff").post(f"{path}/approve"))["items"]
        body = {"team_id": str(site.team.id)}
        opened = done(site.leader.post(f"{path}/responses", body))["items"]
        with no_change(site.session):
            refused(site.leader.post(f"{path}/responses", body), "not_found", 404)
        parts = done(site.wen.get(path))["items"]
        first = done(site.wen.get(f"{site.book}/activities/{made[0]['id']}"))
    assert len(approved) == len(opened) == 12
    assert {each["state"] for each in parts} == {"open"}
    assert str(DAY) in first["sessions"][0]["starts_at"]
