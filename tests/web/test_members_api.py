"""Members and cards over HTTP: taken in, found, opened, unlocked; a card from first to last."""

import pytest

from app.people import audit, cards, credentials
from app.people.models import Card
from tests.factories.doors import PASSWORD, Town
from tests.web.answers import done, everything, no_change, once, refused

JOINER = {"name": "林晚舟", "consent_version": "2026-03"}


def test_staff_take_a_person_in_with_a_card_once_for_a_key(town: Town) -> None:
    staff = town.caller("staff")
    joiner = {**JOINER, "node_code": town.node.code, "has_card": True}

    made = once(staff, f"{town.book}/members", joiner, {**joiner, "name": "别的人"})

    assert made["name"] == "林*舟"
    assert made["card"]["state"] == "active"
    assert "token" not in made["card"]
    assert made["node_code"] == town.node.code


def test_the_answer_kept_with_a_key_holds_no_name(town: Town) -> None:
    joiner = {**JOINER, "node_code": town.node.code}

    answer = town.caller("staff").post(f"{town.book}/members", joiner)

    assert "晚" not in answer.get_data().decode("unicode_escape")


def test_somebody_known_elsewhere_is_not_taken_over(town: Town) -> None:
    known = town.caller("volunteer", town.elsewhere)
    phone = _phone(town, known.member.person_id)
    before = everything(town.session)
    joiner = {
        "name": "人volunteer",
        "phone": phone,
        "node_code": town.node.code,
        "consent_version": "1",
        "has_card": True,
    }
    staff = town.caller("staff")
    before = everything(town.session)

    refused(staff.post(f"{town.book}/members", joiner), "already_member", 409)

    assert everything(town.session) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "好" * 33},
        {"phone": "12345"},
        {"birth_year": 1800},
        {"birth_year": "x"},
        {"has_card": "perhaps"},
        {"node_code": ""},
        {"id_number": "350902"},
        {"birth_year": 2020},
    ],
)
def test_a_newcomer_who_may_not_stand_is_refused(town: Town, wrong: dict[str, object]) -> None:
    staff = town.caller("staff")
    before = everything(town.session)

    answer = staff.post(f"{town.book}/members", {**JOINER, "node_code": town.node.code, **wrong})

    refused(answer, "validation_failed", 422)
    assert everything(town.session) == before


def test_members_are_listed_masked_and_found_by_name_number_and_card(town: Town) -> None:
    member = town.member("欧阳小满")
    town.member("任清和", town.elsewhere)
    card = cards.issue(
        town.session, ledger_id=town.ledger_id, member_id=member.id, actor=town.world.staff
    ).card
    staff, path = town.caller("staff"), f"{town.book}/members"

    listed = done(staff.get(path))["items"]
    assert {each["name"] for each in listed} == {"欧**满", "人***f"}
    assert len(done(staff.get(f"{path}?limit=1"))["items"]) == 1
    for text in ("小满", member.volunteer_no.lower(), card.card_no):
        found = done(staff.post(f"{path}/search", {"text": text}))["items"]
        assert [each["id"] for each in found] == [str(member.id)]
    assert done(staff.post(f"{path}/search", {"text": "清和"}))["items"] == []


def test_opening_a_member_shows_the_name_and_is_written_down(town: Town) -> None:
    member = town.member("欧阳小满")
    staff = town.caller("staff")

    opened = done(staff.get(f"{town.book}/members/{member.id}"))

    assert (opened["name"], opened["name_masked"]) == ("欧阳小满", "欧**满")
    assert opened["is_frozen"] is False
    lines = audit.list_of_subject(town.session, ledger_id=town.ledger_id, subject_id=member.id)
    assert lines[0].action == "member_opened"
    assert lines[0].actor_id == staff.member.person_id


def test_staff_unlock_who_tried_too_often(town: Town) -> None:
    locked = town.caller("volunteer")
    for _ in range(5):
        locked.put("/me/pin", {"password": "不是这个密码吧", "new_pin": "730519"})

    done(town.caller("staff").post(f"{town.book}/members/{locked.member.id}/unlock"), 204)

    done(locked.put("/me/pin", {"password": PASSWORD, "new_pin": "730519"}), 204)
    assert credentials.has_pin(town.session, person_id=locked.member.person_id)


def test_a_card_goes_through_its_life(town: Town) -> None:
    member, staff = town.member(), town.caller("staff")
    path = f"{town.book}/members/{member.id}/cards"

    first = once(staff, path, {}, {"batch": "A"})
    with no_change(town.session):
        refused(staff.post(path, {}), "card_already_active", 409)
    once(staff, f"{town.book}/cards/{first['id']}/loss", status=200)
    done(staff.post(f"{town.book}/cards/{first['id']}/found"))
    second = once(staff, f"{town.book}/cards/{first['id']}/replacement", {}, {"batch": "B"})
    assert second["replaces_id"] == first["id"]
    with no_change(town.session):
        refused(staff.post(f"{town.book}/cards/{first['id']}/loss"), "card_not_active", 422)
    once(staff, f"{town.book}/cards/{second['id']}/cancellation", status=200)

    states = {each["card_no"]: each["state"] for each in done(staff.get(path))["items"]}
    assert states == {first["card_no"]: "replaced", second["card_no"]: "cancelled"}


def test_a_card_is_printed_and_then_tells_whose_it_is(town: Town) -> None:
    member, staff = town.member(), town.caller("staff")
    card = done(staff.post(f"{town.book}/members/{member.id}/cards", {}), 201)
    token = done(staff.post(f"{town.book}/cards/{card['id']}/print"))["token"]

    for who in ("clerk", "leader", "staff"):
        holder = done(town.caller(who).post(f"{town.book}/cards/identify", {"token": token}))
        assert holder == {
            "member_id": str(member.id),
            "volunteer_no": member.volunteer_no,
            "name": "温*许",
            "card_no": card["card_no"],
            "is_frozen": False,
        }
    volunteer = town.caller("volunteer")
    with no_change(town.session):
        refused(
            volunteer.post(f"{town.book}/cards/identify", {"token": token}),
            "permission_denied",
            403,
        )
    lines = audit.list_of_subject(
        town.session, ledger_id=town.ledger_id, subject_id=_card(town, card["card_no"]).id
    )
    assert lines[0].action == "card_reprinted"


@pytest.mark.parametrize(
    ("token", "code"),
    [("TC1.zz.AAAAAAAAAAAAAAAAAAAAAA", "not_found"), ("rubbish", "not_found")],
)
def test_what_is_no_card_is_nobodys(town: Town, token: str, code: str) -> None:
    clerk = town.caller("clerk")
    with no_change(town.session):
        refused(clerk.post(f"{town.book}/cards/identify", {"token": token}), code)


def test_a_member_reports_their_own_card_lost_and_no_other(town: Town) -> None:
    caller, staff = town.caller("volunteer"), town.caller("staff")
    own = done(staff.post(f"{town.book}/members/{caller.member.id}/cards", {}), 201)
    theirs = done(staff.post(f"{town.book}/members/{staff.member.id}/cards", {}), 201)

    with no_change(town.session):
        refused(caller.post(f"{town.book}/me/cards/{theirs['id']}/loss"), "not_found", 404)
    lost = once(caller, f"{town.book}/me/cards/{own['id']}/loss", status=200)

    assert lost["state"] == "lost"
    assert done(caller.get(f"{town.book}/me/cards"))["items"] == [lost]


def test_cards_are_found_by_number_and_counted(town: Town) -> None:
    member, staff = town.member(), town.caller("staff")
    card = done(staff.post(f"{town.book}/members/{member.id}/cards", {}), 201)

    found = done(staff.get(f"{town.book}/cards?card_no={card['card_no'].lower()}"))
    counts = done(town.caller("city_auditor").get(f"{town.book}/cards/counts"))

    assert found["member_id"] == str(member.id)
    assert (counts["issued_count"], counts["holder_count"]) == (1, 1)
    refused(staff.get(f"{town.book}/cards/counts"), "not_found", 404)


def _card(town: Town, card_no: str) -> Card:
    from app.people import card_register

    return card_register.by_number(town.session, ledger_id=town.ledger_id, card_no=card_no)


def _phone(town: Town, person_id: object) -> str:
    from app.base import crypto
    from app.people.models import Person

    person = town.session.get(Person, person_id)
    assert person is not None
    assert person.phone_cipher is not None
    return crypto.unseal(person.phone_cipher, person.person_id)
