"""Offers, vouchers and reservations over HTTP: who may, what is said, and what nobody sees."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from app.base import clock
from app.mall import voucher_returns
from app.people import codes
from tests.factories import mall as make
from tests.factories import till as counter
from tests.web.answers import done, refused

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
RIDERS = "新就业群体"


@pytest.fixture
def here(app, session):
    with clock.held_at(NOON):
        yield counter.at_counter(app, session)


def member_with(here, points=0, **goods):
    """A member with points, and one kind of goods."""
    member = make.a_member(here.session, here.mall, points=points)
    one = make.put_goods(here.session, here.mall, **goods) if goods else None
    here.session.commit()
    return member, here.of(member.person_id), one


def code_of(here, member):
    named = {"ledger_id": here.mall.ledger_id, "member_id": member.id}
    made = codes.issue(here.session, **named, purpose="redeem")
    here.session.commit()
    return made.digits


def publish(here, **more):
    body = {"title": "素面八折", "terms": "凭码", "from_on": "2026-03-01"} | more
    return here.staff.post(f"/merchants/{here.mall.merchant.id}/offers", body)


def test_m1_an_offer_is_seen_with_the_reason_why_it_is_not_for_me_and_used_by_code(here):
    offer = done(publish(here, audience=RIDERS, person_period_max=1), 201)
    member, phone, _ = member_with(here)
    (seen,) = done(phone.get("/merchant-offers"))["items"]
    assert (seen["refusal"], seen["merchant_name"]) == ("offer_not_for_you", "金溪社区居委会")
    path = f"/merchant-offers/{offer['id']}/uses"
    body = {"shop_id": str(here.mall.shop_id)}
    first = code_of(here, member)
    with here.unchanged():
        refused(here.clerk.post(path, {**body, "presented": first}), "offer_not_for_you", 422)
        refused(here.clerk.post(path, {**body, "presented": first}), "code_already_used", 409)

    group = {"group": RIDERS}
    with here.unchanged():
        refused(phone.post(f"/members/{member.id}/groups", group), "permission_denied", 403)
    assert done(here.staff.post(f"/members/{member.id}/groups", group))["groups"] == [RIDERS]
    made = done(here.clerk.post(path, {**body, "presented": code_of(here, member)}), 201)
    assert (made["ordinal"], made["door"]) == (1, "code")
    with here.unchanged():
        refused(phone.post("/me/offer-uses", {"offer_id": offer["id"]}), "limit_exceeded", 422)
        refused(phone.post(path, {**body, "presented": code_of(here, member)}), "not_found", 404)
    months = done(here.staff.get("/offer-months"))["items"]
    assert months == [{"period": "2026-03", "times_count": 1}]

    done(here.staff.post(f"/merchant-offers/{offer['id']}/end"))
    with here.unchanged():
        refused(phone.post("/me/offer-uses", {"offer_id": offer["id"]}), "offer_not_open", 409)
    gone = done(here.staff.post(f"/members/{member.id}/groups", {**group, "is_in": False}))
    assert gone["groups"] == []


def test_m1_a_merchants_list_is_tried_and_then_taken_in_as_a_file(here):
    offer = done(publish(here, person_period_max=3), 201)
    member, phone, _ = member_with(here)
    text = (
        "优惠编号,志愿者编号,日期,次数\n"
        f"{offer['number']},{member.volunteer_no},2026-03-02,2\n"
        f"{offer['number']},X-1,2026-03-02,1\n"
    )
    path = f"{here.staff.root}/merchants/{here.mall.merchant.id}/offer-uses/import"

    def send(caller, **more):
        headers = caller.headers() | {"Idempotency-Key": counter.new_key()}
        data = {"file": (BytesIO(text.encode()), "list.csv"), **more}
        return caller.client.post(path, headers=headers, data=data)

    with here.unchanged():
        refused(send(phone), "permission_denied", 403)
        tried = done(send(here.staff, dry_run="true"))
        assert (tried["is_dry_run"], tried["new_count"]) == (True, 2)
    found = done(send(here.staff))
    assert (found["new_count"], [row["reason"] for row in found["bad_rows"]]) == (
        2, ["unknown_member"],
    )  # fmt: skip
    assert done(send(here.staff))["unchanged_count"] == 2
    months = done(here.staff.get("/offer-months"))["items"]
    assert months == [{"period": "2026-03", "times_count": 2}]


def test_m7_a_voucher_is_bought_shown_to_its_member_and_honoured_once(here):
    member, phone, meal = member_with(here, 100, price=80, kind="service", name="长者食堂餐券")
    body = {"goods_id": str(meal.id), "expected_points": 80}
    made = done(phone.post("/me/vouchers", body), 201)
    assert "token" not in str(made)
    assert here.spendable(member) == 20
    path = f"/me/vouchers/{made['id']}/code"
    code = done(phone.get(path))
    refused(here.clerk.get(path), "not_found", 404)

    uses = f"/shops/{here.mall.shop_id}/voucher-uses"
    with here.unchanged():
        refused(phone.post(uses, {"presented": code["token"]}), "not_found", 404)
    used = done(here.clerk.post(uses, {"presented": code["digits"]}))
    assert (used["state"], used["goods_name"]) == ("used", "长者食堂餐券")
    with here.unchanged():
        refused(here.clerk.post(uses, {"presented": code["token"]}), "voucher_used", 409)
        refused(phone.post(f"/me/vouchers/{made['id']}/return"), "voucher_used", 409)
    refused(phone.get(path), "not_found", 404)
    (listed,) = done(here.clerk.get(f"/shops/{here.mall.shop_id}/vouchers"))["items"]
    assert member.name_masked not in str(listed)
    assert done(phone.get("/me/vouchers"))["items"][0]["number"] == listed["number"]


def test_d34_wrong_codes_are_counted_and_the_shop_waits(here):
    uses = f"/shops/{here.mall.shop_id}/voucher-uses"
    with here.unchanged("risk_quota"):
        for guess in range(5):
            refused(here.clerk.post(uses, {"presented": f"{guess:012d}"}), "not_found", 404)
    with here.unchanged("risk_quota"):
        refused(here.clerk.post(uses, {"presented": "9" * 12}), "rate_limited", 429)
    with clock.held_at(NOON + timedelta(minutes=1)), here.unchanged("risk_quota"):
        refused(here.clerk.post(uses, {"presented": "9" * 12}), "not_found", 404)


def test_m6_a_place_comes_back_in_time_and_not_too_late(here):
    starts_at = NOON + timedelta(days=2)
    session = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
    member, phone, lesson = member_with(
        here, 100, price=30, kind="service", stock_count=1, return_hours=24, **session
    )
    body = {"goods_id": str(lesson.id), "expected_points": 30}
    made = done(phone.post("/me/vouchers", body), 201)
    other, second, _ = member_with(here, 100)
    with here.unchanged():
        refused(second.post("/me/vouchers", body), "stock_conflict", 409)
    back = done(phone.post(f"/me/vouchers/{made['id']}/return"))
    assert (back["state"], here.spendable(member)) == ("returned", 100)
    with here.unchanged():
        refused(phone.post(f"/me/vouchers/{made['id']}/return"), "voucher_over", 410)
    taken = done(second.post("/me/vouchers", body), 201)
    with clock.held_at(NOON + timedelta(days=1, minutes=1)), here.unchanged():
        refused(second.post(f"/me/vouchers/{taken['id']}/return"), "return_too_late", 409)
    assert here.spendable(other) == 70


def test_m1_an_offer_that_costs_points_is_bought_and_never_used_for_nothing(here):
    _member, phone, paid = member_with(here, 60, price=50, kind="offer", stock_count=0)
    offer = done(publish(here, goods_id=str(paid.id), person_period_max=1), 201)
    with here.unchanged():
        refused(phone.post("/me/offer-uses", {"offer_id": offer["id"]}), "offer_needs_points", 409)
    body = {"goods_id": str(paid.id), "expected_points": 50}
    assert done(phone.post("/me/vouchers", body), 201)["total_points"] == 50
    with here.unchanged():
        refused(phone.post("/me/vouchers", body), "limit_exceeded", 422)


def test_m6_a_place_is_neither_sold_at_a_till_nor_honoured_before_its_day(here):
    starts_at = NOON + timedelta(days=2)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
    member, phone, lesson = member_with(here, 100, price=30, kind="service", **times)
    made = done(
        phone.post("/me/vouchers", {"goods_id": str(lesson.id), "expected_points": 30}), 201
    )
    code = done(phone.get(f"/me/vouchers/{made['id']}/code"))
    uses = f"/shops/{here.mall.shop_id}/voucher-uses"
    shown = here.show(member)
    basket = here.basket((lesson, 1), ticket=shown["ticket"])
    with here.unchanged():
        refused(here.clerk.post(uses, {"presented": code["token"]}), "voucher_not_yet", 409)
        refused(here.clerk.post("/redemptions", basket), "class_not_at_till", 409)


def test_d34_goods_are_set_aside_and_collected_by_code(here):
    member, phone, oil = member_with(here, 100, price=30)
    body = {"goods_id": str(oil.id), "quantity_count": 2, "expected_total_points": 60}
    made = done(phone.post("/me/reservations", body), 201)
    assert here.spendable(member) == 40
    code = done(phone.get(f"/me/reservations/{made['id']}/code"))
    (held,) = done(here.clerk.get(f"/shops/{here.mall.shop_id}/reservations"))["items"]
    assert (held["quantity_count"], held["state"]) == (2, "held")
    path = {"till_id": str(here.mall.till.id)}
    with here.unchanged("risk_quota"):
        refused(here.clerk.post("/collections", {**path, "presented": "0" * 12}), "not_found", 404)
    slip = done(here.clerk.post("/collections", {**path, "presented": code["token"]}), 201)
    assert (slip["total_points"], slip["balance_points"]) == (60, 40)
    again = {**path, "presented": code["digits"]}
    with here.unchanged():
        refused(here.clerk.post("/collections", again), "reservation_over", 410)

    more = make.put_goods(here.session, here.mall, price=40)
    here.session.commit()
    body = {"goods_id": str(more.id), "expected_total_points": 40}
    kept = done(phone.post("/me/reservations", body), 201)
    done(phone.post(f"/me/reservations/{kept['id']}/cancel"))
    with here.unchanged():
        refused(phone.post(f"/me/reservations/{kept['id']}/cancel"), "reservation_over", 410)
    assert here.spendable(member) == 40


def test_a_voucher_that_lapsed_says_so(here):
    _member, phone, meal = member_with(here, 100, price=80, kind="service")
    body = {"goods_id": str(meal.id), "expected_points": 80}
    made = done(phone.post("/me/vouchers", body), 201)
    code = done(phone.get(f"/me/vouchers/{made['id']}/code"))
    with clock.held_at(NOON + timedelta(days=91)):
        named = {"ledger_id": here.mall.ledger_id}
        voucher_returns.lapse_due(here.session, **named, today=clock.today())
        here.session.commit()
        make.add_clerk(here.session, here.mall)
        here.session.commit()
        clerk = here.of(here.mall.clerks[1].person_id)
        uses = f"/shops/{here.mall.shop_id}/voucher-uses"
        with here.unchanged():
            refused(clerk.post(uses, {"presented": code["token"]}), "voucher_over", 410)
