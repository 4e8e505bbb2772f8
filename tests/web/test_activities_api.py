"""Activities over HTTP: planned, approved, responded to, signed up for; and who may."""

import pytest

from app.base.actors import SYSTEM
from app.community import units
from tests.factories import onsite
from tests.factories.onsite import DAY, EVE, at
from tests.web.answers import done, no_change, once, refused

UNKNOWN = "00000000-0000-0000-0000-000000000001"


def team_of(site):
    return {"team_id": str(site.team.id)}


def test_a_plan_goes_from_draft_to_open(site):
    with at("09:00", EVE):
        path = site.drafted()
        assert done(site.leader.get(path))["state"] == "draft"
        assert done(site.leader.post(f"{path}/submit"))["state"] == "submitted"
        staff = site.caller("staff")
        waiting = done(staff.get(f"{site.book}/activities/to-approve"))["items"]
        assert [f"{site.book}/activities/{one['id']}" for one in waiting] == [path]
        assert done(staff.post(f"{path}/approve"))["state"] == "called"
        assert done(site.leader.post(f"{path}/responses", team_of(site)))["state"] == "open"
        whole = done(site.wen.get(path))

    assert whole["team_ids"] == [str(site.team.id)]
    assert (whole["may_lead"], whole["is_staff"]) == (False, False)
    assert [one["enrolled_count"] for one in whole["sessions"]] == [0]
    assert whole["node_code"] == site.town.node.code


def test_sending_a_draft_twice_keeps_one(site):
    with at("09:00", EVE):
        plan = site.plan()
        once(site.leader, f"{site.book}/activities", plan, {**plan, "title": "义剪"})
        listed = done(site.caller("staff").get(f"{site.book}/activities?state=draft"))
    assert len(listed["items"]) == 1


@pytest.mark.parametrize(
    ("step", "status"), [("submit", 200), ("approve", 200), ("responses", 200)]
)
def test_sending_a_step_twice_takes_it_once(site, step, status):
    with at("09:00", EVE):
        path = site.drafted()
        if step != "submit":
            done(site.leader.post(f"{path}/submit"))
        staff = site.caller("staff")
        who, body, other = site.leader, None, {"other": 1}
        if step == "approve":
            who = staff
        if step == "responses":
            done(staff.post(f"{path}/approve"))
            body, other = team_of(site), {"team_id": UNKNOWN}
        once(who, f"{path}/{step}", body, other, status=status)


def test_an_edit_names_the_version_that_was_read(site, session):
    with at("09:00", EVE):
        path = site.drafted()
        read = site.leader.get(path)
        tag = read.headers["ETag"]
        plan = site.plan(title="义剪")
        with no_change(session):
            refused(site.leader.put(path, plan), "version_required", 428)
            stale = site.leader.put(path, plan, headers={"If-Match": '"99"'})
            refused(stale, "version_stale", 412)
            refused(site.leader.put(path, plan, headers={"If-Match": "x"}), "version_stale", 412)
        edited = site.leader.put(path, plan, headers={"If-Match": tag})
        assert done(edited)["title"] == "义剪"
        assert edited.headers["ETag"] != tag
        with no_change(session):
            refused(site.leader.put(path, plan, headers={"If-Match": tag}), "version_stale", 412)


def test_a_plan_is_seen_by_its_own_until_it_is_approved(site):
    with at("09:00", EVE):
        path = site.drafted()
        for who in ("staff", "auditor"):
            assert done(site.caller(who).get(path))["state"] == "draft"
        for who in ("wen", "foreign_staff", "clerk"):
            refused(site.caller(who).get(path), "not_found", 404)
        refused(site.wen.get(f"{site.book}/activities?state=draft"), "permission_denied", 403)
        code = site.town.node.code
        asked = f"{site.book}/activities?state=draft&node_code={code}"
        refused(site.caller("foreign_staff").get(asked), "not_found", 404)
    path = site.called()
    with at("09:10", EVE):
        assert done(site.caller("wen").get(path))["state"] == "called"


def test_nobody_approves_what_they_planned(site, session):
    with at("09:00", EVE):
        staff = site.caller("staff")
        made = done(staff.post(f"{site.book}/activities", site.plan(team_id=None)), 201)
        path = f"{site.book}/activities/{made['id']}"
        done(staff.post(f"{path}/submit"))
        with no_change(session):
            refused(staff.post(f"{path}/approve"), "second_person_required", 403)
            body = {"reason": "不行"}
            refused(staff.post(f"{path}/refuse", body), "second_person_required", 403)
        done(site.caller("colleague").post(f"{path}/refuse", body))


@pytest.mark.parametrize("who", ["wen", "clerk", "auditor", "foreign_staff"])
def test_only_planners_and_staff_of_the_place_take_steps(site, session, who):
    with at("09:00", EVE):
        path = site.drafted()
        done(site.leader.post(f"{path}/submit"))
        caller = site.caller(who)
        expected = "permission_denied" if who == "auditor" else "not_found"
        with no_change(session):
            refused(caller.post(f"{site.book}/activities", site.plan()), "permission_denied", 403)
            refused(caller.post(f"{path}/approve"), expected)
            refused(caller.post(f"{path}/cancel", {"reason": "不办了"}), expected)
            refused(caller.post(f"{path}/refuse", {"reason": "不行"}), expected)


def test_bad_plans_are_told_where(site, session):
    with at("09:00", EVE), no_change(session):
        for change, pointer in [
            ({"title": ""}, "/title"),
            ({"title": "x" * 81}, "/title"),
            ({"title": "坏\x00字"}, "/title"),
            ({"sessions": []}, "/sessions"),
            ({"sessions": [{"starts_at": "2026-03-10T09:00:00"}]}, "/sessions/0/starts_at"),
            ({"is_paid": "maybe"}, "/is_paid"),
            ({"team_id": "x"}, "/team_id"),
            ({"unit_ids": [1.5]}, "/unit_ids/0"),
            ({"surprise": 1}, "/surprise"),
        ]:
            answer = site.leader.post(f"{site.book}/activities", site.plan(**change))
            refused(answer, "validation_failed", 422)
            pointers = {one["pointer"] for one in answer.get_json()["errors"]}
            assert pointer in pointers, (change, pointers)
        for change, code in [
            ({"title": "补录三月"}, "validation_failed"),
            ({"address": "金溪社区"}, "validation_failed"),
            ({"category_code": "nothing"}, "not_found"),
            ({"node_code": "nowhere"}, "not_found"),
            ({"day": EVE, "title": "昨天的"}, "validation_failed"),
        ]:
            plan = site.plan(("07:00", "08:00"), **change) if "day" in change else None
            answer = site.leader.post(f"{site.book}/activities", plan or site.plan(**change))
            refused(answer, code)


def test_a_body_that_is_no_json_is_malformed(site, session, client):
    bearer = {"Authorization": f"Bearer {site.leader.token}", "Idempotency-Key": "k" * 24}
    with at("09:00", EVE), no_change(session):
        for body in (b"{", b"\xff\xfe", b"[1]"):
            answer = client.post(
                f"/api/v1{site.book}/activities",
                data=body,
                headers=bearer,
                content_type="application/json",
            )
            assert answer.status_code in (400, 422), answer.data
            assert answer.get_json()["code"] in ("malformed_request", "validation_failed")
        refused(site.leader.get(f"{site.book}/activities/{UNKNOWN}"), "not_found", 404)
        refused(site.leader.get("/books/nowhere/activities"), "not_found", 404)


def test_a_cancelled_activity_tells_why(site, session):
    path, (slot,) = site.opened()
    with at("11:00", EVE):
        done(site.wen.post(f"{slot}/enrolments", {}), 201)
        with no_change(session):
            refused(site.leader.post(f"{path}/cancel", {}), "validation_failed", 422)
        done(site.leader.post(f"{path}/cancel", {"reason": "下雨"}))
        assert done(site.wen.get(path))["ended_reason"] == "下雨"
        with no_change(session):
            refused(
                site.leader.post(f"{path}/cancel", {"reason": "再来"}), "activity_state_conflict"
            )


def test_a_team_of_the_community_responds_by_its_leader_alone(site, session):
    path = site.called()
    with at("10:00", EVE):
        second = site.caller("another")
        team = onsite.lead(site.town, second, "畲乡枫警")
        body = {"team_id": str(team.id)}
        with no_change(session):
            refused(site.wen.post(f"{path}/responses", body), "permission_denied", 403)
            refused(second.post(f"{path}/responses", team_of(site)), "permission_denied", 403)
            refused(second.post(f"{path}/responses", {}), "validation_failed", 422)
        done(second.post(f"{path}/responses", body))
        items = done(site.wen.get(f"{path}/responses"))["items"]
        assert [one["team_name"] for one in items] == ["畲乡枫警"]
        assert done(second.post(f"{path}/responses/withdraw", body))["state"] == "called"
        with no_change(session):
            refused(second.post(f"{path}/responses/withdraw", body), "activity_state_conflict")


def test_enrolment_fills_the_quota_then_waits_then_moves_up(site):
    _, (slot,) = site.opened(quota=1)
    with at("11:00", EVE):
        other = site.caller("xu")
        first = once(site.wen, f"{slot}/enrolments", {}, {"member_id": UNKNOWN})
        assert first["state"] == "enrolled"
        assert done(other.post(f"{slot}/enrolments", {}), 201)["state"] == "waiting"
        assert done(other.get(f"{site.book}/me/activities"))["items"][0]["enrolment"]["place"] == 2
        assert done(site.wen.post(f"{slot}/enrolments/withdraw", {}))["state"] == "withdrawn"
        listed = done(site.leader.get(f"{slot}/enrolments"))["items"]
        assert [(one["state"], one["volunteer_no"]) for one in listed] == [
            ("enrolled", other.member.volunteer_no)
        ]
        assert all("name" not in one for one in listed)


def test_nobody_signs_up_for_another_but_a_leader(site, session):
    _, (slot,) = site.opened()
    body = {"member_id": str(site.wen.member.id)}
    with at("11:00", EVE):
        other = site.caller("xu")
        with no_change(session):
            refused(other.post(f"{slot}/enrolments", body), "permission_denied", 403)
            refused(other.post(f"{slot}/enrolments", {"member_id": UNKNOWN}), "not_found", 404)
            refused(other.post(f"{slot}/enrolments/withdraw", {}), "not_found", 404)
        done(site.leader.post(f"{slot}/enrolments", body), 201)


def test_lists_show_what_is_near_and_on_the_calendar(site):
    path, _ = site.opened()
    own = path.rsplit("/", 1)[1]
    with at("12:00", EVE):
        for listed in ("activities/near", f"activities/calendar?from={DAY}&to={DAY}"):
            items = done(site.wen.get(f"{site.book}/{listed}"))["items"]
            assert [one["activity"]["id"] for one in items] == [own], listed
        assert done(site.wen.get(f"{site.book}/activities"))["items"][0]["title"] == "健康义诊"
        assert done(site.wen.get(f"{site.book}/me/activities"))["items"] == []
        empty = f"{site.book}/activities/calendar?from=2026-04-01&to=2026-04-02"
        assert done(site.wen.get(empty))["items"] == []
        for bad in ("calendar", "calendar?from=2026-04-02&to=2026-04-01", "near?limit=0"):
            refused(site.wen.get(f"{site.book}/activities/{bad}"), "validation_failed", 422)


def test_a_unit_has_its_own_subset_and_the_funnel_counts(site, session):
    unit = units.add(
        session, node=site.town.node, kind="企业", name="闽东电力社区服务队", actor=SYSTEM
    )
    session.commit()
    path, (slot,) = site.opened(unit_ids=[unit.id])
    site.opened(("14:00", "15:00"), title="义剪")
    site.been(site.wen, slot, "08:50", "11:00")
    site.confirm(slot)
    with at("12:10"):
        done(site.leader.post(f"{path}/close", {"beneficiary_count": 30}))
        staff = site.caller("staff")
        assert done(staff.get(path))["unit_ids"] == [unit.id]
        mine = done(staff.get(f"{site.book}/activities?unit_id={unit.id}"))["items"]
        assert [one["title"] for one in mine] == ["健康义诊"]
        span = f"from={DAY}&to={DAY}"
        counts = done(staff.get(f"{site.book}/activities/funnel?{span}"))
        assert (counts["called_count"], counts["held_count"]) == (2, 1)
        assert (counts["attended_count"], counts["beneficiary_count"]) == (1, 30)
        own = done(staff.get(f"{site.book}/activities/funnel?{span}&unit_id={unit.id}"))
        assert own["called_count"] == 1
        by_unit = done(staff.get(f"{site.book}/activities/funnel/units?{span}"))["items"]
        assert by_unit == [{"unit_id": unit.id, "name": "闽东电力社区服务队", "held_count": 1}]
        refused(site.wen.get(f"{site.book}/activities/funnel?{span}"), "permission_denied", 403)
        refused(staff.get(f"{site.book}/activities/funnel"), "validation_failed", 422)


def test_an_activity_is_closed_once_over_and_archived_once_settled(site, session):
    path, (slot,) = site.opened()
    site.been(site.wen, slot, "08:50", "11:00")
    with at("10:00"), no_change(session):
        body = {"beneficiary_count": 12}
        refused(site.leader.post(f"{path}/close", body), "not_in_time_window", 422)
        refused(site.wen.post(f"{path}/close", body), "permission_denied", 403)
        for bad in ({}, {"beneficiary_count": -1}, {"beneficiary_count": 1.5}):
            refused(site.leader.post(f"{path}/close", bad), "validation_failed", 422)
    with at("12:00"):
        assert (
            once(site.leader, f"{path}/close", body, {"beneficiary_count": 13}, status=200)[
                "beneficiary_count"
            ]
            == 12
        )
        with no_change(session):
            refused(site.leader.post(f"{path}/archive"), "activity_state_conflict", 409)
        done(site.leader.post(f"{path}/beneficiaries", {"beneficiary_count": 14}))
    site.confirm(slot, "12:05")
    with at("12:10"):
        archived = done(site.leader.post(f"{path}/archive"))
    assert (archived["state"], archived["beneficiary_count"]) == ("archived", 14)
