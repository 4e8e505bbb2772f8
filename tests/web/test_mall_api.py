"""Merchants, shops, clerks, goods, stock and tills over HTTP."""

from datetime import timedelta

import pytest

from app.base import clock
from app.base.ids import new_id
from app.people import roles
from tests.factories import mall as make
from tests.factories import people
from tests.factories import till as at


@pytest.fixture
def here(stage):
    return stage.put_up(at.at_counter, "app", "session")


@pytest.fixture
def salt(here, session):
    made = make.put_goods(session, here.mall, price=20, stock_count=10)
    session.commit()
    return made


def is_refused(answer, status, code):
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json


def with_role(here, role, node=None, name="林远山"):
    """A member of the book with a role, at the doors."""
    member = make.a_member(here.session, here.mall, name)
    people.holder(here.session, member.person_id, role, node or here.mall.node)
    here.session.commit()
    return here.of(member.person_id)


def a_member(here, name="温如许"):
    member = make.a_member(here.session, here.mall, name)
    here.session.commit()
    return member


def foreigners(here, app, session):
    """A plain member of this book, and the staff of another, at this book's doors."""
    elsewhere = at.at_counter(app, session)
    stranger = at.Caller(elsewhere.staff.client, elsewhere.staff.token, here.staff.root)
    return here.of(a_member(here, "林小风").person_id), stranger


def merchant_body(here, **more):
    return {"node_code": here.mall.node.code, "name": "便民超市"} | more


def test_m3_a_merchant_is_applied_for_approved_by_another_and_listed(here):
    second = here.of(here.mall.other_staff.person_id)
    made = here.staff.post("/merchants", merchant_body(here, partner_class="商企发展"))
    assert (made.status_code, made.json["state"]) == (201, "applied")
    path = f"/merchants/{made.json['id']}"
    with here.unchanged():
        is_refused(here.staff.post(f"{path}/approve"), 403, "second_person_required")
        is_refused(here.staff.post(f"{path}/list"), 409, "state_conflict")
    assert second.post(f"{path}/approve").json["state"] == "approved"
    agreement = {"agreement_no": "协2026-1", "from_on": "2026-03-01", "until_on": "2027-02-28"}
    with here.unchanged():
        is_refused(here.staff.post(f"{path}/list"), 409, "state_conflict")
        backwards = agreement | {"until_on": "2026-02-01"}
        is_refused(here.staff.post(f"{path}/sign", backwards), 422, "validation_failed")
    signed = here.staff.post(f"{path}/sign", agreement).json
    assert (signed["state"], signed["agreed_until_on"]) == ("signed", "2027-02-28")
    for step, state in (("list", "listed"), ("suspend", "suspended"), ("resume", "listed")):
        assert here.staff.post(f"{path}/{step}").json["state"] == state
    listed = here.staff.get("/merchants").json["items"]
    assert [one["name"] for one in listed] == ["便民超市", "金溪社区居委会"]
    of_class = here.staff.get("/merchants", partner_class="商企发展").json["items"]
    assert [one["name"] for one in of_class] == ["便民超市"]
    assert here.staff.post(f"{path}/close").json["state"] == "closed"
    with here.unchanged():
        is_refused(here.staff.post("/merchants", merchant_body(here)), 409, "name_taken")


def test_only_staff_of_the_place_touch_merchants(here, app, session):
    plain, stranger = foreigners(here, app, session)
    auditor = with_role(here, "auditor")
    path = f"/merchants/{here.mall.merchant.id}"
    with here.unchanged():
        for who, status, code in (
            (plain, 403, "permission_denied"),
            (stranger, 404, "not_found"),
            (auditor, 403, "permission_denied"),
            (here.clerk, 403, "permission_denied"),
        ):
            is_refused(who.post("/merchants", merchant_body(here)), status, code)
            is_refused(who.post(f"{path}/suspend"), status, code)
        is_refused(plain.get("/merchants"), 403, "permission_denied")
        is_refused(here.staff.post(f"/merchants/{new_id()}/suspend"), 404, "not_found")
    assert auditor.get("/merchants").status_code == 200


BAD_MERCHANTS = [
    {"name": ""},
    {"name": "x" * 65},
    {"discount_rate_bp": 10_001},
    {"partner_class": "第六类"},
    {"discount_rate_bp": "9e3"},
    {"cash": 1},
]


@pytest.mark.parametrize("bad", BAD_MERCHANTS, ids=str)
def test_a_bad_application_is_refused(here, bad):
    with here.unchanged():
        is_refused(
            here.staff.post("/merchants", merchant_body(here) | bad), 422, "validation_failed"
        )


def test_a_shop_is_opened_suspended_and_closed_by_staff(here):
    body = {
        "merchant_id": str(here.mall.merchant.id),
        "node_code": here.mall.node.code,
        "name": "二店",
    }
    made = here.staff.post("/shops", body)
    assert (made.status_code, made.json["state"]) == (201, "open")
    path = f"/shops/{made.json['id']}"
    with here.unchanged():
        is_refused(here.staff.post("/shops", body), 409, "name_taken")
        is_refused(here.clerk.post(f"{path}/suspend"), 403, "permission_denied")
        is_refused(here.staff.post(f"{path}/close"), 409, "state_conflict")
    for step, state in (("suspend", "suspended"), ("reopen", "open")):
        assert here.staff.post(f"{path}/{step}").json["state"] == state


def test_members_and_staff_see_the_shops_and_strangers_do_not(here, app, session):
    plain, stranger = foreigners(here, app, session)
    for who in (plain, here.staff, here.clerk, with_role(here, "auditor")):
        assert [one["name"] for one in who.get("/shops").json["items"]] == ["积分超市"]
    shops = stranger.get("/shops", node_code=here.mall.node.code)
    is_refused(shops, 404, "not_found")
    is_refused(plain.get("/shops", node_code="nowhere"), 404, "not_found")


def test_a_clerk_is_assigned_serves_and_is_ended(here, session):
    helper = a_member(here, "沈新人")
    path = f"/shops/{here.mall.shop_id}/clerks"
    body = {"person_id": str(helper.person_id)}
    new = here.of(helper.person_id)
    with here.unchanged():
        is_refused(new.post(f"/shops/{here.mall.shop_id}/tills"), 403, "permission_denied")
        is_refused(here.clerk.post(path, body), 403, "permission_denied")
        own = {"person_id": str(here.mall.staff.person_id)}
        is_refused(here.staff.post(path, own), 403, "second_person_required")
        past = body | {"until_on": (clock.today() - timedelta(days=1)).isoformat()}
        is_refused(here.staff.post(path, past), 422, "validation_failed")
    assert here.staff.post(path, body).status_code == 201
    assert {grant.role for grant in roles.list_of(session, person_id=helper.person_id)} == {"clerk"}
    here.fresh()
    assert new.post(f"/shops/{here.mall.shop_id}/tills").status_code == 201
    assert len(here.staff.get(path).json["items"]) == 2
    is_refused(here.clerk.get(path), 403, "permission_denied")
    ended = here.staff.post(f"{path}/{helper.person_id}/end")
    assert ended.status_code == 200
    with here.unchanged():
        is_refused(new.post(f"/shops/{here.mall.shop_id}/tills"), 403, "permission_denied")
        is_refused(here.staff.post(f"{path}/{helper.person_id}/end"), 404, "not_found")


def test_goods_are_added_listed_and_edited_by_version(here):
    path = f"/shops/{here.mall.shop_id}/goods"
    body = {"number": "01", "name": "食盐", "price_points": 20, "barcode": "6900000000011"}
    made = here.staff.post(path, body)
    assert (made.status_code, made.json["version"], made.headers["ETag"]) == (201, 1, '"1"')
    one = f"/goods/{made.json['id']}"
    shown = here.clerk.get(one)
    assert (shown.json["available_count"], shown.headers["ETag"]) == (0, '"1"')
    with here.unchanged():
        is_refused(here.staff.patch(one, {"price_points": 25}), 428, "version_required")
        stale = here.staff.patch(one, {"price_points": 25}, **{"If-Match": '"7"'})
        is_refused(stale, 412, "version_stale")
        assert "ETag" not in stale.headers
        empty = here.staff.patch(one, {}, **{"If-Match": '"1"'})
        is_refused(empty, 422, "validation_failed")
        is_refused(here.staff.post(path, body), 409, "name_taken")
        is_refused(here.clerk.post(path, body | {"number": "02"}), 403, "permission_denied")
        denied = here.clerk.patch(one, {"price_points": 1}, **{"If-Match": '"1"'})
        is_refused(denied, 403, "permission_denied")
    changed = here.staff.patch(one, {"price_points": 25}, **{"If-Match": '"1"'})
    assert (changed.json["price_points"], changed.headers["ETag"]) == (25, '"2"')
    off = here.staff.patch(one, {"is_on_sale": False}, **{"If-Match": '"2"'})
    assert off.json["is_on_sale"] is False
    assert len(here.clerk.get(path).json["items"]) == 1
    assert here.clerk.get(path, on_sale_only="true").json["items"] == []


BAD_GOODS = [
    {"price_points": -1},
    {"price_points": 1.5},
    {"price_points": True},
    {"price_points": 10**12},
    {"kind": "cash"},
    {"number": ""},
    {"name": "x" * 65},
    {"price_fen": 100},
]


@pytest.mark.parametrize("bad", BAD_GOODS, ids=str)
def test_bad_goods_are_refused(here, bad):
    body = {"number": "01", "name": "食盐", "price_points": 20} | bad
    with here.unchanged():
        answer = here.staff.post(f"/shops/{here.mall.shop_id}/goods", body)
        is_refused(answer, 422, "validation_failed")


def test_goods_are_shown_to_members_but_not_to_other_books(here, app, session, salt):
    plain, stranger = foreigners(here, app, session)
    path = f"/shops/{here.mall.shop_id}/goods"
    assert plain.get(path).json["items"][0]["available_count"] == 10
    is_refused(stranger.get(path), 404, "not_found")
    is_refused(stranger.get(f"/goods/{salt.id}"), 404, "not_found")
    elsewhere = at.Caller(plain.client, plain.token, stranger.root.replace(here.code, "none"))
    is_refused(elsewhere.get(path), 404, "not_found")
    is_refused(plain.get(f"/goods/{salt.id}/movements"), 403, "permission_denied")


def test_stock_comes_in_is_written_off_and_counted(here, salt):
    path = f"/shops/{here.mall.shop_id}/stock"
    one = {"goods_id": str(salt.id)}
    came = here.clerk.post(f"{path}/intakes", {"items": [one | {"count": 5}]})
    assert (came.status_code, came.json["items"][0]["stock_count"]) == (201, 15)
    with here.unchanged():
        bare = here.clerk.post(f"{path}/write-offs", {"items": [one | {"count": 2}]})
        is_refused(bare, 422, "validation_failed")
        many = {"items": [one | {"count": 99}], "reason": "破了"}
        is_refused(here.clerk.post(f"{path}/write-offs", many), 409, "stock_conflict")
        counted = here.clerk.post(f"{path}/counts", {"items": [one | {"count": 11}]})
        is_refused(counted, 422, "validation_failed")
        twice = {"items": [one | {"count": 1}, one | {"count": 2}]}
        is_refused(here.clerk.post(f"{path}/intakes", twice), 422, "validation_failed")
        nought = {"items": [one | {"count": 0}]}
        is_refused(here.clerk.post(f"{path}/intakes", nought), 422, "validation_failed")
    gone = here.clerk.post(f"{path}/write-offs", {"items": [one | {"count": 2}], "reason": "破了"})
    assert gone.json["items"][0]["stock_count"] == 13
    counted = here.staff.post(
        f"{path}/counts", {"items": [one | {"count": 12}], "reason": "少一袋"}
    )
    assert counted.json["items"][0]["difference_count"] == -1
    moves = here.clerk.get(f"/goods/{salt.id}/movements").json["items"]
    assert [(one["kind"], one["change_count"]) for one in moves] == [
        ("count", -1),
        ("write_off", -2),
        ("intake", 5),
        ("intake", 10),
    ]
    make.require_clean(here.session, here.mall.ledger_id)


def test_stock_of_another_shop_cannot_be_moved(here, app, session, salt):
    elsewhere = at.at_counter(app, session)
    theirs = make.put_goods(session, elsewhere.mall)
    session.commit()
    plain, stranger = foreigners(here, app, session)
    body = {"items": [{"goods_id": str(theirs.id), "count": 1}]}
    path = f"/shops/{here.mall.shop_id}/stock/intakes"
    with here.unchanged():
        is_refused(here.clerk.post(path, body), 404, "not_found")
        body = {"items": [{"goods_id": str(salt.id), "count": 1}]}
        is_refused(plain.post(path, body), 403, "permission_denied")
        is_refused(stranger.post(path, body), 404, "not_found")
    auditor = with_role(here, "auditor")
    with here.unchanged():
        is_refused(auditor.post(path, body), 403, "permission_denied")


def test_low_shelves_are_listed_for_the_order(here, session, salt):
    make.put_goods(session, here.mall, stock_count=2, low_stock_count=3, name="油")
    session.commit()
    low = here.clerk.get(f"/shops/{here.mall.shop_id}/goods", low_only="true").json["items"]
    assert [one["name"] for one in low] == ["油"]


def test_a14_a_till_is_opened_sells_and_closes_with_its_list(here, session, salt):
    member = make.a_member(session, here.mall, points=100)
    session.commit()
    path = f"/shops/{here.mall.shop_id}/tills"
    with here.unchanged():
        again = here.clerk.post(path)
        is_refused(again, 409, "till_already_open")
        assert again.json["facts"] == {"till_id": str(here.mall.till.id)}
    ticket = here.show(member)["ticket"]
    here.clerk.post("/redemptions", here.basket((salt, 2), ticket=ticket))
    till = f"/tills/{here.mall.till.id}"
    so_far = here.clerk.get(till).json
    assert (so_far["redemption_count"], so_far["total_points"]) == (1, 40)
    assert so_far["closed_at"] is None
    line = {"goods_id": str(salt.id), "count": 7}
    with here.unchanged():
        bare = here.clerk.post(f"{till}/close", {"counted": [line]})
        is_refused(bare, 422, "validation_failed")
        twice = here.clerk.post(f"{till}/close", {"counted": [line, line], "reason": "x"})
        is_refused(twice, 422, "validation_failed")
    closed = here.clerk.post(f"{till}/close", {"counted": [line], "reason": "破一袋"}).json
    (shelf,) = closed["shelf"]
    assert (shelf["sold_count"], shelf["expected_count"], shelf["counted_count"]) == (2, 8, 7)
    assert (closed["difference_count"], shelf["difference_count"]) == (-1, -1)
    with here.unchanged():
        is_refused(here.clerk.post(f"{till}/close", {}), 409, "till_closed")
        body = here.basket((salt, 1), presented="0" * 18)
        is_refused(here.clerk.post("/redemptions", body), 409, "till_closed")
    assert here.staff.get(till).json == here.clerk.get(till).json
    assert len(here.staff.get(path).json["items"]) == 1
    make.require_clean(session, here.mall.ledger_id)


def test_tills_are_for_the_shops_clerks_and_staff_only(app, session):
    here = at.at_counter(app, session, clerk_count=2)
    plain, stranger = foreigners(here, app, session)
    colleague = here.of(here.mall.clerks[1].person_id)
    till = f"/tills/{here.mall.till.id}"
    with here.unchanged():
        is_refused(plain.get(till), 403, "permission_denied")
        is_refused(stranger.get(till), 404, "not_found")
        is_refused(stranger.post(f"{till}/close", {}), 404, "not_found")
        is_refused(plain.get(f"/shops/{here.mall.shop_id}/tills"), 403, "permission_denied")
        assert colleague.get(till).status_code == 200
        is_refused(colleague.post(f"{till}/close", {}), 403, "permission_denied")
        is_refused(here.staff.get(f"/tills/{new_id()}"), 404, "not_found")
    assert here.staff.post(f"{till}/close", {}).status_code == 200, "staff may close"


def test_a_role_elsewhere_in_the_tree_is_no_role_here(here, session):
    other = make.community.make_node(session, None)
    session.commit()
    elsewhere = with_role(here, "staff", node=other)
    with here.unchanged():
        path = f"/shops/{here.mall.shop_id}"
        is_refused(elsewhere.post(f"{path}/suspend"), 404, "not_found")
        is_refused(elsewhere.get(f"{path}/tills"), 404, "not_found")
        is_refused(elsewhere.get("/redemptions", shop_id=here.mall.shop_id), 404, "not_found")


def test_an_administrator_of_the_place_may_run_the_mall(here):
    boss = with_role(here, "administrator")
    assert boss.post(f"/shops/{here.mall.shop_id}/suspend").json["state"] == "suspended"


def test_a_closed_shop_redeems_nothing(here, session, salt):
    member = make.a_member(session, here.mall, points=100)
    session.commit()
    ticket = here.show(member)["ticket"]
    here.staff.post(f"/shops/{here.mall.shop_id}/suspend")
    with here.unchanged():
        answer = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=ticket))
        is_refused(answer, 409, "shop_closed")


def test_the_house_is_no_book_of_a_mall(here):
    house = at.Caller(here.staff.client, here.staff.token, "/api/v1/books/house")
    is_refused(house.get("/shops"), 404, "not_found")
