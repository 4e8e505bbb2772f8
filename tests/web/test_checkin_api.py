"""Check-in over HTTP: seen first, then signed in, then confirmed; the hot path counted."""

import re

import pytest
import sqlalchemy as sa

from app import create_app
from app.activities.models import Attendance, Scan
from app.people import codes as personal
from app.risk.models import Signal
from app.web.limiter import limiter
from config import Config
from tests.conftest import lent
from tests.factories import onsite, people
from tests.factories.onsite import EVE, at, moment
from tests.ledger.statements_counted import counted
from tests.web.answers import done, everything, no_change, once, refused

SCAN = ("activities_scan", "risk_signal", "risk_rule", "people_message")
"""What a refused scan leaves behind."""


@pytest.fixture
def slot(site):
    return site.opened()[1][0]


def see(site, **body):
    return site.town.client.post("/api/v1/checkins/seen", json=body)


def scans(session):
    session.expire_all()
    query = sa.select(Scan).execution_options(cross_ledger=True)
    return list(session.scalars(query.order_by(Scan.seen_at)))


def stays(session):
    session.expire_all()
    query = sa.select(Attendance).execution_options(cross_ledger=True)
    return list(session.scalars(query.order_by(Attendance.checked_in_at)))


def test_a_volunteer_scans_in_and_out(site, slot):
    came = done(site.scan(site.wen, slot, "in", "08:50"), 201)
    went = done(site.scan(site.wen, slot, "out", "11:00"), 201)

    assert (came["direction"], came["title"]) == ("in", "健康义诊")
    assert went["direction"] == "out"
    assert (went["credited_minutes"], went["zero_reason"]) == (120, None)
    assert went["attendance_id"] == came["attendance_id"]


@pytest.mark.parametrize("place", [{"latitude": 26.66}, {"location": "26.66,119.54"}])
def test_d21_being_there_by_a_map_checks_nobody_in(site, slot, place):
    with no_change(site.session):
        answer = see(site, **place)

    assert answer.status_code == 422
    assert stays(site.session) == scans(site.session) == []


def test_a_stranger_sees_what_the_code_is_for_and_leaves_no_row(site, slot, session):
    with at("08:50"):
        token = site.token(slot, "in")
        with no_change(session):
            shown = done(see(site, token=token))

    assert shown["direction"] == "in"
    assert shown["book"] == "ningde"
    assert shown["title"] == "健康义诊"
    assert shown["address"] == "金溪社区党群服务中心一楼"
    assert shown["starts_at"] == moment("09:00").isoformat()


def test_e15_who_signs_in_slowly_keeps_the_time_of_the_scan(site, slot):
    with at("08:50:05"):
        ticket = site.seen(slot, "in")
    with at("08:59:30"):
        came = done(site.wen.post("/checkins", {"ticket": ticket}), 201)

    assert came["checked_in_at"] == moment("08:50:05").isoformat()


def test_e15_an_old_code_opens_nothing_and_the_try_is_kept(site, slot, session):
    with at("08:50:00"):
        token = site.token(slot, "in")
    with at("08:50:29"):
        done(see(site, token=token))
    with at("08:50:30"), no_change(session, but=SCAN):
        refused(see(site, token=token), "code_expired", 410)

    assert [(scan.outcome, scan.member_id) for scan in scans(session)] == [("code_expired", None)]


def test_a_ticket_dies_after_ten_minutes(site, slot, session):
    with at("08:45"):
        ticket = site.seen(slot, "in")
    with at("08:55:01"), no_change(session, but=SCAN):
        refused(site.wen.post("/checkins", {"ticket": ticket}), "code_expired", 410)

    assert [scan.outcome for scan in scans(session)] == ["code_expired"]


def test_a_repeat_after_the_ticket_died_gets_the_first_answer(site, slot):
    key = "k" * 24
    with at("08:50"):
        ticket = site.seen(slot, "in")
        first = site.wen.post("/checkins", {"ticket": ticket}, key=key)
    with at("09:20"):
        again = site.wen.post("/checkins", {"ticket": ticket}, key=key)

    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_sending_a_check_in_twice_checks_in_once(site, slot, session):
    with at("08:50"):
        ticket = site.seen(slot, "in")
        once(site.wen, "/checkins", {"ticket": ticket}, {"ticket": site.seen(slot, "out")})
        refused(site.wen.post("/checkins", {"ticket": ticket}), "already_checked_in", 409)

    assert len(stays(session)) == 1
    assert [scan.outcome for scan in scans(session)] == ["already_checked_in"]


@pytest.mark.parametrize(
    ("came", "went", "minutes", "reason"),
    [
        ("08:50", "11:00", 120, None),
        ("09:00", "10:59", 119, None),
        ("09:50", "11:00", 0, "below_min_presence"),
    ],
    ids=["e1", "e2", "e3"],
)
def test_e1_to_e3_minutes_are_the_overlap_with_the_session(site, slot, came, went, minutes, reason):
    out = site.been(site.wen, slot, came, went)

    assert (out["credited_minutes"], out["zero_reason"]) == (minutes, reason)


def test_e14_who_is_elsewhere_is_refused_and_both_are_flagged(site, slot, session):
    other = site.opened(("09:30", "11:30"), title="法律咨询")[1][0]
    done(site.scan(site.wen, slot, "in", "08:50"), 201)
    with at("09:25"):
        ticket = site.seen(other, "in")
        with no_change(session, but=SCAN):
            answer = site.wen.post("/checkins", {"ticket": ticket})

    refused(answer, "overlap_with_other_activity", 422)
    assert answer.get_json()["facts"]["title"] == "健康义诊"
    assert [scan.outcome for scan in scans(session)] == ["overlap_with_other_activity"]
    signal = session.scalars(sa.select(Signal).execution_options(cross_ledger=True)).one()
    assert signal.rule_code == "presence_overlap"


def test_nobody_goes_out_who_did_not_come_in(site, slot, session):
    with at("10:00"):
        ticket = site.seen(slot, "out")
        with no_change(session, but=SCAN):
            refused(site.wen.post("/checkins", {"ticket": ticket}), "check_in_missing", 422)


def test_too_early_is_told_at_the_scan(site, slot, session):
    with at("07:59"):
        token = site.token(slot, "in")
        with no_change(session, but=SCAN):
            refused(see(site, token=token), "not_in_time_window", 422)


def test_a_revoked_screen_opens_nothing(site, slot, session):
    with at("08:50"):
        token = site.token(slot, "in")
        assert done(site.leader.post(f"{slot}/codes/revoke"))["key_version"] == 2
        with no_change(session, but=SCAN):
            refused(see(site, token=token), "key_revoked", 410)
        done(see(site, token=site.token(slot, "in")))


def test_a_code_of_nobodys_screen_leaves_no_row(site, slot, session):
    with at("08:50"):
        token = site.token(slot, "in")
        broken = token[:-1] + ("A" if token[-1] != "A" else "B")
        with no_change(session):
            for bad in (broken, "x", "A" * 42, "../../etc"):
                refused(see(site, token=bad), "bad_signature", 422)
            refused(site.wen.post("/checkins", {"ticket": "A" * 60}), "bad_signature", 422)


def test_six_digits_typed_on_the_page_open_as_the_scan_does(site, slot):
    with at("08:50"):
        shown = done(site.leader.get(f"{slot}/codes/in"))
        typed = {"book": "ningde", "session_id": slot.rsplit("/", 1)[1]}
        seen = done(see(site, digits=shown["short_code"], **typed))
        assert seen["direction"] == "in"
        out = done(site.leader.get(f"{slot}/codes/out"))["short_code"]
        assert done(see(site, digits=out, **typed))["direction"] == "out"
        wrong = f"{(int(shown['short_code']) + 1) % 10**6:06d}"
        refused(see(site, digits=wrong, direction="in", **typed), "code_expired", 410)


@pytest.fixture
def braked(url, instance):
    """A client of the same house with its brakes on."""

    class Braked(Config):
        TESTING = True
        ENVIRONMENT = "test"
        INSTANCE_PATH = instance
        SQLALCHEMY_DATABASE_URI = url
        RATELIMIT_ENABLED = True

    with lent(create_app(Braked)) as app:
        yield app.test_client()
    limiter.enabled = False


def test_guessing_digits_is_braked_and_a_crowd_that_scans_is_not(site, slot, braked):
    def see_braked(**body):
        return braked.post("/api/v1/checkins/seen", json=body)

    typed = {"book": "ningde", "session_id": slot.rsplit("/", 1)[1], "direction": "in"}
    with at("08:50"):
        shown = done(site.leader.get(f"{slot}/codes/in"))
        assert all(
            see_braked(digits=shown["short_code"], **typed).status_code == 200 for _ in range(12)
        )
        codes = [see_braked(digits="000000", **typed).get_json()["code"] for _ in range(12)]
        assert codes.count("rate_limited") == 2
        assert all(see_braked(token=shown["token"]).status_code == 200 for _ in range(40))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": ""},
        {"token": 7},
        {"token": "x", "digits": "123456"},
        {"digits": "123456"},
        {"digits": "12345", "book": "ningde", "session_id": "00000000-0000-0000-0000-000000000001"},
        {"token": "x", "other": 1},
    ],
)
def test_a_scan_that_cannot_be_read_is_told_so(site, session, body):
    with no_change(session):
        refused(see(site, **body), "validation_failed", 422)


def test_a_check_in_needs_a_person_and_a_key(site, slot, session, client):
    with at("08:50"):
        ticket = site.seen(slot, "in")
        bearer = {"Authorization": f"Bearer {site.wen.token}"}
        with no_change(session):
            refused(
                client.post("/api/v1/checkins", json={"ticket": ticket}), "not_authenticated", 401
            )
            answer = client.post("/api/v1/checkins", json={"ticket": ticket}, headers=bearer)
            refused(answer, "idempotency_key_missing", 400)
            refused(site.wen.post("/checkins", {}), "validation_failed", 422)


def test_who_is_no_member_of_the_book_is_asked_to_join(site, slot, session):
    with at("08:00", EVE):
        place = people.place(session, ledger_id=7, code="elsewhere")
        phone = people.phone()
        stranger = people.member(session, 7, place.community, "陌生人", phone)
        token = onsite.doors.sign_in(session, stranger.person_id)
    caller = onsite.doors.Caller(session, site.town.client, token, stranger)
    with at("08:50"):
        ticket = site.seen(slot, "in")
        with no_change(session, but=SCAN):
            refused(caller.post("/checkins", {"ticket": ticket}), "not_registered", 404)


def test_a_browser_gets_one_device_cookie_and_only_its_hash_is_kept(site, slot, session, app):
    browser = app.test_client()
    page = browser.get("/sign-in").get_data(as_text=True)
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    browser.set_cookie("timebank_session", site.wen.token)
    with at("08:50"):
        ticket = site.seen(slot, "in")
        headers = {"Idempotency-Key": "d" * 24, "X-CSRFToken": csrf}
        done(browser.post("/api/v1/checkins", json={"ticket": ticket}, headers=headers), 201)
    cookie = browser.get_cookie("timebank_device")

    assert cookie is not None
    assert cookie.http_only
    kept = stays(session)[0].device_hash
    assert len(kept) == 32
    assert cookie.value.encode() not in kept
    with at("09:10"):
        ticket = site.seen(slot, "out")
        headers = {"Idempotency-Key": "e" * 24, "X-CSRFToken": csrf}
        answer = browser.post("/api/v1/checkins", json={"ticket": ticket}, headers=headers)
    assert "timebank_device" not in answer.headers.get("Set-Cookie", "")


def test_a_check_in_costs_7_statements_and_a_check_out_8(site, slot, session):
    for direction, text, cost in (("in", "08:50", 7), ("out", "11:00", 8)):
        with at(text):
            ticket = site.seen(slot, direction)
            caller = onsite.fresh(site.wen)
            session.commit()
            with counted(session) as statements:
                done(caller.post("/checkins", {"ticket": ticket}), 201)
        assert len(statements) == cost, statements


def test_a_screen_and_its_scans_are_the_leaders(site, slot, session):
    with at("08:50"):
        shown = done(site.leader.get(f"{slot}/codes/in"))
        assert shown["url"].endswith(f"/q#{shown['token']}")
        assert shown["svg"].startswith("<svg")
        assert len(shown["short_code"]) == 6
        assert 0 < shown["seconds_left"] <= 15
        assert shown["token"] != done(site.leader.get(f"{slot}/codes/out"))["token"]
        refused(site.leader.get(f"{slot}/codes/sideways"), "not_found", 404)
        done(site.caller("staff").get(f"{slot}/codes/in"))
        with no_change(session):
            for path in ("codes/in", "scans", "attendances", "enrolments"):
                refused(site.wen.get(f"{slot}/{path}"), "permission_denied", 403)
            refused(site.wen.post(f"{slot}/codes/revoke"), "permission_denied", 403)
    ticket_of = site.scan(site.wen, slot, "out", "09:00")
    refused(ticket_of, "check_in_missing")
    with at("09:01"):
        items = done(site.leader.get(f"{slot}/scans"))["items"]
    assert [(item["outcome"], item["name_masked"]) for item in items] == [
        ("check_in_missing", site.wen.member.name_masked)
    ]


def test_the_personal_code_takes_a_person_in_once(site, slot, session):
    def code():
        issued = personal.issue(
            session,
            ledger_id=site.town.ledger_id,
            member_id=site.wen.member.id,
            purpose="attend",
        )
        session.commit()
        return issued

    with at("08:50"):
        issued = code()
        body = {"direction": "in", "code": issued.token}
        other = {**body, "direction": "out"}
        came = once(site.leader, f"{slot}/attendances", body, other)
        assert came["direction"] == "in"
        with no_change(session, but=SCAN):
            refused(site.leader.post(f"{slot}/attendances", body), "code_already_used", 409)
    with at("08:51"):
        again = code()
        answer = site.leader.post(f"{slot}/attendances", {"direction": "in", "code": again.digits})
    refused(answer, "already_checked_in", 409)
    status = personal.status(session, ledger_id=site.town.ledger_id, code_hash=again.code_hash)
    assert (status.state, status.result) == ("used", {"refused": "already_checked_in"})
    assert stays(session)[0].in_door == "personal_code"


def test_a_volunteer_cannot_use_up_anothers_code(site, slot, session):
    with at("08:50"):
        issued = personal.issue(
            session,
            ledger_id=site.town.ledger_id,
            member_id=site.leader.member.id,
            purpose="attend",
        )
        session.commit()
        body = {"direction": "in", "code": issued.token}
        with no_change(session):
            refused(site.wen.post(f"{slot}/attendances", body), "permission_denied", 403)


def test_card_and_roll_take_people_in_and_out(site, slot, session):
    with at("08:00", EVE):
        carded, listed = site.town.member("沈一诺"), site.town.member("许多多")
        card = site.card_of(carded)
    with at("08:55"):
        body = {"direction": "in", "card": card}
        done(site.leader.post(f"{slot}/attendances", body), 201)
        body = {"direction": "in", "member_id": str(listed.id)}
        done(site.leader.post(f"{slot}/attendances", body), 201)
    with at("11:00"):
        names = [str(carded.id), str(listed.id), str(site.wen.member.id)]
        body = {"direction": "out", "member_ids": names}
        other = {**body, "direction": "in"}
        rolled = once(site.leader, f"{slot}/attendances/roll", body, other, status=200)

    assert set(rolled["taken"]) == {str(carded.id), str(listed.id)}
    assert [(one["member_id"], one["code"]) for one in rolled["refused"]] == [
        (str(site.wen.member.id), "check_in_missing")
    ]
    assert {(stay.in_door, stay.out_door) for stay in stays(session)} == {
        ("card", "roll"),
        ("roll", "roll"),
    }


def test_bad_input_at_the_leaders_door_changes_nothing(site, slot, session):
    unknown = "00000000-0000-0000-0000-000000000001"
    bad = [
        ({}, "validation_failed"),
        ({"direction": "in"}, "validation_failed"),
        ({"direction": "up", "member_id": unknown}, "validation_failed"),
        ({"direction": "in", "member_id": unknown, "card": "x"}, "validation_failed"),
        ({"direction": "in", "member_id": unknown}, "not_found"),
        ({"direction": "in", "card": "TC1.1.x"}, "not_found"),
        ({"direction": "in", "code": "000000000000000000"}, "not_found"),
        ({"direction": "in", "member_id": str(site.leader.member.id)}, "second_person_required"),
    ]
    with at("08:50"), no_change(session, but=SCAN):
        for body, code in bad:
            refused(site.leader.post(f"{slot}/attendances", body), code)
        refused(
            site.leader.post(f"{slot}/attendances/roll", {"direction": "in"}), "validation_failed"
        )
        nowhere = slot.rsplit("/", 1)[0] + f"/{unknown}/attendances"
        refused(site.leader.post(nowhere, {"direction": "in", "card": "x"}), "not_found", 404)
    assert everything(session)["activities_attendance"] == []
