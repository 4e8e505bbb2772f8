"""Units, venues, kinds of places and programmes over HTTP."""

import pytest
from flask.testing import FlaskClient

from app.people.models import Audit
from tests.factories.doors import Town
from tests.web.answers import done, everything, no_change, once, refused

UNIT = {"kind": "企事业单位", "name": "青山小学", "partner_class": "邻里互助"}
VENUE = {"kind": "驿站", "name": "暖蜂驿站", "address": "一号楼旁"}


def test_staff_enter_a_unit_and_it_co_organises_an_activity(town: Town) -> None:
    staff, path = town.caller("staff"), f"/nodes/{town.node.code}/units"
    made = once(staff, path, UNIT, {**UNIT, "name": "另一所"})

    assert (made["name"], made["node_code"]) == ("青山小学", town.node.code)
    listed = done(town.caller("volunteer").get(f"/nodes/{town.world.city.code}/units"))["items"]
    assert listed == [made]
    assert done(staff.post(path, UNIT), 201)["id"] == made["id"]
    plan = {
        "node_code": town.node.code,
        "title": "读书会",
        "category_code": "other",
        "address": "一楼活动室",
        "unit_ids": [made["id"]],
        "sessions": [
            {"starts_at": "2031-01-05T09:00:00+08:00", "ends_at": "2031-01-05T11:00:00+08:00"}
        ],
    }
    drafted = done(town.caller("leader").post(f"{town.book}/activities", plan), 201)
    shown = done(town.caller("leader").get(f"{town.book}/activities/{drafted['id']}"))
    assert shown["unit_ids"] == [made["id"]]


def test_staff_enter_a_venue(town: Town) -> None:
    path = f"/nodes/{town.node.code}/venues"
    made = once(town.caller("staff"), path, VENUE, {**VENUE, "name": "另一处"})

    assert done(town.caller("volunteer").get(path))["items"] == [made]
    lines = list(town.session.query(Audit).filter_by(ledger_id=0))
    assert [line.action for line in lines if line.subject_kind == "venue"] == ["venue_added"]


@pytest.mark.parametrize(("what", "body"), [("units", UNIT), ("venues", VENUE)])
def test_who_has_no_charge_of_a_place_enters_nothing(
    town: Town, what: str, body: dict[str, str]
) -> None:
    callers = {who: town.caller(who) for who in ("volunteer", "auditor", "foreign_staff")}
    before = everything(town.session)
    path = f"/nodes/{town.node.code}/{what}"
    refused(callers["volunteer"].post(path, body), "permission_denied", 403)
    refused(callers["auditor"].post(path, body), "permission_denied", 403)
    refused(callers["foreign_staff"].post(path, body), "not_found", 404)
    refused(callers["volunteer"].get(f"/nodes/nowhere/{what}"), "not_found", 404)
    assert everything(town.session) == before


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("units", {**UNIT, "partner_class": "第六类"}),
        ("units", {**UNIT, "name": " "}),
        ("units", {**UNIT, "kind": "x" * 25}),
        ("venues", {**VENUE, "name": 7}),
        ("venues", {**VENUE, "extra": 1}),
    ],
)
def test_a_bad_unit_or_venue_is_refused(town: Town, what: str, body: dict[str, object]) -> None:
    staff = town.caller("staff")
    before = everything(town.session)
    refused(staff.post(f"/nodes/{town.node.code}/{what}", body), "validation_failed", 422)
    assert everything(town.session) == before


def test_kinds_of_places_are_data_that_administrators_add_to(
    town: Town, client: FlaskClient
) -> None:
    admin = town.caller("administrator")
    body = {"code": "courtyard", "label_zh": "院落", "label_en": "courtyard"}
    once(admin, "/node-kinds", body, {**body, "label_zh": "院子"})

    codes = [each["code"] for each in done(client.get("/api/v1/node-kinds"))["items"]]
    assert {"courtyard", "grid", "building"} <= set(codes)
    child = {"kind_code": "courtyard", "code": "Y1", "name": "东院"}
    assert done(admin.post(f"/nodes/{town.node.code}/children", child), 201)["kind"] == "courtyard"
    staff = town.caller("staff")
    with no_change(town.session):
        refused(admin.post("/node-kinds", body), "node_code_taken", 409)
        refused(staff.post("/node-kinds", body), "permission_denied", 403)
    with no_change(town.session):
        for wrong in ("Yard", "1a", "", "x" * 17, "a b", "a\n"):
            refused(admin.post("/node-kinds", {**body, "code": wrong}), "validation_failed", 422)


def test_a_place_starts_a_programme_of_its_own_once(town: Town) -> None:
    admin, empty = town.caller("city_administrator"), town.elsewhere
    path = f"/nodes/{empty.code}/programme"
    body = {"book": "shangyang", "name": "上洋时间银行", "has_points": False}
    made = once(admin, path, body, {**body, "name": "另一个"})

    assert (made["book"], made["is_inherited"], made["has_points"]) == ("shangyang", False, False)
    shown = done(admin.get(path))
    assert {name: shown[name] for name in made} == made
    before = everything(town.session)
    refused(admin.post(path, {**body, "book": "again"}), "programme_exists", 409)
    above = f"/nodes/{town.node.code}/programme"
    refused(admin.post(above, {**body, "book": "third"}), "members_below", 409)
    taken = {**body, "book": "ningde"}
    refused(admin.post(f"/nodes/{town.world.city.code}/programme", taken), "programme_exists", 409)
    for wrong in ({"book": "Ning de"}, {"name": ""}, {"expiry_policy": "soon"}, {"rate": 1}):
        refused(admin.post(path, {**body, **wrong}), "validation_failed", 422)
    refused(town.caller("staff").post(path, body), "permission_denied", 403)
    after = everything(town.session)
    for table in ("points_programme", "ledger_book", "points_category"):
        assert after[table] == before[table]
