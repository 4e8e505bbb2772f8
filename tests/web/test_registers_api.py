"""The four lists and reporting-in at the doors: who may, what is seen, what leaves as a file."""

import pytest

from app.base.actors import SYSTEM
from app.community import units
from app.people.models import Audit
from app.reports.models import Export
from app.web.session import COOKIE
from tests.factories.doors import Town
from tests.ledger.statements_counted import counted
from tests.web.answers import done, everything, once, refused

NAMES = ("需求清单", "共建项目清单", "资源清单", "在职党员岗位清单")
HEADER = "external_id,name,phone,unit,node_code,standing,source\n"


def entry(town: Town, code: str = "need", **more):
    return {"list_code": code, "title": f"{code} 一条", "node_code": town.node.code, **more}


def desk(town: Town, rest: str, who: str = "staff"):
    town.client.set_cookie(COOKIE, town.caller(who).token)
    page = town.client.get(f"/staff/{town.node.code}{rest}")
    town.client.delete_cookie(COOKIE)
    return page


@pytest.fixture
def school(town: Town):
    unit = units.add(town.session, node=town.node, kind="学校", name="一小", actor=SYSTEM)
    town.session.commit()
    return unit


def test_t4_what_is_linked_is_seen_from_every_list_at_every_door(town: Town, school) -> None:
    staff, path = town.caller("staff"), f"{town.book}/register-entries"
    need = once(staff, path, entry(town, unit_id=school.id), entry(town, title="别的"))
    resource, post = (
        done(staff.post(path, entry(town, code)), 201) for code in ("resource", "post")
    )
    for other in (resource, post):
        done(staff.post(f"{path}/{need['id']}/links", {"other_number": other["number"]}))

    for one in (need, resource, post):
        shown = done(town.caller("auditor").get(f"{path}/{one['id']}"))
        numbers = {each["number"] for each in shown["linked"]}
        assert numbers == {need["number"], resource["number"], post["number"]} - {one["number"]}
        page = desk(town, f"/lists/entries/{one['id']}")
        assert all(number in page.text for number in numbers)
    tabs = desk(town, "/lists/need").text
    assert [name for name in NAMES if name in tabs] == list(NAMES)
    assert "一小" in tabs
    assert done(staff.get(f"{path}?list_code=need"))["items"][0]["unit"] == "一小"


def test_a_list_reads_its_units_and_places_at_once(town: Town, school) -> None:
    staff, path = town.caller("staff"), f"{town.book}/register-entries"
    other = units.add(town.session, node=town.node, kind="学校", name="二小", actor=SYSTEM)
    town.session.commit()
    for unit in (school, other):
        done(staff.post(path, entry(town, unit_id=unit.id)), 201)
    with counted(town.session) as few:
        done(staff.get(f"{path}?list_code=need&limit=1"))
    with counted(town.session) as many:
        items = done(staff.get(f"{path}?list_code=need"))["items"]
    assert {each["unit"] for each in items} == {"一小", "二小"}
    assert len(many) == len(few)


def test_units_that_reported_in_come_by_pages_and_what_is_counted_has_none(town: Town) -> None:
    staff, path = town.caller("staff"), f"{town.book}/unit-enlistments"
    for name in ("一小", "二小"):
        unit = units.add(town.session, node=town.node, kind="学校", name=name, actor=SYSTEM)
        town.session.commit()
        done(staff.post(path, {"unit_id": unit.id, "node_code": town.node.code}), 201)
    names = [each["unit"] for each in done(staff.get(path))["items"]]
    assert set(names) == {"一小", "二小"}
    for offset in (0, 1):
        page = done(staff.get(f"{path}?limit=1&offset={offset}"))["items"]
        assert [each["unit"] for each in page] == [names[offset]]
    for whole in ("enlistments/figures", "claims-by-grid"):
        refused(staff.get(f"{town.book}/{whole}?limit=1"), "validation_failed", 422)
        done(staff.get(f"{town.book}/{whole}?node_code={town.node.code}"))


def test_t4_each_list_leaves_as_a_file_that_is_registered(town: Town) -> None:
    staff, path = town.caller("staff"), f"{town.book}/register-entries"
    for code in ("need", "project", "resource", "post"):
        done(staff.post(path, entry(town, code)), 201)
        for kind in ("xlsx", "csv"):
            asked = {"list_code": code, "kind": kind, "node_code": town.node.code}
            answer = staff.post(f"{path}/files", asked)
            assert answer.status_code == 200
            code_printed = answer.headers["X-Verification-Code"]
            found = done(town.client.get(f"/api/v1/exports/standing?code={code_printed}"))
            assert (found["kind"], found["row_count"]) == (f"list_{code}.{kind}", 1)
    made = town.session.query(Export).filter_by(ledger_id=town.ledger_id).count()
    lines = town.session.query(Audit).filter_by(ledger_id=town.ledger_id, action="export_made")
    assert made == lines.count() == 8


def test_a_row_moves_only_from_the_state_it_is_in(town: Town) -> None:
    staff, path = town.caller("staff"), f"{town.book}/register-entries"
    made = done(staff.post(path, entry(town)), 201)
    done(staff.post(f"{path}/{made['id']}/move", {"state": "done", "version": 1}))
    before = everything(town.session)
    moved = staff.post(f"{path}/{made['id']}/move", {"state": "withdrawn", "version": 2})
    refused(moved, "register_state_conflict", 409)
    assert everything(town.session) == before


def test_t4_a_row_is_changed_and_taken_apart_and_the_desk_shows_it(town: Town, school) -> None:
    staff, path = town.caller("staff"), f"{town.book}/register-entries"
    need, resource = (
        done(staff.post(path, entry(town, code)), 201) for code in ("need", "resource")
    )
    pair = {"other_number": resource["number"]}
    done(staff.post(f"{path}/{need['id']}/links", pair))
    told = {"title": "照明改造", "unit_id": school.id, "due_on": None, "version": 2}
    auditor = town.caller("auditor")
    before = everything(town.session)
    refused(auditor.post(f"{path}/{need['id']}/change", told), "permission_denied", 403)
    refused(auditor.post(f"{path}/{need['id']}/links/removal", pair), "permission_denied", 403)
    stale = staff.post(f"{path}/{need['id']}/change", {**told, "version": 1})
    refused(stale, "version_stale", 412)
    assert everything(town.session) == before

    changed = done(staff.post(f"{path}/{need['id']}/change", told))
    assert (changed["title"], changed["unit"], changed["version"]) == ("照明改造", "一小", 3)
    page = desk(town, f"/lists/entries/{need['id']}").text
    assert "解除对接" in page
    assert 'value="照明改造"' in page
    apart = done(staff.post(f"{path}/{need['id']}/links/removal", pair))
    assert (apart["linked"], apart["state"]) == ([], "open")
    assert "解除对接" not in desk(town, f"/lists/entries/{need['id']}").text


def test_the_desks_list_has_a_next_page(town: Town) -> None:
    staff, path = town.caller("staff"), f"{town.book}/register-entries"
    for number in range(3):
        done(staff.post(path, entry(town, title=f"第{number}条")), 201)

    first, second = (desk(town, f"/lists/need?limit=2&offset={start}").text for start in (0, 2))
    assert [f"第{number}条" in first for number in range(3)] == [True, True, False]
    assert "下一页" in first
    assert ("第2条" in second, "上一页" in second) == (True, True)


def test_nobody_enters_or_reads_the_lists_of_a_place_that_is_not_theirs(town: Town, school) -> None:
    made = done(town.caller("staff").post(f"{town.book}/register-entries", entry(town)), 201)
    callers = {who: town.caller(who) for who in ("volunteer", "auditor", "foreign_staff")}
    before, path = everything(town.session), f"{town.book}/register-entries"
    person = {"external_id": "E1", "name": "温如许", "standing": "serving"}
    for who, code in (
        ("volunteer", "permission_denied"),
        ("auditor", "permission_denied"),
        ("foreign_staff", "not_found"),
    ):
        caller = callers[who]
        refused(caller.post(path, entry(town)), code)
        refused(caller.post(f"{path}/{made['id']}/move", {"state": "done", "version": 1}), code)
        refused(
            caller.post(f"{town.book}/enlistments", {**person, "node_code": town.node.code}), code
        )
    refused(callers["volunteer"].get(f"{path}/{made['id']}"), "permission_denied")
    refused(callers["foreign_staff"].get(f"{path}/{made['id']}"), "not_found")
    found = done(
        callers["foreign_staff"].upload(
            f"{town.book}/enlistments/import",
            HEADER + f"E1,温如许,,一小,{town.node.code},在职,线上\n",
        )
    )
    assert [row["reason"] for row in found["bad_rows"]] == ["unknown_place"]
    assert everything(town.session) == before


def test_t2_the_same_list_twice_brings_nothing_new_and_names_its_bad_rows(
    town: Town, school
) -> None:
    staff, path = town.caller("staff"), f"{town.book}/enlistments"
    member = town.member("任清和")
    text = HEADER + "".join(
        f"E{n},报到{n},,一小,{town.node.code},{'在职' if n % 2 else '离退休'},线下\n"
        for n in range(1, 8)
    )
    text += f"E99,某某,,无此单位,{town.node.code},在职,线上\n"
    assert done(staff.upload(f"{path}/import", text, dry_run="true"))["new_count"] == 7
    first, again = (done(staff.upload(f"{path}/import", text)) for _time in (1, 2))
    assert (first["new_count"], first["unchanged_count"]) == (7, 0)
    assert (again["new_count"], again["unchanged_count"]) == (0, 7)
    assert [(r["line_no"], r["reason"]) for r in again["bad_rows"]] == [(9, "unknown_unit")]

    told = done(town.caller("auditor").get(f"{path}/figures"))
    assert (told["enlisted_count"], told["team_people_count"]) == (7, 0)
    assert [u["name"] for u in told["of_which_units"]] == ["一小"]
    done(
        staff.post(
            f"{town.book}/unit-enlistments", {"unit_id": school.id, "node_code": town.node.code}
        ),
        201,
    )
    page = desk(town, "/enlistments").text
    for words in ("双报到", "其中", "报*1", "一小", "离退休", "线下"):
        assert words in page, words
    assert "报到1" not in page
    assert member.name_masked not in page
    listed = done(staff.get(f"{path}?unit_id={school.id}"))["items"]
    assert {row["standing"] for row in listed} == {"serving", "retired"}


def test_t1_a_unit_of_the_city_is_named_below_and_shows_only_its_people_of_here(
    town: Town,
) -> None:
    bureau = units.add(
        town.session, node=town.world.city, kind="机关", name="市委宣传部", actor=SYSTEM
    )
    other = units.add(town.session, node=town.elsewhere, kind="学校", name="别社区的", actor=SYSTEM)
    town.session.commit()
    path, person = f"{town.book}/enlistments", {"standing": "serving", "unit_id": bureau.id}
    for who, number, node in (("staff", "E1", town.node), ("foreign_staff", "E2", town.elsewhere)):
        body = {**person, "external_id": number, "name": "温如许", "node_code": node.code}
        done(town.caller(who).post(path, body), 201)
    page = desk(town, "/enlistments")
    assert f'<option value="{bureau.id}"' in page.text
    assert f'<option value="{other.id}"' not in page.text
    listed = desk(town, f"/enlistments?unit={bureau.id}")
    assert listed.status_code == 200
    assert "<td>E1</td>" in listed.text
    assert "<td>E2</td>" not in listed.text
    assert desk(town, f"/enlistments?unit={other.id}").status_code == 404
    found = done(town.caller("staff").get(f"{path}?unit_id={bureau.id}"))["items"]
    assert [each["external_id"] for each in found] == ["E1"]
    whole = done(town.caller("city_administrator").get(f"{path}?unit_id={bureau.id}"))["items"]
    assert [each["external_id"] for each in whole] == ["E1", "E2"]
    refused(town.caller("staff").get(f"{path}?unit_id={other.id}"), "not_found", 404)


def test_a_page_past_the_end_of_a_units_list_is_empty_and_not_missing(town: Town) -> None:
    other = units.add(town.session, node=town.elsewhere, kind="学校", name="别社区的", actor=SYSTEM)
    town.session.commit()
    path = f"{town.book}/enlistments"
    body = {"external_id": "E1", "name": "温如许", "standing": "serving"}
    body |= {"node_code": town.node.code, "unit_id": other.id}
    done(town.caller("staff").post(path, body), 201)
    past = done(town.caller("staff").get(f"{path}?unit_id={other.id}&offset=50"))

    assert past == {"items": []}
    page = desk(town, f"/enlistments?unit={other.id}")
    assert "<td>E1</td>" in page.text
    assert desk(town, f"/enlistments?unit={other.id}&offset=50").status_code == 200


def test_t2_nobody_moves_a_person_who_reported_in_to_another_community(town: Town) -> None:
    path, person = f"{town.book}/enlistments", {"external_id": "E1", "name": "温如许"}
    there = {**person, "standing": "serving", "node_code": town.elsewhere.code}
    done(town.caller("foreign_staff").post(path, there), 201)
    staff = town.caller("staff")
    before = everything(town.session)
    refused(staff.post(path, {**there, "node_code": town.node.code}), "validation_failed", 422)
    assert everything(town.session) == before
    moved = town.caller("city_administrator").post(path, {**there, "node_code": town.node.code})
    assert done(moved, 201)["node_code"] == town.node.code
