"""Activity types, classes of partners and kinds of units at the desk and over the API (C3, T16)."""

import pytest

from app.community import units
from app.points import programmes
from app.points.models import Category
from tests.factories import desk as make
from tests.factories.activities import at
from tests.web.answers import done, everything, no_change, refused


@pytest.fixture
def desk(stage, app, session):
    with at("07:00"):
        yield stage.put_up(make.a_desk, "app", "session")


def city(desk, path):
    return make.ROOT.replace("350902200001", desk.world.city.code) + path


def test_c3_an_administrator_renames_and_retires_a_type_at_the_desk(desk, session):
    before = everything(session)
    assert desk.at("administrator").send(
        desk.path("/programme/categories/haircut/retire")
    ).status_code in (403, 404)
    assert desk.at("staff").send(
        desk.path("/programme/categories/haircut/name"), name="理发"
    ).status_code in (403, 404)
    assert everything(session) == before
    chief = desk.at("city_administrator")
    assert (
        chief.send(city(desk, "/programme/categories/haircut/name"), name="爱心理发").status_code
        == 303
    )
    assert chief.send(city(desk, "/programme/categories/haircut/retire")).status_code == 303
    page = chief.get(city(desk, "/programme"))

    assert "爱心理发" in page.text
    assert "停用了" in page.text
    session.expire_all()
    kept = session.get(Category, (programmes.of_ledger(session, desk.ledger_id).id, "haircut"))
    assert (kept.name, kept.retired_on is not None) == ("爱心理发", True)
    session.rollback()
    assert "爱心理发" not in desk.at("staff").get(desk.path("/activities/new")).text
    assert chief.send(city(desk, "/programme/categories/haircut/restore")).status_code == 303
    assert "爱心理发" in desk.at("staff").get(desk.path("/activities/new")).text


def test_t16_the_administrator_keeps_the_classes_of_partners(desk, session):
    path = desk.path("/words/partner_class")
    with no_change(desk.session):
        assert desk.at("staff").send(path, name="文化伙伴").status_code == 403
    chief = desk.at("administrator")
    with no_change(desk.session):
        assert chief.send(path, name=" ").status_code == 422
    assert chief.send(path, name="文化伙伴").status_code == 303
    assert chief.send(f"{path}/红色管家/name", name="红管家").status_code == 303
    assert chief.send(f"{path}/网格哨兵/retire").status_code == 303
    page = chief.get(desk.path("/words")).text
    for said in ("文化伙伴", "红管家", "原来叫红色管家", "停用了"):
        assert said in page
    form = desk.at("staff").get(desk.path("/units")).text
    assert "文化伙伴" in form
    assert "网格哨兵" not in form
    with no_change(desk.session):
        refused_one = desk.at("staff").send(
            desk.path("/units"), name="顺丰", kind="企业", partner_class="网格哨兵"
        )
        assert refused_one.status_code == 422
    sent = {"name": "优贝亲子图书馆", "kind": "社会组织", "partner_class": "文化伙伴"}
    assert desk.at("staff").send(desk.path("/units"), **sent).status_code == 303
    assert "优贝亲子图书馆" in desk.at("staff").get(desk.path("/units")).text
    assert chief.send(f"{path}/网格哨兵/restore").status_code == 303


def test_x7_a_unit_is_of_a_kind_of_the_list(desk, session):
    with no_change(desk.session):
        wrong = desk.at("staff").send(desk.path("/units"), name="某处", kind="没有的种类")
        assert wrong.status_code == 422
    for kind in ("业委会", "业主监事会", "物业"):
        sent = desk.at("staff").send(desk.path("/units"), name=f"金溪{kind}", kind=kind)
        assert sent.status_code == 303
    plan = desk.at("staff").get(desk.path("/activities/new")).text

    assert {each.kind for each in units.list_in(session, desk.node)} >= {"业委会", "物业"}
    assert "金溪业主监事会" in plan


def test_the_lists_over_the_api(town):
    chief, staff = town.caller("administrator"), town.caller("staff")
    path = f"/nodes/{town.node.code}/words/unit_kind"
    with no_change(town.session):
        refused(staff.post(path, {"name": "合作社"}), "permission_denied", 403)
    made = done(chief.post(path, {"name": "合作社"}), 201)
    assert done(chief.patch(f"{path}/{made['code']}", {"name": "专业合作社"}))["code"] == "合作社"
    assert done(chief.put(f"{path}/合作社/retirement", {}))["retired_on"]
    listed = {each["code"]: each for each in done(staff.get(path))["items"]}
    assert listed["合作社"]["name"] == "专业合作社"
    assert done(chief.delete(f"{path}/合作社/retirement"))["retired_on"] is None
    with no_change(town.session):
        refused(chief.patch(f"{path}/没有", {"name": "x"}), "not_found", 404)
    assert staff.get(f"/nodes/{town.node.code}/words/nothing").status_code == 404


def test_types_over_the_api(town):
    chief, local = town.caller("city_administrator"), town.caller("administrator")
    path = f"{town.book}/categories/haircut"
    before = everything(town.session)
    refused(local.patch(path, {"name": "理发"}), "not_found", 404)
    refused(chief.patch(path, {"name": "健康义诊"}), "validation_failed", 422)
    assert everything(town.session) == before
    assert done(chief.patch(path, {"name": "爱心理发"}))["name"] == "爱心理发"
    assert done(chief.put(f"{path}/retirement", {}))["retired_on"]
    assert done(chief.delete(f"{path}/retirement"))["retired_on"] is None
