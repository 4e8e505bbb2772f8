"""Places and their settings over HTTP."""

import pytest
from flask.testing import FlaskClient

from app.community import settings, tree
from app.people import audit
from app.people.models import Audit
from tests.factories.doors import Caller, Town, new_key
from tests.web.answers import done, everything, no_change, once, refused

NAME = "mall.refund_window_days"


def test_anybody_finds_the_way_down_to_a_place(town: Town, client: FlaskClient) -> None:
    def get(path: str) -> object:
        return done(client.get(f"/api/v1/nodes{path}"))

    assert [each["code"] for each in get("")["items"]] == ["35"]  # type: ignore[index]
    below = get("/350902200/children")["items"]  # type: ignore[index]
    assert [each["code"] for each in below] == [town.node.code, town.elsewhere.code]
    shown = get(f"/{town.node.code}")
    assert shown["breadcrumb"].endswith(" / 金溪社区")  # type: ignore[index]
    assert (shown["parent_code"], shown["book"]) == ("350902200", "ningde")  # type: ignore[index]
    assert get("/35")["book"] is None  # type: ignore[index]
    refused(client.get("/api/v1/nodes/99"), "not_found", 404)


def test_a_place_is_searched_by_code_and_name(town: Town, client: FlaskClient) -> None:
    from tests.factories import community as places

    city = places.make_jinxi(town.session)[1]
    places.make_node(town.session, city, code="X1", name="金溪社区居民委员会")
    town.session.commit()

    def codes(text: str) -> list[str]:
        answer = client.get("/api/v1/nodes/search", query_string={"text": text})
        return [each["code"] for each in done(answer)["items"]]

    assert codes(town.node.code) == [town.node.code]
    assert codes("金溪社区") == [town.node.code, "X1"]
    assert codes("没有这个地方") == []
    refused(client.get("/api/v1/nodes/search"), "validation_failed", 422)


def test_an_administrator_adds_a_place_and_a_grid_and_is_warned(town: Town) -> None:
    admin, path = town.caller("administrator"), f"/nodes/{town.node.code}"
    child = {"kind_code": "building", "code": "B1", "name": "一号楼"}

    once(admin, f"{path}/children", child, {**child, "name": "二号楼"})
    with no_change(town.session):
        refused(admin.post(f"{path}/children", child), "node_code_taken", 409)
    good = once(admin, f"{path}/grids", {"household_count": 400}, {"household_count": 401})
    small = done(admin.post(f"{path}/grids", {"household_count": 20}), 201)

    assert (good["code"], good["has_size_warning"]) == (f"{town.node.code}001", False)
    assert (small["code"], small["has_size_warning"]) == (f"{town.node.code}002", True)
    warned = done(town.caller("staff").get(f"{path}/grid-warnings"))["items"]
    assert [each["code"] for each in warned] == [small["code"]]
    assert [line.action for line in _acts_of(town, admin)] == ["node_added"] * 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind_code": "castle"},
        {"name": ""},
        {"code": "x" * 33},
        {"household_count": -1},
        {"parent": "35"},
    ],
)
def test_a_place_that_may_not_stand_is_refused(town: Town, wrong: dict[str, object]) -> None:
    admin = town.caller("administrator")
    before = everything(town.session)
    child = {"kind_code": "building", "code": "B1", "name": "一号楼", **wrong}

    answer = admin.post(f"/nodes/{town.node.code}/children", child)

    refused(answer, "validation_failed", 422)
    assert everything(town.session) == before


def test_settings_are_read_with_who_says_so_and_set_with_a_version(town: Town) -> None:
    admin, path = town.caller("administrator"), f"/nodes/{town.node.code}/settings"
    tag, found = _read(admin, path)
    assert (found["value"], found["from_node_code"]) == (30, None)

    change = done(admin.put(f"{path}/{NAME}", {"value": 7}, headers={"If-Match": tag}))

    assert change == {"name": NAME, "old": 30, "new": 7}
    newer, found = _read(admin, path)
    assert (found["value"], found["from_node_code"]) == (7, town.node.code)
    assert _value(town, town.elsewhere.code) == 30
    line = _acts_of(town, admin)[0]
    assert (line.action, line.facts["old"], line.facts["new"]) == ("setting_changed", 30, 7)
    done(admin.delete(f"{path}/{NAME}", headers={"If-Match": newer}))
    assert _value(town, town.node.code) == 30


def test_a_setting_is_not_set_over_what_another_just_set(town: Town) -> None:
    admin, path = town.caller("administrator"), f"/nodes/{town.node.code}/settings"
    tag, _ = _read(admin, path)
    other = town.caller("city_administrator")
    done(other.put(f"{path}/mall.item_max_per_period", {"value": 3}, headers={"If-Match": tag}))
    before = everything(town.session)

    stale = admin.put(f"{path}/{NAME}", {"value": 7}, headers={"If-Match": tag})

    refused(stale, "version_stale", 412)
    refused(admin.put(f"{path}/{NAME}", {"value": 7}), "version_required", 428)
    refused(
        admin.put(f"{path}/{NAME}", {"value": 7}, headers={"If-Match": '"abc"'}), "version_stale"
    )
    assert everything(town.session) == before


def test_a_setting_set_again_under_its_key_is_set_once(town: Town) -> None:
    admin, path, key = town.caller("administrator"), f"/nodes/{town.node.code}/settings", new_key()
    headers = {"If-Match": _read(admin, path)[0]}

    first = admin.put(f"{path}/{NAME}", {"value": 7}, key=key, headers=headers)
    again = admin.put(f"{path}/{NAME}", {"value": 7}, key=key, headers=headers)

    assert done(first) == done(again)
    assert again.headers["Idempotency-Replayed"] == "true"
    with no_change(town.session):
        refused(
            admin.put(f"{path}/{NAME}", {"value": 8}, key=key, headers=headers),
            "idempotency_mismatch",
        )


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        (NAME, -1, "validation_failed"),
        (NAME, 99_999, "validation_failed"),
        (NAME, None, "validation_failed"),
        (NAME, "7", "validation_failed"),
        (NAME, 7.5, "validation_failed"),
        ("mall.gold", 1, "unknown_setting"),
    ],
)
def test_a_number_out_of_bounds_is_refused(town: Town, name: str, value: object, code: str) -> None:
    admin, path = town.caller("administrator"), f"/nodes/{town.node.code}/settings"
    headers = {"If-Match": _read(admin, path)[0]}
    before = everything(town.session)

    refused(admin.put(f"{path}/{name}", {"value": value}, headers=headers), code)

    assert everything(town.session) == before


def _read(admin: Caller, path: str) -> tuple[str, dict[str, object]]:
    answer = admin.get(path)
    (found,) = [each for each in done(answer)["items"] if each["name"] == NAME]
    return answer.headers["ETag"], found


def _value(town: Town, code: str) -> object:
    town.session.expire_all()
    return settings.read(town.session, tree.by_code(town.session, code), NAME)[NAME]


def _acts_of(town: Town, caller: Caller) -> list[Audit]:
    found = audit.list_of_actor(
        town.session, ledger_id=audit.HOUSE, actor_id=caller.member.person_id
    )
    return [line for line in found if line.subject_kind == "node"]
