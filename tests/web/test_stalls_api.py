"""The doors of a market day: a stall opened, sold at, counted back; refusals change nothing."""

from datetime import timedelta

import pytest

from app.base import clock
from app.base.ids import new_id
from tests.factories import community
from tests.factories import mall as make
from tests.factories import till as at


@pytest.fixture
def here(stage):
    return stage.put_up(at.at_counter, "app", "session")


@pytest.fixture
def salt(here, session):
    salt = make.put_goods(session, here.mall, price=20, name="食盐", stock_count=10)
    session.commit()
    here.fresh()
    return salt


def is_refused(answer, status, code):
    assert (answer.status_code, answer.json["code"]) == (status, code)


def body(*items, **more):
    return {
        "place": "老槐树下",
        "held_on": clock.today().isoformat(),
        "items": [{"goods_id": str(one.id), "count": count} for one, count in items],
    } | more


def open_stall(here, *items, **more):
    return here.staff.post(f"/shops/{here.mall.shop_id}/stalls", body(*items, **more))


def counted(one, count, **more):
    return {"goods_id": str(one.id), "count": count, **more}


def test_m4_a_market_day_from_opening_to_the_count(here, session, salt):
    member = make.a_member(session, here.mall, points=100)
    session.commit()
    stall = open_stall(here, (salt, 5))
    assert stall.status_code == 201
    path = f"/stalls/{stall.json['id']}"
    here.clerk.post(f"/tills/{here.mall.till.id}/close", {})
    till = here.clerk.post(f"{path}/tills").json
    assert till["stall_id"] == stall.json["id"]
    (line,) = here.clerk.get(f"/tills/{till['id']}/goods").json["items"]
    assert (line["name"], line["available_count"]) == ("食盐", 5)

    shown = {"till_id": till["id"], "presented": here.code_of(member)}
    ticket = here.clerk.post("/presentations", shown).json["ticket"]
    basket = here.basket((salt, 2), ticket=ticket) | {"till_id": till["id"]}
    assert here.clerk.post("/redemptions", basket).status_code == 201
    assert here.staff.post(f"{path}/loads", {"items": [counted(salt, 1)]}).status_code == 201

    with here.unchanged():
        all_back = {"counted": [counted(salt, 4)]}
        is_refused(here.clerk.post(f"{path}/close", all_back), 409, "stall_till_open")
    here.clerk.post(f"/tills/{till['id']}/close", {})
    with here.unchanged():
        short = {"counted": [counted(salt, 3)]}
        is_refused(here.clerk.post(f"{path}/close", short), 422, "validation_failed")
    short = {"counted": [counted(salt, 3, reason="路上破了一袋")]}
    (line,) = here.clerk.post(f"{path}/close", short).json["items"]
    assert line["difference_count"] == -1

    found = here.staff.get(path).json
    assert (found["state"], found["difference_count"]) == ("closed", -1)
    (line,) = found["goods"]
    assert (line["taken_count"], line["sold_count"], line["counted_count"]) == (6, 2, 3)
    assert line["reason"] == "路上破了一袋"
    assert here.staff.get(f"/goods/{salt.id}").json["available_count"] == 7
    listed = here.staff.get(f"/shops/{here.mall.shop_id}/stalls").json["items"]
    assert [one["place"] for one in listed] == ["老槐树下"]
    make.require_clean(session, here.mall.ledger_id)


def test_a_clerk_opens_no_stall(here, salt):
    with here.unchanged():
        answer = here.clerk.post(f"/shops/{here.mall.shop_id}/stalls", body((salt, 1)))
        is_refused(answer, 403, "permission_denied")


def test_a_stall_of_nonsense_is_refused(here, salt):
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    with here.unchanged():
        for wrong in (
            {"place": ""},
            {"held_on": yesterday},
            {"held_on": "tomorrow"},
            {"items": []},
            {"items": [counted(salt, 0)]},
            {"items": [counted(salt, 1), counted(salt, 1)]},
            {"cash": 1},
        ):
            is_refused(open_stall(here, (salt, 1), **wrong), 422, "validation_failed")
        is_refused(open_stall(here, (salt, 11)), 409, "stock_conflict")


def test_a_stall_that_is_over_is_refused(here, salt):
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    path = f"/stalls/{open_stall(here, (salt, 1), held_on=tomorrow).json['id']}"
    with here.unchanged():
        is_refused(here.clerk.post(f"{path}/tills"), 409, "stall_over")
    here.staff.post(f"{path}/close", {"counted": [counted(salt, 1)]})
    with here.unchanged():
        more = {"items": [counted(salt, 1)]}
        is_refused(here.staff.post(f"{path}/loads", more), 409, "stall_over")


def test_a_count_takes_a_reason_for_each_kind_of_goods(here, session, salt):
    soap = make.put_goods(session, here.mall, stock_count=3)
    session.commit()
    path = f"/shops/{here.mall.shop_id}/stock/counts"
    items = [counted(salt, 9, reason="破了一袋"), counted(soap, 4)]
    with here.unchanged():
        is_refused(here.clerk.post(path, {"items": items}), 422, "validation_failed")
    items[1]["reason"] = "多送一块"
    assert here.clerk.post(path, {"items": items}).status_code == 201
    (last, *_) = here.clerk.get(f"/goods/{soap.id}/movements").json["items"]
    assert last["reason"] == "多送一块"


def test_m4_a_stall_names_its_host_by_code_or_name_and_its_activity_by_id(here, session, salt):
    host = community.make_node(session, here.mall.node, name="云谷社区")
    session.commit()
    with here.unchanged():
        unknown = {"host": "没有的社区"}
        is_refused(open_stall(here, (salt, 1), **unknown), 404, "not_found")
        stranger = {"activity_id": str(new_id())}
        is_refused(open_stall(here, (salt, 1), **stranger), 422, "validation_failed")
    for place, named in (("桥头", host.code), ("村口", "云谷社区")):
        made = open_stall(here, (salt, 1), place=place, host=named)
        assert (made.status_code, made.json["node_id"]) == (201, host.id)
    assert open_stall(here, (salt, 1)).json["node_id"] == here.mall.node.id
