"""Staff over HTTP: vouchers found and taken back, classes moved and cancelled, the shops' month."""

from datetime import UTC, datetime, timedelta

import pytest

from app.base import clock
from app.mall import merchants
from tests.factories import mall as make
from tests.factories import till as counter
from tests.web.answers import done, refused

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
AT = NOON + timedelta(days=2)
HOUR = timedelta(hours=1)
WHY = {"reason": "老师没有来"}
VERSION = {"If-Match": '"1"'}


@pytest.fixture
def here(app, session):
    with clock.held_at(NOON):
        yield counter.at_counter(app, session)


def a_place(here):
    """A member's place of a class, as they bought it; returns phone, goods and the answer."""
    member = make.a_member(here.session, here.mall, points=100)
    lesson = make.put_goods(
        here.session, here.mall, price=30, kind="service", name="四点半课堂", stock_count=2,
        starts_at=AT, ends_at=AT + HOUR, return_hours=24,
    )  # fmt: skip
    here.session.commit()
    phone = here.of(member.person_id)
    asked = {"goods_id": str(lesson.id), "expected_points": 30}
    return phone, lesson.id, done(phone.post("/me/vouchers", asked), 201)


def test_d34_staff_find_vouchers_in_pages_and_take_one_back_with_the_reason(here):
    phone, _lesson, place = a_place(here)
    with here.unchanged():
        refused(phone.get("/vouchers"), "permission_denied", 403)
        refused(phone.post(f"/vouchers/{place['id']}/return", WHY), "permission_denied", 403)
        refused(here.staff.post(f"/vouchers/{place['id']}/return", {}), "validation_failed", 422)
    found = done(here.staff.get("/vouchers", number=place["number"][-4:], state="open"))
    assert (found["total_count"], found["items"][0]["id"]) == (1, place["id"])
    assert "token" not in str(found)
    assert done(here.staff.get("/vouchers", state="missed"))["items"] == []
    back = done(here.staff.post(f"/vouchers/{place['id']}/return", WHY))
    assert back["state"] == "returned"
    with here.unchanged():
        refused(here.staff.post(f"/vouchers/{place['id']}/return", WHY), "voucher_over", 410)


def test_d34_staff_find_reservations_and_give_one_up(here):
    member = make.a_member(here.session, here.mall, points=100)
    oil = make.put_goods(here.session, here.mall, price=60)
    here.session.commit()
    asked = {"goods_id": str(oil.id), "expected_total_points": 60}
    kept = done(here.of(member.person_id).post("/me/reservations", asked), 201)
    (found,) = done(here.staff.get("/reservations", state="held"))["items"]
    assert (found["id"], found["member_name_masked"]) == (kept["id"], member.name_masked)
    gone = done(here.staff.post(f"/reservations/{kept['id']}/cancel"))
    assert gone["state"] == "cancelled"
    with here.unchanged():
        again = here.staff.post(f"/reservations/{kept['id']}/cancel")
        refused(again, "reservation_over", 410)


def test_m6_a_class_is_moved_and_then_cancelled(here):
    phone, lesson, place = a_place(here)
    later = {
        "starts_at": (AT + HOUR).isoformat(), "ends_at": (AT + 2 * HOUR).isoformat()
    }  # fmt: skip
    with here.unchanged():
        refused(here.clerk.post(f"/goods/{lesson}/move", later, **VERSION),
                "permission_denied", 403)  # fmt: skip
        refused(here.staff.post(f"/goods/{lesson}/move", later), "version_required", 428)
    moved = here.staff.post(f"/goods/{lesson}/move", later, **VERSION)
    assert (done(moved)["places_count"], moved.headers["ETag"]) == (1, '"2"')
    with here.unchanged():
        refused(here.staff.post(f"/goods/{lesson}/cancel", WHY, **VERSION), "version_stale", 412)
    gone = here.staff.post(f"/goods/{lesson}/cancel", WHY, **{"If-Match": '"2"'})
    assert done(gone)["places_count"] == 1
    (mine,) = done(phone.get("/me/vouchers"))["items"]
    assert (mine["id"], mine["state"]) == (place["id"], "returned")
    again = {"goods_id": str(lesson), "expected_points": 30}
    with here.unchanged():
        refused(phone.post("/me/vouchers", again), "goods_not_on_sale", 409)


def test_m6_a_class_that_somebody_was_at_stays(here):
    phone, lesson, place = a_place(here)
    code = done(phone.get(f"/me/vouchers/{place['id']}/code"))
    with clock.held_at(AT):
        make.add_clerk(here.session, here.mall)
        here.session.commit()
        clerk = here.of(here.mall.clerks[1].person_id)
        uses = f"/shops/{here.mall.shop_id}/voucher-uses"
        done(clerk.post(uses, {"presented": code["token"]}))
        with here.unchanged():
            staff = here.of(here.mall.other_staff.person_id)
            refused(staff.post(f"/goods/{lesson}/cancel", WHY, **VERSION), "class_held", 409)


def test_m3_after_the_agreement_a_purchase_is_refused(here):
    member = make.a_member(here.session, here.mall, points=100)
    meal = make.put_goods(here.session, here.mall, price=30, kind="service")
    merchants.sign(
        here.session, ledger_id=here.mall.ledger_id, merchant_id=here.mall.merchant.id,
        agreement_no="协议9", from_on=clock.today() - timedelta(days=9),
        until_on=clock.today() - timedelta(days=1), actor=here.mall.staff,
    )  # fmt: skip
    here.session.commit()
    asked = {"goods_id": str(meal.id), "expected_points": 30}
    with here.unchanged():
        refused(here.of(member.person_id).post("/me/vouchers", asked), "agreement_over", 409)


def test_d38_everybody_reads_the_month_of_a_places_shops_without_names(here):
    _phone, _lesson, _place = a_place(here)
    client = here.app.test_client()
    root = f"/api/v1/nodes/{here.mall.node.code}/shop-months"
    found = done(client.get(f"{root}/2026-03"))
    assert (found["shop_count"], found["is_over"]) == (1, False)
    assert found["sums"]["service"] == {"times_count": 1, "piece_count": 1, "points": 30}
    (shop,) = found["items"]
    assert (shop["shop_name"], shop["goods"][0]["name"]) == ("积分超市", "四点半课堂")
    assert done(client.get(f"{root}/2026-03?offset=1"))["items"] == []
    refused(client.get(f"{root}/1999-01"), "not_found", 404)
