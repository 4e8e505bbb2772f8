"""My own matters over HTTP: who I am, my ways in, what is held of me."""

import re

import pytest

from app.base.actors import SYSTEM
from app.people import consents, credentials, login_codes
from app.people.models import Person
from tests.factories import doors, points
from tests.factories.doors import PASSWORD, Town
from tests.web.answers import done, everything, no_change, refused

NEW = "山高水长流不尽99"


def test_i_see_my_name_roles_and_books(town: Town) -> None:
    me = done(town.caller("clerk").get("/me"))

    assert me["name"] == "人clerk"
    assert re.fullmatch(r"000\*{4}\d{4}", me["phone_masked"])
    assert (me["has_password"], me["has_pin"]) == (True, False)
    assert [(role["role"], role["node_code"]) for role in me["roles"]] == [
        ("clerk", town.node.code)
    ]
    assert [book["book"] for book in me["books"]] == ["ningde"]
    assert done(town.caller("clerk").get("/me/books"))["items"] == me["books"]


def test_i_become_a_member_in_another_book(town: Town) -> None:
    other = _another_book(town)
    caller = town.caller("volunteer")

    home = done(caller.post("/me/books", {"node_code": other, "consent_version": "1"}), 201)

    assert home["book"] == "panji"
    assert home["volunteer_no"] == "PANJI-000001"
    assert {book["book"] for book in done(caller.get("/me/books"))["items"]} == {"ningde", "panji"}


def test_joining_a_place_without_a_book_is_refused(town: Town) -> None:
    caller = town.caller("volunteer")
    before = everything(town.session)

    answer = caller.post("/me/books", {"node_code": "35", "consent_version": "1"})

    refused(answer, "not_found", 404)
    assert everything(town.session) == before


def test_my_record_holds_what_every_room_knows(town: Town) -> None:
    caller = town.caller("volunteer")
    points.grant(town.session, town.world, caller.member.id, 90)
    town.session.commit()

    record = done(caller.get("/me/record"))["books"][0]

    assert record["book"] == "ningde"
    assert record["person"]["name"] == "人volunteer"
    assert record["statements"]["minutes"]["closing"] == 90
    assert record["statements"]["points"]["closing"] == 1
    assert [grant["minutes"] for grant in record["grants"]] == [90]
    assert [consent["purpose"] for consent in record["consents"]] == ["membership"]
    assert done(caller.get("/me/record?book=ningde"))["books"] == [record]
    refused(caller.get("/me/record?book=panji"), "not_found", 404)


def test_my_record_leaves_nothing_out(town: Town) -> None:
    record = done(town.caller("volunteer").get("/me/record"))["books"][0]

    assert set(record) == {
        *("person", "membership", "books", "consents", "roles", "sessions", "agents", "book"),
        *("holding", "statements", "grants", "backfills", "attendances", "enrolments"),
        *("late_scans", "photos"),
        *("redemptions", "objections", "orders", "order_work", "calls", "posts"),
        *("wishes", "wishes_claimed", "exchanges", "offers", "sightings"),
    }
    assert record["membership"]["node_name"] == town.node.name


def test_each_of_my_books_says_what_expires_next(town: Town) -> None:
    caller = town.caller("volunteer")
    points.grant(town.session, town.world, caller.member.id, 120)
    town.session.commit()

    home = done(caller.get("/me/books"))["items"][0]

    assert (home["spendable_points"], home["next_expiry_points"]) == (2, None)
    assert home["next_expires_on"] is None  # this programme's points last


def test_i_correct_my_name_with_my_password(town: Town) -> None:
    caller = town.caller("volunteer")
    before = everything(town.session)

    wrong = caller.put("/me/person", {"name": "温如许", "password": "不是这个密码吧"})
    refused(wrong, "sign_in_failed", 401)
    assert done(caller.get("/me"))["name"] == "人volunteer"
    assert len(everything(town.session)) == len(before)
    done(caller.put("/me/person", {"name": "温如许", "password": PASSWORD}), 204)

    assert done(caller.get("/me"))["name"] == "温如许"


def test_i_take_another_phone_by_a_code_sent_to_it(town: Town) -> None:
    caller = town.caller("volunteer")
    code = _code_to(town, "00000009876")

    sent = {"password": PASSWORD, "new_phone": "000-0000-9876", "new_code": code}
    done(caller.put("/me/phone", sent), 204)

    assert done(caller.get("/me"))["phone_masked"] == "000****9876"


def test_a_phone_that_is_not_proven_is_not_taken(town: Town) -> None:
    caller = town.caller("volunteer")
    before = done(caller.get("/me"))["phone_masked"]

    sent = {"password": PASSWORD, "new_phone": "000-0000-9876", "new_code": "000000"}
    refused(caller.put("/me/phone", sent), "sign_in_failed", 401)

    assert done(caller.get("/me"))["phone_masked"] == before


def test_my_record_comes_as_a_table_too(town: Town) -> None:
    answer = town.caller("volunteer").get("/me/record.csv?book=ningde")

    assert answer.mimetype == "text/csv"
    text = answer.get_data().decode("utf-8-sig")
    assert "本人,ningde,person.name,人volunteer" in text
    assert "其他," not in text
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_consent_is_given_and_taken_back(town: Town) -> None:
    caller = town.caller("volunteer")

    given = done(caller.post("/me/consents", {"purpose": "board", "text_version": "2"}), 201)
    assert given["withdrawn_at"] is None
    done(caller.delete("/me/consents/board"), 204)

    assert not consents.has(town.session, person_id=caller.member.person_id, purpose="board")
    listed = done(caller.get("/me/consents"))["items"]
    assert {each["purpose"] for each in listed} == {"membership", "board"}
    with no_change(town.session):
        refused(caller.delete("/me/consents/board"), "not_found", 404)


def test_being_a_member_is_not_taken_back_like_a_consent(town: Town) -> None:
    caller = town.caller("volunteer")
    before = everything(town.session)

    refused(caller.delete("/me/consents/membership"), "validation_failed", 422)

    assert everything(town.session) == before


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(town: Town) -> None:
    caller = town.caller("volunteer")
    other = doors.Caller(town.session, town.client, _sign_in_again(town, caller), caller.member)

    with no_change(town.session):
        wrong = caller.put("/me/password", {"password": "不是这个密码吧", "new_password": NEW})
        refused(wrong, "sign_in_failed", 401)
    assert other.get("/me").status_code == 200
    done(caller.put("/me/password", {"password": PASSWORD, "new_password": NEW}), 204)

    refused(other.get("/me"), "session_expired", 401)
    assert caller.get("/me").status_code == 200
    done(caller.put("/me/password", {"password": NEW, "new_password": PASSWORD}), 204)


def test_a_wrong_password_is_counted_until_it_locks(town: Town) -> None:
    caller = town.caller("volunteer")

    for _ in range(5):
        caller.put("/me/pin", {"password": "不是这个密码吧", "new_pin": "730519"})
    answer = caller.put("/me/pin", {"password": PASSWORD, "new_pin": "730519"})

    refused(answer, "rate_limited", 429)
    assert not credentials.has_pin(town.session, person_id=caller.member.person_id)


def test_a_code_to_my_own_phone_proves_me_too(town: Town) -> None:
    caller = town.caller("volunteer")
    phone = _phone_of(town, caller)
    code = _code_to(town, phone)

    done(caller.put("/me/pin", {"phone": phone, "code": code, "new_pin": "730519"}), 204)

    assert credentials.has_pin(town.session, person_id=caller.member.person_id)


def test_a_code_to_another_phone_proves_nothing_and_is_not_used_up(town: Town) -> None:
    caller, other = town.caller("volunteer"), town.caller("clerk")
    phone = _phone_of(town, other)
    code = _code_to(town, phone)

    with no_change(town.session):
        answer = caller.put("/me/pin", {"phone": phone, "code": code, "new_pin": "730519"})

        refused(answer, "sign_in_failed", 401)
    done(other.put("/me/pin", {"phone": phone, "code": code, "new_pin": "730519"}), 204)


@pytest.mark.parametrize("proof", [{}, {"phone": "00000000001"}, {"code": "123456"}])
def test_half_a_proof_is_none(town: Town, proof: dict[str, str]) -> None:
    volunteer = town.caller("volunteer")
    with no_change(town.session):
        answer = volunteer.put("/me/password", {**proof, "new_password": NEW})

        refused(answer, "validation_failed", 422)


def test_an_easily_guessed_pin_is_refused(town: Town) -> None:
    caller = town.caller("volunteer")

    with no_change(town.session):
        refused(
            caller.put("/me/pin", {"password": PASSWORD, "new_pin": "123456"}), "validation_failed"
        )

    assert not credentials.has_pin(town.session, person_id=caller.member.person_id)


def test_i_end_one_of_my_sessions_and_then_all_others(town: Town) -> None:
    caller = town.caller("volunteer")
    second, third = (_sign_in_again(town, caller) for _ in range(2))
    listed = done(caller.get("/me/sessions"))["items"]
    assert len(listed) == 3
    assert sum(each["is_current"] for each in listed) == 1
    one = next(each["id"] for each in listed if not each["is_current"])

    done(caller.delete(f"/me/sessions/{one}"), 204)
    assert len(done(caller.get("/me/sessions"))["items"]) == 2
    with no_change(town.session):
        refused(caller.delete(f"/me/sessions/{one}"), "not_found", 404)
        refused(caller.delete("/me/sessions/zz"), "not_found", 404)
    assert done(caller.post("/me/sessions/end-others"))["count"] == 1

    for token in (second, third):
        refused(
            doors.Caller(town.session, town.client, token, caller.member).get("/me"),
            "session_expired",
            401,
        )


def test_nobody_ends_the_session_of_another(town: Town) -> None:
    caller, other = town.caller("volunteer"), town.caller("clerk")
    theirs = done(other.get("/me/sessions"))["items"][0]["id"]

    with no_change(town.session):
        refused(caller.delete(f"/me/sessions/{theirs}"), "not_found", 404)

    assert other.get("/me").status_code == 200


def test_erasure_says_what_is_left_and_asks_to_give_it_up(town: Town) -> None:
    caller = town.caller("volunteer")
    points.grant(town.session, town.world, caller.member.id, 120)
    town.session.commit()
    before = everything(town.session)

    left = done(caller.get("/me/erasure"))["books"]
    answer = caller.post("/me/erasure", {"password": PASSWORD})

    assert left == [
        {
            "book": "ningde",
            "spendable_points": 2,
            "receivable_points": 0,
            "held_points": 0,
            "open_objections": 0,
        }
    ]
    refused(answer, "validation_failed", 422)
    assert everything(town.session) == before


def test_erasure_takes_name_and_phone_and_ends_the_session(town: Town) -> None:
    caller = town.caller("volunteer")

    with no_change(town.session):
        refused(caller.post("/me/erasure", {"password": "不是这个密码吧"}), "sign_in_failed", 401)
    done(caller.post("/me/erasure", {"password": PASSWORD, "gives_up_points": True}), 204)

    town.session.expire_all()
    person = town.session.get(Person, caller.member.person_id)
    assert person is not None
    assert (person.name_cipher, person.phone_cipher) == (None, None)
    refused(caller.get("/me"), "session_expired", 401)


def _another_book(town: Town) -> str:
    from app.points import programmes
    from tests.factories import community as places

    node = places.make_node(town.session, code="340406", name="潘集区", kind_code="county")
    programmes.start(town.session, node=node, book_code="panji", name="积分制", actor=SYSTEM)
    town.session.commit()
    return node.code


def _phone_of(town: Town, caller: doors.Caller) -> str:
    from app.base import crypto

    person = town.session.get(Person, caller.member.person_id)
    assert person is not None
    assert person.phone_cipher is not None
    return crypto.unseal(person.phone_cipher, person.person_id)


def _code_to(town: Town, phone: str) -> str:
    outgoing = login_codes.issue(town.session, phone=phone)
    town.session.commit()
    found = re.search(r"\d{6}", outgoing.text)
    assert found is not None
    return found[0]


def _sign_in_again(town: Town, caller: doors.Caller) -> str:
    phone = _phone_of(town, caller)
    town.session.commit()
    answer = town.client.post("/api/v1/sessions", json={"phone": phone, "password": PASSWORD})
    return str(done(answer, 201)["token"])
