"""Programmes, grants by hand, verdicts, back-fills and openings over HTTP."""

from datetime import timedelta

import pytest

from app.base import clock
from app.points import grants
from tests.factories import doors, people, points
from tests.ledger.statements_counted import counted
from tests.web.answers import done, everything, no_change, once, refused

UNKNOWN = "00000000-0000-0000-0000-000000000001"
POINTS_WORDS = ("points", "expires_on", "spendable_points", "receivable_points", "lots")


def post_hours(town, member_id, minutes=60, **more):
    """A posted grant of an ordinary day's work."""
    made = points.grant(town.session, town.world, member_id, minutes, **more)
    town.session.commit()
    return made


def waiting(town, minutes=60, count=1, **more):
    """Grants that wait for level 2, one member each."""
    more = {"hold_reasons": ("roll",), **more}
    return [post_hours(town, town.member().id, minutes, **more) for _ in range(count)]


def manual(town, member, **more):
    day = clock.today() - timedelta(days=1)
    return {
        "member_id": str(member.id),
        "node_code": town.node.code,
        "category_code": "other",
        "minutes": 90,
        "served_on": day.isoformat(),
        "starts_at": points.at(day, 9).isoformat(),
        "ends_at": points.at(day, 11).isoformat(),
        "reason": "系统停电，凭签到表补记",
        **more,
    }


def backfill(**more):
    day = clock.today() - timedelta(days=1)
    return {
        "provenance": "honorary",
        "minutes": 60,
        "served_on": day.isoformat(),
        "evidence": "现场照片三张",
        **more,
    }


def test_a_place_inherits_its_programme_by_name(town):
    volunteer = town.caller("wen")
    own = done(volunteer.get(f"/nodes/{town.world.city.code}/programme"))
    inherited = done(volunteer.get(f"/nodes/{town.node.code}/programme"))

    assert (own["name"], own["is_inherited"]) == ("爱心银行", False)
    assert (inherited["name"], inherited["is_inherited"]) == ("爱心银行", True)
    assert inherited["node_code"] == town.world.city.code
    assert inherited["expiry_policy"] == "never"
    refused(volunteer.get("/nodes/nowhere/programme"), "not_found", 404)


def test_an_hours_only_programme_hides_points_everywhere(session, client):
    world = points.world(session, has_points=False)
    phone = people.phone()
    member = people.member(session, world.ledger_id, world.node, "温如许", phone)
    points.grant(session, world, member.id, 120)
    session.commit()
    token = doors.sign_in(session, member.person_id)
    caller = doors.Caller(session, client, token, member)

    programme = done(caller.get(f"/nodes/{world.node.code}/programme"))
    assert (programme["has_points"], "expiry_policy" in programme) == (False, False)
    held = done(caller.get("/books/ningde/me/holding"))
    assert held["credited_minutes"] == 120
    granted = done(caller.get("/books/ningde/me/grants"))["items"][0]
    assert granted["minutes"] == 120
    told = done(caller.get("/books/ningde/me/inbox"))["items"][0]
    assert (told["topic"], told["facts"]["minutes"]) == ("granted", 120)
    assert not {*held, *granted, *told["facts"]} & {*POINTS_WORDS}
    refused(caller.get("/books/ningde/indicators/volunteering/rates"), "not_found", 404)
    refused(caller.get("/books/ningde/me/statement?unit=points"), "not_found", 404)
    assert done(caller.get("/books/ningde/me/statement?unit=minutes"))["closing"] == 120


def test_an_administrator_adds_categories_indicators_and_rates(town):
    chief, volunteer = town.caller("city_administrator"), town.caller("wen")
    book = town.book
    indicator = {"code": "visits", "name": "入户走访", "measure": "times"}
    other = {**indicator, "code": "visits2"}
    once(chief, f"{book}/indicators", indicator, other)
    category = {"code": "visit", "name": "入户走访", "indicator_code": "visits"}
    once(chief, f"{book}/categories", category, {**category, "code": "visit2"})
    rate = {"points": 10, "per_quantity": 5, "valid_from_on": "2026-01-01"}
    made = once(chief, f"{book}/indicators/visits/rates", rate, {**rate, "points": 9})

    assert (made["version"], made["points"], made["per_quantity"]) == (1, 2, 1)
    codes = {one["code"] for one in done(volunteer.get(f"{book}/indicators"))["items"]}
    assert {"visits", "volunteering"} <= codes
    assert "visit" in {one["code"] for one in done(volunteer.get(f"{book}/categories"))["items"]}
    listed = done(volunteer.get(f"{book}/indicators/visits/rates"))["items"]
    assert [one["version"] for one in listed] == [1]


def test_p7_an_indicator_is_measured_anew_until_it_has_a_rate(town):
    chief, staff, book = town.caller("city_administrator"), town.caller("staff"), town.book
    visits = {"code": "visits", "name": "走访", "measure": "times"}
    done(chief.post(f"{book}/indicators", visits), 201)
    path = f"{book}/indicators/visits"

    changed = done(chief._send("PATCH", path, json={"measure": "pieces"}))

    assert changed["measure"] == "pieces"
    rate = {"points": 5, "per_quantity": 1, "valid_from_on": clock.today().isoformat()}
    done(chief.post(f"{path}/rates", rate), 201)
    before = everything(town.session)
    again = chief._send("PATCH", path, json={"measure": "times"})
    refused(again, "validation_failed", 422)
    refused(staff._send("PATCH", path, json={"measure": "times"}), "permission_denied", 403)
    assert everything(town.session) == before


def test_rules_are_the_programmes_administrators_and_bad_ones_are_refused(town, session):
    book, rate = town.book, {"points": 2, "per_quantity": 60, "valid_from_on": "2030-01-01"}
    paths = [
        (f"{book}/indicators", {"code": "a", "name": "b", "measure": "times"}),
        (f"{book}/categories", {"code": "a", "name": "b"}),
        (f"{book}/indicators/volunteering/rates", rate),
    ]
    callers = {who: town.caller(who) for who in ("wen", "staff", "auditor", "administrator")}
    chief = town.caller("city_administrator")
    before = everything(session)
    for path, body in paths:
        for who, caller in callers.items():
            code = "not_found" if who == "administrator" else "permission_denied"
            refused(caller.post(path, body), code)
        refused(chief.post(path, {}), "validation_failed", 422)
    rates = f"{book}/indicators/volunteering/rates"
    for bad in ({"points": -1}, {"per_quantity": 0}, {"remainder": "x"}, {"points": 1.5}):
        refused(chief.post(rates, {**rate, **bad}), "validation_failed", 422)
    refused(chief.post(rates, {**rate, "valid_from_on": "2019-01-01"}), "rate_conflict", 409)
    refused(chief.post(f"{book}/indicators/nothing/rates", rate), "not_found", 404)
    bad = {"code": "volunteering", "name": "x", "measure": "times"}
    refused(chief.post(f"{book}/indicators", bad), "validation_failed", 422)
    assert everything(session) == before


def test_a_member_sees_what_they_hold_and_no_others(town):
    wen = town.caller("wen")
    made = post_hours(town, wen.member.id, 150)
    path = f"{town.book}/grants/{made.id}"

    assert done(wen.get(f"{town.book}/me/holding"))["spendable_points"] == 2
    mine = done(wen.get(f"{town.book}/me/grants"))["items"]
    assert [(one["id"], one["points"]) for one in mine] == [(str(made.id), 2)]
    assert done(wen.get(path))["minutes"] == 150
    assert done(town.caller("staff").get(path))["minutes"] == 150
    for who in ("xu", "foreign_staff"):
        refused(town.caller(who).get(path), "not_found", 404)


def test_a_batch_is_decided_each_for_itself_in_the_order_asked(town, session):
    good, bad = waiting(town, count=2), waiting(town, 800)
    ids = [str(good[1].id), UNKNOWN, str(bad[0].id), str(good[0].id)]
    body = {"grant_ids": ids, "verdict": "approved"}
    items = once(
        town.caller("colleague"),
        f"{town.book}/grants/decide",
        body,
        {**body, "atomic": True},
        status=200,
    )["items"]

    assert [one["grant_id"] for one in items] == ids
    assert [one.get("code") for one in items] == [None, "not_found", "permission_denied", None]
    assert [one["grant"]["state"] for one in items if "grant" in one] == ["posted", "posted"]
    session.expire_all()
    assert grants.get(session, ledger_id=town.ledger_id, grant_id=bad[0].id).state == (
        "waiting_level_3"
    )


def test_an_atomic_batch_is_decided_whole_or_not_at_all(town, session):
    good, bad = waiting(town, count=2), waiting(town, 800)
    staff = town.caller("colleague")
    ids = [str(one.id) for one in (*good, *bad)]
    body = {"grant_ids": ids, "verdict": "approved", "atomic": True}
    before = everything(session)
    refused(staff.post(f"{town.book}/grants/decide", body), "permission_denied", 403)
    assert everything(session) == before
    body["grant_ids"] = ids[:2]
    items = done(staff.post(f"{town.book}/grants/decide", body))["items"]
    assert {one["grant"]["state"] for one in items} == {"posted"}


def test_deciding_a_hundred_costs_what_deciding_one_costs(town, session):
    staff, costs = town.caller("colleague"), []
    done(staff.get(f"{town.book}/categories"))  # a process asks once for a book's number
    for count in (1, 30):
        ids = [str(one.id) for one in waiting(town, count=count)]
        session.commit()
        with counted(session) as statements:
            body = {"grant_ids": ids, "verdict": "approved"}
            done(staff.post(f"{town.book}/grants/decide", body))
        costs.append(len(statements))
    assert costs[0] == costs[1], costs


@pytest.mark.parametrize("who", ["wen", "clerk", "auditor", "foreign_staff"])
def test_only_who_has_charge_of_the_place_decides(town, session, who):
    made, caller = waiting(town)[0], town.caller(who)
    body = {"grant_ids": [str(made.id)], "verdict": "approved"}
    code = "not_found" if who == "foreign_staff" else "permission_denied"
    before = everything(session)
    refused(caller.post(f"{town.book}/grants/decide", body), code)
    refused(caller.post(f"{town.book}/grants/{made.id}/reverse", {"reason": "x"}), code)
    if who != "auditor":
        path = f"{town.book}/grants/waiting?node_code={town.node.code}"
        refused(caller.get(path), code)
    assert everything(session) == before


def test_a_waiting_list_is_of_ones_own_place(town):
    made = waiting(town)[0]
    for who, count in (("staff", 1), ("auditor", 1), ("foreign_staff", 0)):
        items = done(town.caller(who).get(f"{town.book}/grants/waiting"))["items"]
        assert len(items) == count, who
    level = f"{town.book}/grants/waiting?level=3"
    assert done(town.caller("staff").get(level))["items"] == []
    refused(town.caller("staff").get(f"{town.book}/grants/waiting?level=1"), "validation_failed")
    assert made.state == "waiting_level_2"


def test_a_verdict_needs_its_shape_and_a_refusal_its_reason(town, session):
    made, staff = waiting(town)[0], town.caller("colleague")
    path, ids = f"{town.book}/grants/decide", [str(made.id)]
    before = everything(session)
    for body in (
        {},
        {"grant_ids": [], "verdict": "approved"},
        {"grant_ids": ids, "verdict": "maybe"},
        {"grant_ids": ids * 501, "verdict": "approved"},
        {"grant_ids": ids, "verdict": "refused"},
        {"grant_ids": ids, "verdict": "approved", "atomic": "yes"},
    ):
        refused(staff.post(path, body), "validation_failed", 422)
    assert everything(session) == before
    done(staff.post(path, {"grant_ids": ids, "verdict": "refused", "reason": "没有来"}))
    with no_change(town.session):
        again = staff.post(path, {"grant_ids": ids, "verdict": "approved"})
        refused(again, "grant_state_conflict", 409)


def test_a_grant_by_hand_takes_two_people(town, session):
    member, staff = town.member(), town.caller("staff")
    body = manual(town, member)
    made = once(staff, f"{town.book}/manual-grants", body, {**body, "minutes": 30})
    assert (made["state"], made["reason"]) == ("waiting_level_2", body["reason"])
    verdict = {"grant_ids": [made["id"]], "verdict": "approved"}
    before = everything(session)
    refused(staff.post(f"{town.book}/grants/decide", verdict), "second_person_required", 403)
    assert everything(session) == before
    items = done(town.caller("colleague").post(f"{town.book}/grants/decide", verdict))["items"]
    assert (items[0]["grant"]["state"], items[0]["grant"]["points"]) == ("posted", 1)


def test_bad_grants_by_hand_leave_nothing(town, session):
    member, staff, volunteer = town.member(), town.caller("staff"), town.caller("wen")
    foreign, chief = town.caller("foreign_staff"), town.caller("administrator")
    path = f"{town.book}/manual-grants"
    before = everything(session)
    for change, code in (
        ({"reason": ""}, "validation_failed"),
        ({"minutes": -5}, "validation_failed"),
        ({"starts_at": None, "ends_at": None}, "validation_failed"),
        ({"minutes": 150}, "validation_failed"),
        ({"minutes": 0}, "validation_failed"),
        ({"minutes": 600_000}, "limit_exceeded"),
        ({"served_on": "2099-01-01"}, "validation_failed"),
        ({"category_code": "nothing"}, "not_found"),
        ({"member_id": UNKNOWN}, "not_found"),
        ({"node_code": "nowhere"}, "not_found"),
    ):
        refused(staff.post(path, manual(town, member, **change)), code)
    refused(volunteer.post(path, manual(town, member)), "permission_denied", 403)
    refused(chief.post(path, manual(town, member)), "permission_denied", 403)
    refused(foreign.post(path, manual(town, member)), "not_found", 404)
    assert everything(session) == before


def test_a_grant_taken_back_twice_is_taken_back_once(town, session):
    wen = town.caller("wen")
    made = post_hours(town, wen.member.id, 120)
    path, body = f"{town.book}/grants/{made.id}/reverse", {"reason": "重复计了"}
    staff = town.caller("colleague")
    taken = once(staff, path, body, {"reason": "别的"}, status=200)
    assert taken["state"] == "reversed"
    assert done(wen.get(f"{town.book}/me/holding"))["spendable_points"] == 0
    before = everything(session)
    refused(staff.post(path, body), "already_reversed", 409)
    refused(staff.post(path, {}), "validation_failed", 422)
    refused(staff.post(f"{town.book}/grants/{UNKNOWN}/reverse", body), "not_found", 404)
    assert everything(session) == before


def test_e7_a_back_fill_by_oneself_is_honorary_and_decided_by_staff(town, session):
    wen, staff = town.caller("wen"), town.caller("staff")
    body = backfill(minutes=90)
    made = once(wen, f"{town.book}/backfills", body, {**body, "minutes": 30})
    assert (made["state"], made["required_level"]) == ("waiting", 2)
    listed = done(staff.get(f"{town.book}/backfills"))["items"]
    assert [one["id"] for one in listed] == [made["id"]]
    path = f"{town.book}/backfills/{made['id']}"
    before = everything(session)
    refused(wen.post(f"{path}/decide", {"verdict": "approved"}), "permission_denied", 403)
    refused(staff.post(f"{path}/decide", {"verdict": "refused"}), "validation_failed", 422)
    foreign = staff.post(f"{town.book}/backfills/{UNKNOWN}/decide", {"verdict": "approved"})
    refused(foreign, "not_found", 404)
    assert everything(session) == before
    approve = {"verdict": "approved"}
    decided = once(staff, f"{path}/decide", approve, {**approve, "reason": "x"}, status=200)
    held = done(wen.get(f"{town.book}/me/holding"))
    assert decided["state"] == "approved"
    assert (held["honorary_minutes"], held["spendable_points"]) == (90, 0)


def test_a_false_back_fill_is_taken_back_and_bars_the_next(town, session):
    wen, staff = town.caller("wen"), town.caller("staff")
    made = done(wen.post(f"{town.book}/backfills", backfill()), 201)
    path = f"{town.book}/backfills/{made['id']}"
    done(staff.post(f"{path}/decide", {"verdict": "approved"}))
    body = {"reason": "照片是别人的"}
    false = once(staff, f"{path}/found-false", body, {"reason": "x"}, status=200)
    assert false["state"] == "reversed"
    before = everything(session)
    refused(wen.post(f"{town.book}/backfills", backfill()), "backfill_barred", 403)
    refused(staff.post(f"{path}/found-false", body), "already_decided", 409)
    assert everything(session) == before


def test_staff_enter_a_back_fill_for_a_member_and_another_decides(town, session):
    member, staff = town.member(), town.caller("staff")
    foreign, volunteer = town.caller("foreign_staff"), town.caller("wen")
    body = backfill(member_id=str(member.id))
    made = done(staff.post(f"{town.book}/backfills", body), 201)
    path = f"{town.book}/backfills/{made['id']}/decide"
    before = everything(session)
    refused(staff.post(path, {"verdict": "approved"}), "second_person_required", 403)
    refused(foreign.post(path, {"verdict": "approved"}), "not_found", 404)
    refused(foreign.post(f"{town.book}/backfills", body), "not_found", 404)
    refused(volunteer.post(f"{town.book}/backfills", body), "permission_denied", 403)
    for change in ({"minutes": 0}, {"provenance": "credited"}, {"evidence": " "}):
        refused(staff.post(f"{town.book}/backfills", {**body, **change}), "validation_failed")
    assert everything(session) == before
    done(town.caller("colleague").post(path, {"verdict": "approved"}))


def test_l12_a_paper_balance_is_entered_by_one_and_approved_by_another(town, session):
    member, staff = town.member(), town.caller("staff")
    body = {
        "document_no": "JX-2024-017",
        "as_of_on": "2024-12-31",
        "lines": [{"member_id": str(member.id), "minutes": 600, "points": 10}],
    }
    made = once(staff, f"{town.book}/openings", body, {**body, "document_no": "x"})["items"][0]
    verdict = {"opening_ids": [made["id"]], "verdict": "approved"}
    path = f"{town.book}/openings/decide"
    foreign, volunteer = town.caller("foreign_staff"), town.caller("wen")
    assert [one["id"] for one in done(staff.get(f"{town.book}/openings"))["items"]] == [made["id"]]
    assert done(foreign.get(f"{town.book}/openings"))["items"] == []
    before = everything(session)
    refused(staff.post(path, verdict), "second_person_required", 403)
    refused(foreign.post(path, verdict), "not_found", 404)
    refused(volunteer.post(path, verdict), "permission_denied", 403)
    refused(foreign.post(f"{town.book}/openings", body), "not_found", 404)
    refused(volunteer.post(f"{town.book}/openings", body), "permission_denied", 403)
    other = {**body, "lines": [{**body["lines"][0], "points": 11}]}
    refused(staff.post(f"{town.book}/openings", other), "document_already_used", 409)
    for change in ({"lines": []}, {"document_no": ""}, {"as_of_on": "2099-01-01"}):
        refused(staff.post(f"{town.book}/openings", {**body, **change}), "validation_failed", 422)
    assert everything(session) == before
    colleague = town.caller("colleague")
    decided = once(colleague, path, verdict, {**verdict, "reason": "x"}, status=200)["items"][0]
    assert decided["state"] == "approved"
    assert points.points_of(session, town.world, member.id) == 10
    with no_change(town.session):
        refused(colleague.post(path, verdict), "already_decided", 409)


def test_every_door_of_points_asks_for_a_key(town, session, client):
    staff = town.caller("staff")
    headers = {"Authorization": f"Bearer {staff.token}"}
    before = everything(session)
    for path, body in (
        ("manual-grants", manual(town, staff.member)),
        ("backfills", backfill()),
        ("grants/decide", {"grant_ids": [UNKNOWN], "verdict": "approved"}),
    ):
        url = f"/api/v1{town.book}/{path}"
        refused(client.post(url, json=body, headers=headers), "idempotency_key_missing", 400)
        short = {**headers, "Idempotency-Key": "short"}
        refused(client.post(url, json=body, headers=short), "idempotency_key_invalid", 400)
        refused(client.post(url, json=body), "not_authenticated", 401)
    assert everything(session) == before


def test_strangers_are_asked_to_sign_in(town, client):
    for path in ("indicators", "me/holding", "grants/waiting", "backfills", "openings"):
        answer = client.get(f"/api/v1{town.book}/{path}")
        refused(answer, "not_authenticated", 401)
