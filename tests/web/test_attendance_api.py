"""The leader's word over HTTP: confirm, second, refuse, correct, take back; what staff look at."""

import pytest
import sqlalchemy as sa

from app.activities import attendance
from app.points.models import Grant
from tests.factories.onsite import at, moment
from tests.web.answers import done, everything, no_change, once, refused

UNKNOWN = "00000000-0000-0000-0000-000000000001"


@pytest.fixture
def slot(site):
    return site.opened()[1][0]


def record_of(site, came):
    return f"{site.book}/attendances/{came['attendance_id']}"


def holding(site, caller):
    return done(caller.get(f"{site.book}/me/holding"))


def forget(site, session, slot):
    """Wen checked in and never out; the job has closed the session."""
    came = done(site.scan(site.wen, slot, "in", "08:50"), 201)
    with at("11:31"):
        attendance.autoclose(session, ledger_id=site.town.ledger_id, now=moment("11:31"))
        session.commit()
    return came


def test_e1_a_scanned_stay_is_posted_by_the_leaders_word(site, slot):
    site.been(site.wen, slot, "08:50", "11:00")
    with at("12:00"):
        made = once(
            site.leader,
            f"{slot}/attendances/confirm",
            {},
            {"attendance_ids": [UNKNOWN]},
            status=200,
        )["items"]
        held = holding(site, site.wen)

    assert [(one["state"], one["minutes"], one["points"]) for one in made] == [("posted", 120, 2)]
    assert made[0]["volunteer_no"] == site.wen.member.volunteer_no
    assert "name" not in made[0]
    assert (held["credited_minutes"], held["spendable_points"]) == (120, 2)
    assert held["lots"] == [{"expires_on": None, "points": 2}]


def test_e2_a_missed_minute_is_not_rounded_up(site, slot):
    site.been(site.wen, slot, "09:00", "10:59")
    made = site.confirm(slot)

    assert [(one["minutes"], one["points"]) for one in made] == [(119, 1)]


def test_e3_below_the_minimum_share_nothing_is_granted(site, slot):
    site.been(site.wen, slot, "09:50", "11:00")

    assert site.confirm(slot) == []


def test_e4_the_rest_is_carried_to_the_next_activity(site, slot):
    site.been(site.wen, slot, "09:00", "10:59")
    site.confirm(slot)
    next_slot = site.opened(("14:00", "14:01"))[1][0]
    site.been(site.wen, next_slot, "14:00", "14:01")
    made = site.confirm(next_slot, "15:00")

    assert [(one["minutes"], one["points"]) for one in made] == [(1, 1)]


def test_e5_what_crosses_8_hours_a_day_waits_for_level_2(site):
    long, short = site.opened(("06:00", "14:00"), ("14:30", "15:30"))[1]
    site.been(site.wen, long, "06:00", "14:00")
    site.been(site.wen, short, "14:30", "15:30")
    first, second = site.confirm(long, "16:00"), site.confirm(short, "16:01")

    assert [(one["state"], one["minutes"]) for one in first] == [("posted", 480)]
    assert [(one["state"], one["minutes"], one["points"]) for one in second] == [
        ("waiting_level_2", 60, 0)
    ]
    with at("16:02"):
        assert holding(site, site.wen)["credited_minutes"] == 480
        body = {"grant_ids": [second[0]["id"]], "verdict": "approved"}
        done(site.caller("staff").post(f"{site.book}/grants/decide", body))
        assert holding(site, site.wen)["credited_minutes"] == 540


def test_e6_what_crosses_12_hours_a_day_waits_for_level_3(site, session):
    first, second = site.opened(("06:00", "17:00"), ("17:30", "18:40"))[1]
    site.been(site.wen, first, "06:00", "17:00")
    site.been(site.wen, second, "17:30", "18:40")
    site.confirm(first, "19:00")
    waiting = site.confirm(second, "19:01")

    assert [(one["state"], one["minutes"]) for one in waiting] == [("waiting_level_3", 70)]
    body = {"grant_ids": [waiting[0]["id"]], "verdict": "approved"}
    with at("19:02"):
        with no_change(session):
            refused(
                site.caller("staff").post(f"{site.book}/grants/decide", body), "permission_denied"
            )
        decided = done(site.caller("second").post(f"{site.book}/grants/decide", body))["items"]
    assert decided[0]["grant"]["state"] == "posted"


def test_roll_waits_for_staff_and_stands_on_their_list(site, slot, session):
    listed = site.town.member("许多多")
    for direction, text in (("in", "08:55"), ("out", "11:00")):
        with at(text):
            body = {"direction": direction, "member_ids": [str(listed.id)]}
            done(site.leader.post(f"{slot}/attendances/roll", body))
    made = site.confirm(slot)

    assert [(one["state"], one["hold_reasons"]) for one in made] == [("waiting_level_2", ["roll"])]
    with at("12:01"):
        staff = site.caller("staff")
        shown = done(staff.get(f"{site.book}/attendances/to-review"))["items"]
        assert [(one["title"], one["attendance"]["in_door"]) for one in shown] == [
            ("健康义诊", "roll")
        ]
        assert shown[0]["attendance"]["name_masked"] == "许*多"
        foreign = site.caller("foreign_staff")
        assert done(foreign.get(f"{site.book}/attendances/to-review"))["items"] == []
        code = site.town.node.code
        asked = f"{site.book}/attendances/to-review?node_code={code}"
        refused(foreign.get(asked), "not_found", 404)
        refused(site.wen.get(asked), "permission_denied", 403)


def test_a_forgotten_check_out_is_honorary_until_a_second_person_confirms(site, slot, session):
    came = forget(site, session, slot)
    record = record_of(site, came)
    left = {came["attendance_id"]: moment("10:30").isoformat()}
    with at("12:00"):
        assert done(site.leader.post(f"{slot}/attendances/confirm", {}))["items"] == []
        body = {"attendance_ids": [came["attendance_id"]], "left_at": left}
        made = done(site.leader.post(f"{slot}/attendances/confirm", body))["items"]
        assert [(one["provenance"], one["minutes"], one["points"]) for one in made] == [
            ("honorary", 90, 0)
        ]
        reason = {"reason": "现场照片可证"}
        with no_change(session):
            refused(site.leader.post(f"{record}/second", reason), "second_person_required", 403)
            refused(site.wen.post(f"{record}/second", reason), "permission_denied", 403)
        answer = once(
            site.caller("staff"), f"{record}/second", reason, {"reason": "另一个"}, status=200
        )
        held = holding(site, site.wen)

    assert (answer["grant"]["provenance"], answer["grant"]["points"]) == ("credited", 1)
    assert answer["attendance"]["version"] == 2
    assert (held["credited_minutes"], held["honorary_minutes"]) == (90, 0)


def test_a_refused_record_says_why_and_earns_nothing(site, slot, session):
    out = site.been(site.wen, slot, "08:50", "11:00")
    record = record_of(site, out)
    with at("12:00"):
        with no_change(session):
            refused(site.leader.post(f"{record}/refuse", {}), "validation_failed", 422)
            refused(site.wen.post(f"{record}/refuse", {"reason": "x"}), "permission_denied", 403)
        body = {"reason": "人不在现场"}
        answer = once(site.leader, f"{record}/refuse", body, {"reason": "y"}, status=200)
        assert (answer["attendance"]["state"], answer["grant"]) == ("refused", None)
        with no_change(session):
            refused(site.leader.post(f"{record}/refuse", body), "activity_state_conflict", 409)
    assert site.confirm(slot, "12:01") == []


def test_a_correction_reverses_the_grant_and_the_new_one_waits(site, slot, session):
    out = site.been(site.wen, slot, "08:50", "11:00")
    site.confirm(slot)
    record = record_of(site, out)
    change = {
        "checked_in_at": moment("09:30").isoformat(),
        "checked_out_at": moment("11:00").isoformat(),
        "reason": "晚到半小时",
        "version": 1,
    }
    with at("13:00"):
        with no_change(session):
            refused(
                site.leader.post(f"{record}/corrections", {**change, "version": 7}),
                "version_stale",
                412,
            )
            early = {**change, "checked_in_at": moment("07:00").isoformat()}
            refused(site.leader.post(f"{record}/corrections", early), "validation_failed", 422)
            refused(site.leader.post(f"{record}/corrections", {}), "validation_failed", 422)
            refused(site.wen.post(f"{record}/corrections", change), "permission_denied", 403)
        answer = once(
            site.leader,
            f"{record}/corrections",
            change,
            {**change, "reason": "再改"},
            status=200,
        )
        assert answer["attendance"]["credited_minutes"] == 90
        assert (answer["grant"]["state"], answer["grant"]["minutes"]) == ("waiting_level_2", 90)
        assert holding(site, site.wen)["credited_minutes"] == 0
        body = {"grant_ids": [answer["grant"]["id"]], "verdict": "approved"}
        done(site.caller("staff").post(f"{site.book}/grants/decide", body))
        assert holding(site, site.wen)["credited_minutes"] == 90


def test_a_record_taken_back_takes_back_what_it_earned(site, slot, session):
    out = site.been(site.wen, slot, "08:50", "11:00")
    site.confirm(slot)
    record = record_of(site, out)
    with at("13:00"):
        body = {"reason": "代签", "version": 1}
        answer = once(site.leader, f"{record}/reverse", body, {**body, "version": 2}, status=200)
        held = holding(site, site.wen)
        assert (answer["attendance"]["state"], held["credited_minutes"]) == ("reversed", 0)
        with no_change(session):
            refused(
                site.leader.post(f"{record}/reverse", {**body, "version": 2}),
                "activity_state_conflict",
                409,
            )


def test_nobody_confirms_but_who_leads_and_not_what_is_elsewhere(site, slot, session):
    out = site.been(site.wen, slot, "08:50", "11:00")
    other = site.opened(("14:00", "15:00"))[1][0]
    with at("12:00"):
        foreign = site.caller("foreign_staff")
    with at("12:00"), no_change(session):
        path = f"{slot}/attendances/confirm"
        refused(site.wen.post(path, {}), "permission_denied", 403)
        refused(foreign.post(path, {}), "permission_denied", 403)
        named = {"attendance_ids": [out["attendance_id"]]}
        refused(site.leader.post(f"{other}/attendances/confirm", named), "not_found", 404)
        refused(site.leader.post(path, {"attendance_ids": ["x"]}), "validation_failed", 422)
        refused(site.leader.post(path, {"attendance_ids": []}), "validation_failed", 422)
        refused(site.leader.post(path, {"left_at": {"x": "y"}}), "validation_failed", 422)
        for step in ("second", "refuse"):
            unknown = f"{site.book}/attendances/{UNKNOWN}/{step}"
            refused(site.leader.post(unknown, {"reason": "x"}), "not_found", 404)


def test_the_leaders_own_stay_waits_for_staff(site, slot, session):
    site.been(site.leader, slot, "08:50", "11:00")
    made = site.confirm(slot)

    assert [(one["state"], one["hold_reasons"]) for one in made] == [("waiting_level_2", ["own"])]
    query = sa.select(Grant.state).execution_options(cross_ledger=True)
    assert session.scalars(query).all() == ["waiting_level_2"]


def test_paid_work_leaves_a_presence_and_no_hours(site, session):
    slot = site.opened(is_paid=True)[1][0]
    out = site.been(site.wen, slot, "08:50", "11:00")
    before = everything(session)["ledger_entry"]

    assert (out["credited_minutes"], out["zero_reason"]) == (0, "paid")
    assert site.confirm(slot) == []
    assert everything(session)["ledger_entry"] == before


def test_a_roll_is_taken_back_by_who_made_it(site, slot, session):
    body = {"direction": "in", "member_ids": [str(site.wen.member.id)]}
    with at("08:50"):
        done(site.leader.post(f"{slot}/attendances/roll", body))
        with no_change(site.session):
            refused(site.wen.post(f"{slot}/attendances/roll/undo", body), "permission_denied", 403)
        told = done(site.leader.post(f"{slot}/attendances/roll/undo", body))
        again = done(site.leader.post(f"{slot}/attendances/roll/undo", body))

    assert told["taken"] == [str(site.wen.member.id)]
    assert [each["code"] for each in again["refused"]] == ["activity_state_conflict"]
