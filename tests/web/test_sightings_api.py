"""Sightings at the doors: reported on a phone, decided at the desk, a photo seen by few."""

from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.base.actors import SYSTEM
from app.people import duties
from app.people.models import Audit
from app.web.session import COOKIE
from tests.factories import pages
from tests.factories import pictures as files
from tests.factories.doors import Town, new_key
from tests.ledger.statements_counted import counted
from tests.web.answers import done, everything, refused

BODY = {"kind": "hazard", "place_text": "三号楼一单元", "text": "楼道灯不亮"}


@pytest.fixture
def rider(town: Town):
    caller = town.caller("volunteer")
    duties.give(
        town.session,
        ledger_id=town.ledger_id,
        member_id=caller.member.id,
        node=town.node,
        kind_code="grid_roving",
        actor=SYSTEM,
    )
    town.session.commit()
    return caller


def report(town: Town, caller, photo: int | None = None, key: str | None = None, **more):
    fields = {**BODY, **more}
    if photo is not None:
        content = BytesIO(files.photo(seed=photo))
        fields["photo"] = FileStorage(content, "p.jpg", content_type="image/jpeg")
    boundary, data = encode_multipart(fields)
    return caller._send(
        "POST",
        f"{town.book}/me/sightings",
        data=data,
        content_type=f'multipart/form-data; boundary="{boundary}"',
        key=key,
    )


def test_t26_a_report_is_accepted_for_points_and_the_same_again_is_refused(
    town: Town, rider
) -> None:
    head, staff = town.caller("city_administrator"), town.caller("staff")
    rate = {"points": 5, "most_a_day": 1, "valid_from_on": "2020-01-01"}
    assert done(head.post(f"{town.book}/sighting-rate", rate), 201)["cap_points_day"] == 5
    key = new_key()
    made = done(report(town, rider, 3, key), 201)
    assert done(report(town, rider, 3, key), 201)["id"] == made["id"]
    before = everything(town.session)
    refused(report(town, rider, text=" 楼道灯 不亮"), "sighting_repeated", 409)
    assert everything(town.session) == before

    path = f"{town.book}/sightings/{made['id']}"
    assert staff.get(f"{path}/photo").mimetype == "image/jpeg"
    opened = town.session.query(Audit).filter_by(ledger_id=town.ledger_id, action="photo_opened")
    assert opened.count() == 1
    assert done(staff.post(f"{path}/accept"))["points"] == 5
    before = everything(town.session)
    refused(staff.post(f"{path}/refuse", {"reason": "晚了"}), "sighting_decided", 409)
    assert everything(town.session) == before
    second = done(report(town, rider, text="井盖松了"), 201)
    decided = done(staff.post(f"{town.book}/sightings/{second['id']}/accept"))
    assert (decided["state"], decided["points"]) == ("accepted", 0)
    (mine, *_others) = done(rider.get(f"{town.book}/me/sightings"))["items"]
    assert mine["number"] == second["number"]


def test_t27_who_has_no_such_duty_reports_nothing(town: Town) -> None:
    caller = town.caller("volunteer")
    before = everything(town.session)
    refused(report(town, caller), "duty_required", 403)
    assert everything(town.session) == before


def test_a_report_is_decided_and_its_photo_seen_only_by_staff_of_the_place(
    town: Town, rider
) -> None:
    made = done(report(town, rider, 4), 201)
    callers = {who: town.caller(who) for who in ("foreign_staff", "auditor", "leader")}
    before, path = everything(town.session), f"{town.book}/sightings/{made['id']}"
    for who, code in (
        ("foreign_staff", "not_found"),
        ("auditor", "permission_denied"),
        ("leader", "permission_denied"),
    ):
        refused(callers[who].get(f"{path}/photo"), code)
        refused(callers[who].post(f"{path}/accept"), code)
    assert everything(town.session) == before


def test_a_report_goes_from_the_phone_to_the_desk(town: Town, rider) -> None:
    made = done(report(town, rider, 5), 201)
    town.client.set_cookie(COOKIE, rider.token)
    phone = town.client.get("/sightings")
    assert "等社区看" in phone.text
    assert "楼道灯不亮" in phone.text
    assert "拍一个" in town.client.get("/sightings/new").text
    assert town.client.get(f"/sightings/{made['id']}/photo").mimetype == "image/jpeg"
    assert "随手拍" in town.client.get("/more").text
    town.client.set_cookie(COOKIE, town.caller("staff").token)
    page = town.client.get(f"/staff/{town.node.code}/sightings")
    for words in ("楼道灯不亮", "三号楼一单元", "收下", rider.member.volunteer_no):
        assert words in page.text, words
    assert town.client.get(f"/sightings/{made['id']}/photo").status_code == 404


def test_who_reports_at_several_places_says_for_which_and_each_goes_to_its_own_desk(
    town: Town, rider
) -> None:
    duties.give(
        town.session,
        ledger_id=town.ledger_id,
        member_id=rider.member.id,
        node=town.elsewhere,
        kind_code="building_head",
        actor=SYSTEM,
    )
    town.session.commit()
    before = everything(town.session)
    refused(report(town, rider), "validation_failed", 422)
    assert everything(town.session) == before
    made = done(report(town, rider, node_code=town.elsewhere.code), 201)
    assert made["node_code"] == town.elsewhere.code
    own, there = town.caller("staff"), town.caller("foreign_staff")
    path = f"{town.book}/sightings"
    before = everything(town.session)
    refused(own.post(f"{path}/{made['id']}/accept"), "not_found", 404)
    assert everything(town.session) == before
    assert [each["id"] for each in done(there.get(path))["items"]] == [made["id"]]
    town.client.set_cookie(COOKIE, rider.token)
    asked = town.client.get("/sightings/new").text
    assert f'value="{town.elsewhere.code}"' in asked
    assert f'value="{town.node.code}"' in asked


def test_the_reports_are_read_in_pages_decided_ones_latest_first_with_few_statements(
    town: Town, rider
) -> None:
    staff, path = town.caller("staff"), f"{town.book}/sightings"
    made = [done(report(town, rider, text=f"第{number}处"), 201) for number in range(5)]
    for each in made[:3]:
        done(staff.post(f"{path}/{each['id']}/refuse", {"reason": "看不清"}))
    town.session.commit()
    with counted(town.session) as few:
        some = done(staff.get(f"{path}?limit=3"))["items"]
    with counted(town.session) as many:
        rest = done(staff.get(f"{path}?limit=5"))["items"]
    wanted = [made[number]["number"] for number in (3, 4, 2, 1, 0)]
    assert [each["number"] for each in rest] == wanted
    assert [each["number"] for each in some] == wanted[:3]
    assert len(many) == len(few)
    town.client.set_cookie(COOKIE, staff.token)
    page = f"/staff/{town.node.code}/sightings?limit=3"
    assert "第1处" not in town.client.get(page).text
    assert "第1处" in town.client.get(f"{page}&offset=3").text


def test_a_list_drawn_again_after_a_refusal_leads_to_no_page_that_takes_forms_only(
    town: Town, rider
) -> None:
    made = [done(report(town, rider, text=f"第{number}处"), 201) for number in range(3)]
    town.client.set_cookie(COOKIE, town.caller("staff").token)
    desk = pages.Browser(town.session, town.client)
    path = f"/staff/{town.node.code}/sightings"
    assert f'href="{path}?limit=2&amp;offset=2"' in desk.get(f"{path}?limit=2").text
    shown = desk.send(f"{path}/{made[0]['id']}/refuse?limit=2", reason="")
    assert (shown.status_code, "第 1–2 条" in shown.text) == (422, True)
    assert "下一页" not in shown.text
