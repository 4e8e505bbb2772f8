"""Venues, their use, rosters and agreements over HTTP: V1, V2, O15, T18, T20."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from app.activities.models import Activity
from app.people.models import Audit
from tests.factories import onsite
from tests.factories.activities import DAY, EVE, at, moment
from tests.web.answers import done, everything, no_change, once, refused

VENUE = {"kind": "近邻驿站", "name": "近邻之家", "address": "瑞云苑3号楼架空层"}


@pytest.fixture
def site(session, client):
    return onsite.site(session, client)


def a_venue(site, **more):
    path = f"/nodes/{site.town.node.code}/venues"
    with at("08:30", EVE):
        return done(site.caller("staff").post(path, VENUE | more), 201)


def test_v1_how_a_venue_is_used_and_what_stands_idle(site):
    used, idle = a_venue(site), a_venue(site, name="友邻之家")
    _path, (slot,) = site.opened(venue_id=used["id"])
    site.been(site.wen, slot, "09:00", "11:00")
    query = f"from={EVE}&to={DAY}"
    with at("12:00"):
        staff = site.caller("staff")
        shown = done(staff.get(f"{site.book}/venue-use?{query}"))
        refused(site.wen.get(f"{site.book}/venue-use?{query}"), "permission_denied", 403)
        answer = staff.post(f"{site.book}/venue-use/files", {"from": str(EVE), "to": str(DAY)})
        foreign = site.town.caller("foreign_staff")
        code = site.town.node.code
        elsewhere = onsite.fresh(foreign).get(f"{site.book}/venue-use?{query}&node_code={code}")
        refused(elsewhere, "not_found", 404)
    assert [(each["venue_id"], each["people_count"]) for each in shown["items"]] == [
        (used["id"], 1)
    ]
    assert [each["percent"] for each in shown["preferences"]] == [100]
    assert [each["id"] for each in shown["idle"]] == [idle["id"]]
    assert answer.status_code == 200
    assert answer.headers["X-Verification-Code"]
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert "近邻之家" in str([[cell.value for cell in row] for row in sheet.iter_rows()])


def test_o15_v8_a_venue_says_what_it_has(site):
    centre, station = a_venue(site, name="党群服务中心"), a_venue(site)
    path = f"/venues/{station['id']}"
    body = {"parent_id": centre["id"], "tags": ["充电", "饮水"], "aliases": ["近邻红色驿站"]}
    with at("09:00", EVE):
        staff = site.caller("staff")
        changed = done(staff.put(path, body | {"opening": "8:30–21:00"}))
        assert changed == done(site.wen.get(path))
        foreign = onsite.fresh(site.town.caller("foreign_staff"))
        with no_change(site.session):
            refused(site.wen.put(path, body), "permission_denied", 403)
            refused(foreign.put(path, body), "not_found", 404)
            refused(staff.put(path, {"parent_id": station["id"]}), "validation_failed", 422)
    assert (changed["parent_id"], changed["tags"]) == (centre["id"], ["饮水", "充电"])
    assert (changed["opening"], changed["aliases"]) == ("8:30–21:00", ["近邻红色驿站"])


def test_v2_a_week_of_a_roster(site, session):
    venue = a_venue(site)
    path = f"{site.book}/venues/{venue['id']}/roster"
    monday = DAY - timedelta(days=DAY.weekday())
    spans = {"starts_at": moment("09:00").isoformat(), "ends_at": moment("11:00").isoformat()}
    body = {
        "title": "近邻之家值班",
        "shifts": [
            {"kind": "rotating", **spans, "people_count": 2},
            {
                "kind": "resident",
                **spans,
                "holder_id": str(site.town.caller("staff").member.person_id),
            },
        ],
    }
    with at("09:00", EVE):
        staff = site.caller("staff")
        made = once(staff, path, body, {**body, "title": "另一份"})["items"]
        with no_change(site.session):
            refused(site.wen.post(path, body), "permission_denied", 403)
        shown = done(site.wen.get(f"{path}?monday={monday}"))["items"]
    assert made == shown
    assert [(each["kind"], each["is_empty"], each["quota_count"]) for each in shown] == [
        ("resident", False, None),
        ("rotating", True, 2),
    ]
    session.expire_all()
    assert {
        each.state for each in session.query(Activity).execution_options(cross_ledger=True)
    } == {"submitted"}


def test_v2_a_shift_of_staff_that_nobody_holds_is_given_changed_and_taken_off(site, session):
    venue = a_venue(site)
    path = f"{site.book}/venues/{venue['id']}/roster"
    spans = {"starts_at": moment("09:00").isoformat(), "ends_at": moment("11:00").isoformat()}
    shifts = [{"kind": kind, **spans} for kind in ("resident", "rotating")]
    with at("09:00", EVE):
        staff, foreign = site.caller("staff"), onsite.fresh(site.town.caller("foreign_staff"))
        made = done(staff.post(path, {"title": "值班", "shifts": shifts}), 201)["items"]
        empty, rotating = (f"{path}/{each['id']}" for each in made)
        body = {"volunteer_no": staff.member.volunteer_no}
        assert made[0]["is_empty"]
        before = everything(session)
        refused(site.wen.put(f"{empty}/holder", body), "permission_denied", 403)
        refused(foreign.put(f"{empty}/holder", body), "not_found", 404)
        refused(staff.put(f"{rotating}/holder", body), "not_found", 404)
        refused(staff.delete(rotating), "not_found", 404)
        refused(foreign.delete(empty), "not_found", 404)
        assert everything(session) == before
        monday = DAY - timedelta(days=DAY.weekday())

        def is_empty():
            found = done(staff.get(f"{path}?monday={monday}"))["items"]
            return [each["is_empty"] for each in found if each["kind"] == "resident"]

        assert is_empty() == [True]
        assert staff.put(f"{empty}/holder", body).status_code == 204
        assert is_empty() == [False]
        assert staff.put(f"{empty}/holder", {"volunteer_no": None}).status_code == 204
        assert is_empty() == [True]
    with at("11:30"):
        staff = onsite.fresh(site.town.caller("staff"))
        before = everything(session)
        refused(staff.put(f"{empty}/holder", body), "validation_failed", 422)
        refused(staff.delete(empty), "validation_failed", 422)
        assert everything(session) == before
    with at("08:00"):
        assert onsite.fresh(site.town.caller("staff")).delete(empty).status_code == 204
    session.expire_all()
    acts = session.query(Audit.action).filter_by(ledger_id=site.town.ledger_id)
    kept = [each.action for each in acts if each.action.startswith("roster_shift")]
    assert sorted(kept) == ["roster_shift_held"] * 2 + ["roster_shift_removed"]


def test_t18_t20_agreements_are_signed_listed_and_ended(site):
    code = site.town.node.code
    path = f"/nodes/{code}/agreements"
    with at("09:00", EVE):
        staff = site.caller("staff")
        units = [
            done(staff.post(f"/nodes/{code}/units", {"kind": "职能部门", "name": name}), 201)
            for name in ("市委宣传部", "供电公司")
        ]
        body = {
            "unit_id": units[0]["id"],
            "kind": "claim",
            "title": "认领楼栋",
            "standard": "五星楼道",
            "begins_on": str(EVE),
        }
        made = once(staff, path, body, {**body, "title": "另一份"})
        assert (made["is_running"], made["unit_name"]) == (True, "市委宣传部")
        with no_change(site.session):
            refused(staff.post(path, body | {"unit_id": units[1]["id"]}), "place_claimed", 409)
            refused(site.wen.post(path, body), "permission_denied", 403)
        assert [each["id"] for each in done(site.wen.get(f"{path}?kind=claim"))["items"]] == [
            made["id"]
        ]
        end = f"/agreements/{made['id']}/end"
        foreign = onsite.fresh(site.town.caller("foreign_staff"))
        with no_change(site.session):
            refused(foreign.post(end, {"reason": "不管了"}), "not_found", 404)
        ended = done(staff.post(end, {"reason": "换一栋"}))
        assert (ended["is_running"], ended["ended_on"]) == (True, str(EVE)), "today is its last day"
        done(staff.post(path, body | {"unit_id": units[1]["id"]}), 201)
