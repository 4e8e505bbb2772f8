"""Late scans over HTTP: evidence that waits, sent by the phone when the network is back."""

import pytest

from tests.factories import onsite, people
from tests.factories.onsite import at, moment
from tests.web.answers import done, no_change, once, refused

KEPT = ("activities_late_scan", "risk_quota")
"""What a late scan leaves behind: itself, and that it counts towards the day's twelve."""


@pytest.fixture
def slot(site):
    return site.opened()[1][0]


def body(site, slot, text="08:52", direction="in"):
    with at(text):
        token = site.token(slot, direction)
    return {"token": token, "scanned_at": moment(text).isoformat()}


def send(site, slot, text="08:52", direction="in", *, now="12:00"):
    sent = body(site, slot, text, direction)
    with at(now):
        return onsite.fresh(site.wen).post("/checkins/late", sent)


def waiting(site, slot, text="12:10"):
    with at(text):
        return done(onsite.fresh(site.leader).get(f"{slot}/late-scans"))["items"]


def decide(site, who, slot, step, sent=None, text="12:20"):
    path = f"{slot}/late-scans/{site.wen.member.id}/{step}"
    with at(text):
        return onsite.fresh(who).post(path, sent or {})


TIMES = {
    "checked_in_at": moment("08:52").isoformat(),
    "checked_out_at": moment("11:00").isoformat(),
    "reason": "没有网，我看见人了",
}


def test_a_late_scan_waits_and_checks_nobody_in(site, slot, session):
    sent = body(site, slot)
    with at("12:00"):
        wen = onsite.fresh(site.wen)
        with no_change(session, but=KEPT):
            kept = done(wen.post("/checkins/late", sent), 201)
        mine = done(wen.get(f"{site.book}/late-scans/mine"))["items"]

    assert (kept["state"], kept["direction"], kept["title"]) == ("waiting", "in", "健康义诊")
    assert kept["shown_at"] == moment("08:52").isoformat()
    assert [each["id"] for each in mine] == [kept["id"]]


def test_sending_it_again_keeps_it_once(site, slot, session):
    sent = body(site, slot)
    other = body(site, slot, "09:30")
    with at("12:00"):
        wen = onsite.fresh(site.wen)
        once(wen, "/checkins/late", sent, other)
        done(wen.post("/checkins/late", other), 201)

    assert [scan["shown_at"] for scan in waiting(site, slot)] == [moment("08:52").isoformat()]


def test_a_scan_of_more_than_three_days_ago_is_not_kept(site, slot, session):
    sent = body(site, slot)
    with at("08:53", onsite.DAY.replace(day=13)), no_change(session):
        wen = onsite.fresh(site.wen)
        refused(wen.post("/checkins/late", sent), "late_scan_too_old", 410)


def test_a_made_up_code_is_not_kept(site, slot, session):
    sent = {"token": "A" * 42, "scanned_at": moment("08:52").isoformat()}
    with at("12:00"), no_change(session):
        refused(onsite.fresh(site.wen).post("/checkins/late", sent), "bad_signature", 422)


def test_who_has_not_joined_the_book_is_told_so(site, slot, session):
    sent = body(site, slot)
    with at("08:00", onsite.EVE):
        place = people.place(session, ledger_id=7, code="elsewhere")
        phone = people.phone()
        stranger = people.member(session, 7, place.community, "陌生人", phone)
    with at("12:00"):
        token = onsite.doors.sign_in(session, stranger.person_id)
        caller = onsite.doors.Caller(session, site.town.client, token, stranger)
        with no_change(session):
            refused(caller.post("/checkins/late", sent), "not_registered", 404)


def test_a_stranger_signs_in_first(site, slot, client):
    with no_change(site.session):
        answer = client.post("/api/v1/checkins/late", json=body(site, slot))
        refused(answer, "not_authenticated", 401)


def test_the_leader_sees_who_with_a_masked_name(site, slot):
    done(send(site, slot), 201)
    (scan,) = waiting(site, slot)

    assert scan["name_masked"] == site.wen.member.name_masked
    assert scan["people_of_device_count"] == 1
    assert "device_hash" not in scan


def test_the_leader_makes_a_record_of_it_that_waits_for_staff(site, slot):
    done(send(site, slot), 201)
    made = done(decide(site, site.leader, slot, "admit", TIMES), 201)
    with at("12:30"):
        grants = done(onsite.fresh(site.leader).post(f"{slot}/attendances/confirm", {}))["items"]

    assert (made["state"], made["in_door"], made["credited_minutes"]) == (
        "closed",
        "correction",
        120,
    )
    assert [grant["state"] for grant in grants] == ["waiting_level_2"]
    assert waiting(site, slot, "12:40") == []


def test_the_leader_puts_one_aside(site, slot):
    done(send(site, slot), 201)

    assert done(decide(site, site.leader, slot, "dismiss"))["items"] == []
    refused(decide(site, site.leader, slot, "admit", TIMES), "not_found", 404)


def test_a_volunteer_decides_on_none(site, slot, session):
    done(send(site, slot), 201)
    with no_change(session):
        for step, sent in (("admit", TIMES), ("dismiss", None)):
            refused(decide(site, site.wen, slot, step, sent), "permission_denied", 403)
