"""Showing a code, quoting and redeeming over HTTP: once, or nothing at all."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.mall import listings
from app.people import codes, credentials, inbox
from app.risk import freezes
from tests.factories import mall as make
from tests.factories import people
from tests.factories import till as at


@pytest.fixture
def here(stage):
    return stage.put_up(at.at_counter, "app", "session")


@pytest.fixture
def member(here, session):
    made = make.a_member(session, here.mall, points=300)
    session.commit()
    return made


@pytest.fixture
def salt(here, session):
    made = make.put_goods(session, here.mall, price=20, person_period_max=50)
    session.commit()
    return made


def is_refused(answer, status, code):
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    assert answer.mimetype == "application/problem+json"
    return answer.json


def set_pin(here, member, pin=at.PIN):
    credentials.set_pin(here.session, person_id=member.person_id, pin=pin, actor=SYSTEM)
    here.session.commit()


def test_a_shown_code_names_the_member_masked_and_pays_for_one_basket(here, member, salt):
    shown = here.show(member)
    assert shown["member_name_masked"] == member.name_masked
    assert (shown["kind"], shown["balance_points"], shown["has_pin"]) == ("code", 300, False)
    assert shown["lots"] == [{"expires_on": None, "points": 300}]
    answer = here.clerk.post("/redemptions", here.basket((salt, 2), ticket=shown["ticket"]))
    assert answer.status_code == 201, answer.json
    slip = answer.json
    assert (slip["total_points"], slip["balance_points"]) == (40, 260)
    assert slip["member_name_masked"] == member.name_masked
    assert [(line["name"], line["quantity_count"]) for line in slip["lines"]] == [("食盐", 2)]
    assert here.spendable(member) == 260
    assert make.stock_of(here.session, here.mall, salt) == 8
    make.require_clean(here.session, here.mall.ledger_id)


def test_nothing_answered_at_the_till_tells_who_the_member_is(here, member, salt):
    shown = here.show(member)
    answer = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=shown["ticket"]))
    told = str(shown) + str(answer.json)
    for secret in ("温如许", str(member.id), str(member.person_id)):
        assert secret not in told


def test_e17_a_code_is_dead_after_its_first_showing(here, member):
    code = here.code_of(member)
    body = {"till_id": str(here.mall.till.id), "presented": code}
    assert here.clerk.post("/presentations", body).status_code == 201
    with here.unchanged():
        is_refused(here.clerk.post("/presentations", body), 409, "code_already_used")


def test_e17_a_ticket_pays_for_one_basket(here, member, salt):
    ticket = here.show(member)["ticket"]
    first = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=ticket))
    assert first.status_code == 201
    with here.unchanged():
        again = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=ticket))
        is_refused(again, 409, "code_already_used")


def test_a_refused_basket_leaves_the_ticket_good(here, member, salt, session):
    gold = make.put_goods(session, here.mall, price=10, stock_count=1)
    session.commit()
    ticket = here.show(member)["ticket"]
    with here.unchanged():
        answer = here.clerk.post("/redemptions", here.basket((gold, 2), ticket=ticket))
        is_refused(answer, 409, "stock_conflict")
    answer = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=ticket))
    assert answer.status_code == 201


def test_a_program_may_send_the_code_itself(here, member, salt):
    code = here.code_of(member)
    answer = here.clerk.post("/redemptions", here.basket((salt, 1), presented=code))
    assert answer.status_code == 201
    with here.unchanged():
        again = here.clerk.post("/redemptions", here.basket((salt, 1), presented=code))
        is_refused(again, 409, "code_already_used")


def test_d34_a_code_sent_itself_is_used_up_by_a_refusal(here, member, session):
    rice = make.put_goods(session, here.mall, price=150, stock_count=1)
    session.commit()
    code = here.code_of(member)
    with here.unchanged():
        answer = here.clerk.post("/redemptions", here.basket((rice, 2), presented=code))
        is_refused(answer, 409, "stock_conflict")
        answer = here.clerk.post("/redemptions", here.basket((rice, 1), presented=code))
        is_refused(answer, 409, "code_already_used")


def test_the_digits_under_the_code_serve_as_well(here, member, salt, session):
    made = codes.issue(
        session, ledger_id=here.mall.ledger_id, member_id=member.id, purpose="redeem"
    )
    session.commit()
    answer = here.clerk.post("/redemptions", here.basket((salt, 1), presented=made.digits))
    assert answer.status_code == 201


def test_a_code_is_dead_after_sixty_seconds(here, member):
    code = here.code_of(member)
    here.clerk  # noqa: B018  signs in before the clock moves
    with clock.held_at(clock.now() + timedelta(seconds=61)), here.unchanged():
        body = {"till_id": str(here.mall.till.id), "presented": code}
        is_refused(here.clerk.post("/presentations", body), 410, "code_expired")


def test_a_ticket_is_dead_after_ten_minutes(here, member, salt):
    ticket = here.show(member)["ticket"]
    with clock.held_at(clock.now() + timedelta(minutes=10, seconds=1)), here.unchanged():
        answer = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=ticket))
        is_refused(answer, 410, "code_expired")


def test_a_ticket_made_or_changed_by_hand_is_refused(here, member, salt):
    ticket = here.show(member)["ticket"]
    changed = ticket[:-4] + ("AAAA" if ticket[-4:] != "AAAA" else "BBBB")
    with here.unchanged():
        for forged in (changed, "x", "é" * 20, ticket[10:], ticket + "AAAA"):
            answer = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=forged))
            is_refused(answer, 422, "wrong_audience")


def test_a_ticket_is_good_at_its_own_till_only(app, session):
    here = at.at_counter(app, session, clerk_count=2)
    member = make.a_member(session, here.mall, points=100)
    salt = make.put_goods(session, here.mall)
    session.commit()
    ticket = here.show(member, till=0)["ticket"]
    other = here.of(here.mall.clerks[1].person_id)
    with here.unchanged():
        answer = other.post("/redemptions", here.basket((salt, 1), till=1, ticket=ticket))
        is_refused(answer, 422, "wrong_audience")
        answer = other.post("/redemptions", here.basket((salt, 1), till=0, ticket=ticket))
        is_refused(answer, 403, "permission_denied")


def test_a9_a_card_serves_until_it_is_lost(here, member, salt, session):
    issued = make.a_card(session, here.mall, member)
    session.commit()
    shown = {"till_id": str(here.mall.till.id), "presented": issued.token}
    answer = here.clerk.post("/presentations", shown)
    assert (answer.json["kind"], answer.json["card_no"]) == ("card", issued.card.card_no)
    body = here.basket((salt, 1), ticket=answer.json["ticket"])
    assert here.clerk.post("/redemptions", body).status_code == 201
    assert here.clerk.post("/presentations", shown).status_code == 201, "a card shows again"
    lost = here.staff.get("/redemptions", shop_id=here.mall.shop_id)
    assert lost.json["items"][0]["presented"] == "card"
    make.cards.report_lost(
        session, ledger_id=here.mall.ledger_id, card_id=issued.card.id, actor=SYSTEM
    )
    session.commit()
    with here.unchanged():
        is_refused(here.clerk.post("/presentations", shown), 422, "card_not_active")


def test_a9_code_and_card_of_another_book_are_refused(here, app, session):
    elsewhere = at.at_counter(app, session)
    stranger = make.a_member(session, elsewhere.mall, points=100)
    card = make.a_card(session, elsewhere.mall, stranger)
    session.commit()
    with here.unchanged():
        for foreign in (card.token, elsewhere.code_of(stranger)):
            body = {"till_id": str(here.mall.till.id), "presented": foreign}
            is_refused(here.clerk.post("/presentations", body), 422, "wrong_audience")


def test_a_frozen_member_is_not_shown_a_basket(here, member, session):
    freezes.freeze(
        session,
        ledger_id=here.mall.ledger_id,
        subject_kind="member",
        subject_id=member.id,
        reason="核对",
        actor=here.mall.staff,
    )
    body = {"till_id": str(here.mall.till.id), "presented": here.code_of(member)}
    with here.unchanged():
        is_refused(here.clerk.post("/presentations", body), 403, "account_frozen")


def test_a6_a_clerk_serves_neither_themselves_nor_their_household(here, session):
    mall = here.mall
    own = people.member_of(session, mall.ledger_id, mall.clerk)
    cousin = make.a_member(session, mall, points=100)
    make.live_together(session, mall, mall.clerk, cousin)
    session.commit()
    for one in (own, cousin):
        body = {"till_id": str(mall.till.id), "presented": here.code_of(one)}
        with here.unchanged():
            is_refused(here.clerk.post("/presentations", body), 403, "second_person_required")


def test_five_wrong_codes_a_minute_stop_the_till(here, member):
    body = {"till_id": str(here.mall.till.id), "presented": "0" * 18}
    code = here.code_of(member)
    here.clerk  # noqa: B018  signs in before the clock stands
    with clock.held_at(clock.now().replace(second=30)), here.unchanged("risk_quota"):
        for _ in range(5):
            is_refused(here.clerk.post("/presentations", body), 404, "not_found")
        right = here.clerk.post("/presentations", body | {"presented": code})
        is_refused(right, 429, "rate_limited")
        is_refused(here.clerk.post("/presentations", body), 429, "rate_limited")


def test_e16_the_same_key_gets_the_same_bytes_and_charges_once(here, member, salt):
    ticket, key = here.show(member)["ticket"], at.new_key()
    body = here.basket((salt, 1), ticket=ticket)
    first, second = (here.clerk.post("/redemptions", body, key=key) for _ in range(2))
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert here.spendable(member) == 280


def test_a_stored_refusal_is_answered_again(here, member, session):
    gold = make.put_goods(session, here.mall, price=10, stock_count=1)
    session.commit()
    key = at.new_key()
    body = here.basket((gold, 2), ticket=here.show(member)["ticket"])
    first, second = (here.clerk.post("/redemptions", body, key=key) for _ in range(2))
    is_refused(first, 409, "stock_conflict")
    assert (second.status_code, second.data) == (409, first.data)


def test_the_same_key_with_another_basket_is_refused(here, member, salt):
    ticket, key = here.show(member)["ticket"], at.new_key()
    here.clerk.post("/redemptions", here.basket((salt, 1), ticket=ticket), key=key)
    with here.unchanged():
        body = here.basket((salt, 2), ticket=ticket)
        answer = here.clerk.post("/redemptions", body, key=key)
        is_refused(answer, 422, "idempotency_mismatch")


def test_over_the_small_amount_the_member_confirms_by_pin(here, member, salt):
    set_pin(here, member)
    shown = here.show(member)
    assert shown["has_pin"]
    rice = make.put_goods(here.session, here.mall, price=201)
    here.session.commit()
    key, body = at.new_key(), here.basket((rice, 1), ticket=shown["ticket"])
    with here.unchanged():
        refused = is_refused(
            here.clerk.post("/redemptions", body, key=key), 401, "step_up_required"
        )
        assert refused["retryable"] == "same_key"
    ask = {"ticket": shown["ticket"], "amount_points": 201, "way": "pin", "pin": at.PIN}
    agreed = here.clerk.post("/confirmations", ask)
    assert agreed.status_code == 201
    assert agreed.json["state"] == "confirmed"
    body["confirmation"] = agreed.json["confirmation"]
    answer = here.clerk.post("/redemptions", body, key=key)
    assert answer.status_code == 201, answer.json
    assert here.spendable(member) == 99
    found = listings.by_number(
        here.session, ledger_id=here.mall.ledger_id, number=answer.json["number"]
    )
    assert found.confirmed_by == "pin"


def test_an_agreement_is_for_one_amount_and_one_showing(here, member, session):
    set_pin(here, member)
    rice = make.put_goods(session, here.mall, price=210, person_period_max=5)
    oil = make.put_goods(session, here.mall, price=220)
    session.commit()
    one, two = here.show(member)["ticket"], here.show(member)["ticket"]
    ask = {"ticket": one, "amount_points": 210, "way": "pin", "pin": at.PIN}
    agreed = here.clerk.post("/confirmations", ask).json["confirmation"]
    for body in (
        here.basket((oil, 1), ticket=one, confirmation=agreed),
        here.basket((rice, 1), ticket=two, confirmation=agreed),
        here.basket((rice, 1), ticket=one, confirmation=agreed[:-3] + "AAA"),
    ):
        with here.unchanged():
            is_refused(here.clerk.post("/redemptions", body), 422, "wrong_audience")


def test_wrong_pins_are_counted_and_the_fifth_locks(here, member):
    set_pin(here, member)
    ask = {"ticket": here.show(member)["ticket"], "amount_points": 201, "way": "pin"}
    with here.unchanged():
        for left in (4, 3, 2, 1):
            answer = here.clerk.post("/confirmations", ask | {"pin": "000001"})
            assert is_refused(answer, 401, "wrong_pin")["facts"] == {"tries_left_count": left}
        answer = here.clerk.post("/confirmations", ask | {"pin": "000001"})
        is_refused(answer, 429, "rate_limited")
        is_refused(here.clerk.post("/confirmations", ask | {"pin": at.PIN}), 429, "rate_limited")


def test_who_has_no_pin_cannot_confirm_by_it(here, member):
    ask = {"ticket": here.show(member)["ticket"], "amount_points": 201, "way": "pin"}
    with here.unchanged():
        answer = here.clerk.post("/confirmations", ask | {"pin": at.PIN})
        is_refused(answer, 401, "step_up_required")


def test_the_member_confirms_on_their_own_phone(here, member, session):
    rice = make.put_goods(session, here.mall, price=201)
    session.commit()
    phone = here.of(member.person_id)
    made = phone.post("/me/codes", {"purpose": "redeem"})
    assert made.status_code == 201, made.json
    body = {"till_id": str(here.mall.till.id), "presented": made.json["token"]}
    ticket = here.clerk.post("/presentations", body).json["ticket"]
    ask = {"ticket": ticket, "amount_points": 201}
    assert here.clerk.post("/confirmations/asks", ask).status_code == 204
    waiting = here.clerk.post("/confirmations", ask | {"way": "phone"})
    assert waiting.json == {"state": "waiting", "confirmation": None}
    seen = phone.get(f"/me/codes/{made.json['id']}").json["result"]
    assert seen == {"state": "asked", "points": 201, "shop": "积分超市"}
    said = {"code_id": made.json["id"], "amount_points": 201}
    with here.unchanged():
        is_refused(phone.post("/me/confirmations", said | {"amount_points": 200}), 404, "not_found")
        is_refused(here.clerk.post("/me/confirmations", said), 404, "not_found")
    assert phone.post("/me/confirmations", said).status_code == 204
    agreed = here.clerk.post("/confirmations", ask | {"way": "phone"}).json["confirmation"]
    basket = here.basket((rice, 1), ticket=ticket, confirmation=agreed)
    slip = here.clerk.post("/redemptions", basket).json
    seen = phone.get(f"/me/codes/{made.json['id']}").json["result"]
    assert seen == {
        "state": "done",
        "points": 201,
        "balance_points": 99,
        "number": slip["number"],
        "shop": "积分超市",
    }


def test_d37_a_second_staff_confirms_for_a_card_without_phone(here, member, session):
    rice = make.put_goods(session, here.mall, price=201)
    issued = make.a_card(session, here.mall, member)
    second = here.mall.staff.person_id
    credentials.set_pin(session, person_id=second, pin=at.PIN, actor=SYSTEM)
    session.commit()
    shown = {"till_id": str(here.mall.till.id), "presented": issued.token}
    ticket = here.clerk.post("/presentations", shown).json["ticket"]
    ask = {"ticket": ticket, "amount_points": 201, "way": "second_staff"}
    with here.unchanged("risk_quota"):
        stranger = ask | {"staff_phone": "000-0000-9999", "pin": at.PIN}
        is_refused(here.clerk.post("/confirmations", stranger), 401, "wrong_pin")
        answer = here.clerk.post("/confirmations", {**ask, "way": "phone"})
        is_refused(answer, 401, "step_up_required")
        set_pin(here, member)
        own = ask | {"staff_phone": here.phone_of(member.person_id), "pin": at.PIN}
        is_refused(here.clerk.post("/confirmations", own), 403, "second_person_required")
    ask |= {"staff_phone": here.phone_of(second), "pin": at.PIN}
    agreed = here.clerk.post("/confirmations", ask).json["confirmation"]
    basket = here.basket((rice, 1), ticket=ticket, confirmation=agreed)
    assert here.clerk.post("/redemptions", basket).status_code == 201


def test_somebody_without_a_role_is_no_second_staff(here, member, session):
    helper = make.a_member(session, here.mall, "林小风")
    credentials.set_pin(session, person_id=helper.person_id, pin=at.PIN, actor=SYSTEM)
    ticket = here.show(member)["ticket"]
    ask = {"ticket": ticket, "amount_points": 201, "way": "second_staff", "pin": at.PIN}
    with here.unchanged():
        ask["staff_phone"] = here.phone_of(helper.person_id)
        is_refused(here.clerk.post("/confirmations", ask), 403, "permission_denied")


def test_a_quote_says_the_sum_and_everything_against_it(here, member, salt, session):
    gold = make.put_goods(session, here.mall, price=300, stock_count=0, name="金碗")
    session.commit()
    ticket = here.show(member)["ticket"]
    with here.unchanged():
        body = here.basket((salt, 1), (gold, 1), ticket=ticket)
        del body["expected_total_points"]
        said = here.clerk.post("/quotes", body).json
    assert (said["balance_points"], said["total_points"]) == (300, 320)
    assert (said["balance_after_points"], said["may_redeem"]) == (-20, False)
    whole = {one["code"]: one["facts"] for one in said["refusals"]}
    assert whole["insufficient_points"] == {"short_points": 20}
    assert said["needs_confirmation"]
    assert [one["code"] for one in said["lines"][1]["refusals"]] == ["stock_conflict"]
    assert said["lines"][0]["refusals"] == []


def test_a_price_changed_meanwhile_is_refused(here, member, salt):
    ticket = here.show(member)["ticket"]
    with here.unchanged():
        body = here.basket((salt, 1), ticket=ticket, expected_total_points=19)
        is_refused(here.clerk.post("/redemptions", body), 412, "version_stale")


def test_e8_too_few_points_are_refused_with_what_is_short(here, session, salt):
    poor = make.a_member(session, here.mall, points=13)
    session.commit()
    ticket = here.show(poor)["ticket"]
    with here.unchanged():
        answer = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=ticket))
        assert is_refused(answer, 422, "insufficient_points")["facts"] == {"short_points": 7}
    told = inbox.list_for(session, ledger_id=here.mall.ledger_id, member_id=poor.id)[0]
    assert told.topic == "redemption_refused"
    assert told.facts == {"shop": "积分超市", "outcome": "insufficient_points"}


def test_d35_the_month_of_a_member_is_limited(here, member, session):
    soap = make.put_goods(session, here.mall, price=1)
    session.commit()
    ticket = here.show(member)["ticket"]
    with here.unchanged():
        answer = here.clerk.post("/redemptions", here.basket((soap, 3), ticket=ticket))
        is_refused(answer, 422, "limit_exceeded")


UNKNOWN = str(UUID(int=7))

BAD_BODIES = [
    {},
    {"items": []},
    {"items": "x"},
    {"items": [{"goods_id": "x", "quantity_count": 1}]},
    {"items": [{"goods_id": UNKNOWN, "quantity_count": 0}]},
    {"items": [{"goods_id": UNKNOWN, "quantity_count": 1.5}]},
    {"items": [{"goods_id": UNKNOWN, "quantity_count": True}]},
    {"items": [{"goods_id": UNKNOWN, "quantity_count": 10**30}]},
    {"expected_total_points": -1},
    {"expected_total_points": "1e3"},
    {"ticket": "t", "presented": "p"},
    {"till_id": "1"},
    {"cash": 5},
]


@pytest.mark.parametrize("bad", BAD_BODIES, ids=str)
def test_a_body_that_is_no_basket_is_refused(here, member, salt, bad):
    good = here.basket((salt, 1))
    with here.unchanged():
        answer = here.clerk.post("/redemptions", good | bad)
        is_refused(answer, 422, "validation_failed")


def test_a_key_is_needed_to_redeem(here, member, salt):
    body = here.basket((salt, 1), ticket=here.show(member)["ticket"])
    with here.unchanged():
        url, headers = f"{here.clerk.root}/redemptions", here.clerk.headers()
        answer = here.clerk.client.post(url, json=body, headers=headers)
        is_refused(answer, 400, "idempotency_key_missing")
        answer = here.clerk.post("/redemptions", body, key="short")
        is_refused(answer, 400, "idempotency_key_invalid")


def test_the_slip_is_read_by_its_number(here, member, salt, session):
    ticket = here.show(member)["ticket"]
    number = here.clerk.post("/redemptions", here.basket((salt, 2), ticket=ticket)).json["number"]
    stranger = make.a_member(session, here.mall, "林远山")
    session.commit()
    for who in (here.clerk, here.staff, here.of(member.person_id)):
        found = who.get(f"/redemptions/{number}").json
        assert (found["number"], found["state"], found["total_points"]) == (number, "done", 40)
        assert found["lines"][0]["name"] == "食盐"
    answer = here.of(stranger.person_id).get(f"/redemptions/{number}")
    is_refused(answer, 403, "permission_denied")
    is_refused(here.clerk.get("/redemptions/X-R20250101-0001"), 404, "not_found")
    mine = here.of(member.person_id).get("/me/redemptions").json["items"]
    assert [one["number"] for one in mine] == [number]
    assert here.of(stranger.person_id).get("/me/redemptions").json["items"] == []


def test_lists_are_for_the_shops_clerks_and_staff(here, member, salt):
    ticket = here.show(member)["ticket"]
    here.clerk.post("/redemptions", here.basket((salt, 2), ticket=ticket))
    for who, query in (
        (here.clerk, {"shop_id": here.mall.shop_id}),
        (here.clerk, {"till_id": here.mall.till.id}),
        (here.staff, {"shop_id": here.mall.shop_id, "day": clock.today().isoformat()}),
        (here.staff, {"member_id": member.id}),
    ):
        (one,) = who.get("/redemptions", **query).json["items"]
        assert one["member_name_masked"] == member.name_masked
    is_refused(here.clerk.get("/redemptions", member_id=member.id), 403, "permission_denied")
    is_refused(here.clerk.get("/redemptions"), 422, "validation_failed")
    own = here.of(member.person_id)
    is_refused(own.get("/redemptions", shop_id=here.mall.shop_id), 403, "permission_denied")


def test_d36_the_clerk_cancels_their_own_sale_the_same_day(here, member, salt):
    ticket = here.show(member)["ticket"]
    number = here.clerk.post("/redemptions", here.basket((salt, 2), ticket=ticket)).json["number"]
    with here.unchanged():
        is_refused(
            here.clerk.post(f"/redemptions/{number}/refund", {"reason": "拿错"}),
            403,
            "permission_denied",
        )
        is_refused(
            here.clerk.post(f"/redemptions/{number}/cancel", {"reason": " "}),
            422,
            "validation_failed",
        )
        is_refused(
            here.staff.post(f"/redemptions/{number}/cancel", {"reason": "拿错"}),
            403,
            "permission_denied",
        )
    slip = here.clerk.post(f"/redemptions/{number}/cancel", {"reason": "拿错"}).json
    assert (slip["state"], slip["returned_points"], slip["expired_points"]) == ("cancelled", 40, 0)
    assert here.spendable(member) == 300
    assert make.stock_of(here.session, here.mall, salt) == 10
    with here.unchanged():
        again = here.clerk.post(f"/redemptions/{number}/cancel", {"reason": "拿错"})
        is_refused(again, 409, "already_reversed")
    make.require_clean(here.session, here.mall.ledger_id)


def test_d36_after_the_till_is_closed_staff_refund(here, member, salt):
    ticket = here.show(member)["ticket"]
    number = here.clerk.post("/redemptions", here.basket((salt, 2), ticket=ticket)).json["number"]
    assert here.clerk.post(f"/tills/{here.mall.till.id}/close", {}).status_code == 200
    with here.unchanged():
        late = here.clerk.post(f"/redemptions/{number}/cancel", {"reason": "拿错"})
        is_refused(late, 422, "refund_window_over")
    answer = here.staff.post(f"/redemptions/{number}/refund", {"reason": "坏的"})
    assert (answer.status_code, answer.json["returned_points"]) == (200, 40)
    assert here.spendable(member) == 300
    make.require_clean(here.session, here.mall.ledger_id)


def test_nothing_is_sold_by_others_than_the_tills_clerk(here, member, salt, app, session):
    elsewhere = at.at_counter(app, session)
    ticket = here.show(member)["ticket"]
    body = here.basket((salt, 1), ticket=ticket)
    shown = {"till_id": str(here.mall.till.id), "presented": here.code_of(member)}
    foreign = at.Caller(elsewhere.clerk.client, elsewhere.clerk.token, here.clerk.root)
    with here.unchanged():
        for who in (foreign, here.staff, here.of(member.person_id)):
            is_refused(who.post("/redemptions", body), 403, "permission_denied")
            is_refused(who.post("/presentations", shown), 404, "not_found")
    with here.unchanged():
        answer = elsewhere.clerk.post("/redemptions", body)
        is_refused(answer, 422, "wrong_audience")
        answer = elsewhere.clerk.post("/presentations", shown)
        is_refused(answer, 404, "not_found")
    assert here.clerk.post("/redemptions", body).status_code == 201, "ticket and code still live"
    assert here.clerk.post("/presentations", shown).status_code == 201


def test_a_lost_answer_is_asked_for_by_its_key(here, member, salt):
    ticket, key = here.show(member)["ticket"], at.new_key()
    assert here.clerk.get("/operations", idempotency_key=key).json == {"state": "none"}
    slip = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=ticket), key=key).json
    with here.unchanged():
        told = here.clerk.get("/operations", idempotency_key=key).json
    assert told == {"state": "succeeded", "status": 201, "body": slip}
    other = here.staff.get("/operations", idempotency_key=key).json
    assert other == {"state": "none"}, "a key is its owner's"
    is_refused(here.clerk.get("/operations", idempotency_key="x"), 400, "idempotency_key_invalid")


def test_a_lost_refusal_is_told_with_its_code(here, member, session):
    gold = make.put_goods(session, here.mall, price=10, stock_count=0)
    session.commit()
    ticket, key = here.show(member)["ticket"], at.new_key()
    here.clerk.post("/redemptions", here.basket((gold, 1), ticket=ticket), key=key)
    told = here.clerk.get("/operations", idempotency_key=key).json
    assert (told["state"], told["code"], told["status"]) == ("refused", "stock_conflict", 409)


def test_a_given_up_request_does_nothing_when_it_comes_late(here, member, salt):
    ticket, key = here.show(member)["ticket"], at.new_key()
    with here.unchanged():
        told = here.clerk.post("/operations/void", {"idempotency_key": key}).json
        assert (told["state"], told["code"]) == ("refused", "operation_voided")
        late = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=ticket), key=key)
        is_refused(late, 422, "idempotency_mismatch")
        again = here.clerk.post("/operations/void", {"idempotency_key": key}).json
        assert again["code"] == "operation_voided"
        asked = here.clerk.get("/operations", idempotency_key=key).json
        assert asked["code"] == "operation_voided"


def test_giving_up_what_was_done_tells_that_it_was_done(here, member, salt):
    ticket, key = here.show(member)["ticket"], at.new_key()
    slip = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=ticket), key=key).json
    with here.unchanged():
        told = here.clerk.post("/operations/void", {"idempotency_key": key}).json
    assert (told["state"], told["body"]) == ("succeeded", slip)
