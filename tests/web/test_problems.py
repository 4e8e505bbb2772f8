"""Problems in the one shape (reliability contract §8): members, headers, pages."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.base import clock, idempotency
from app.ledger.models import Book
from app.web.texts import TEXTS
from tests.factories.doors import Town, new_key
from tests.web.answers import done, everything, no_change, refused


def test_a_problem_has_every_member_of_the_contract(town: Town) -> None:
    answer = town.caller("volunteer").get(f"{town.book}/members")
    problem = answer.get_json()

    assert answer.status_code == problem["status"] == 403
    assert problem["type"].endswith(f"/problems/{problem['code']}")
    assert problem["instance"] == f"urn:uuid:{problem['request_id']}"
    assert problem["title"] == TEXTS["permission_denied"].zh
    assert (problem["outcome"], problem["retryable"]) == ("none", "no")


def test_the_sentence_is_in_the_language_that_is_asked_for(town: Town) -> None:
    headers = {"Accept-Language": "en-GB,en;q=0.9"}
    english = town.caller("volunteer").get(f"{town.book}/members", headers=headers)
    assert english.get_json()["title"] == TEXTS["permission_denied"].en


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_the_type_of_every_problem_is_a_page_that_people_can_read(
    client: FlaskClient, code: str
) -> None:
    page = client.get(f"/problems/{code}")
    assert page.status_code == 200
    assert TEXTS[code].zh in page.text


def test_a_wrong_method_names_the_right_ones(town: Town) -> None:
    staff = town.caller("staff")
    with no_change(town.session):
        answer = staff.put("/nodes")
        refused(answer, "malformed_request", 405)
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "HEAD"}


def test_pages_say_the_same_in_plain_chinese_with_the_same_status(client: FlaskClient) -> None:
    for path, method, status in (("/no/such/page", "GET", 404), ("/q", "DELETE", 405)):
        page = client.open(path, method=method)
        assert (page.status_code, page.mimetype) == (status, "text/html")
        assert "什么都没有变" in page.text
        assert "Traceback" not in page.text


def test_an_ended_session_is_told_as_one(town: Town) -> None:
    mine = town.caller("volunteer")
    done(mine.delete("/sessions/current"), 204)
    refused(mine.get("/me"), "session_expired", 401)
    assert mine.get("/me").headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_left_alone_too_long_is_told_as_ended(town: Town) -> None:
    mine = town.caller("volunteer")
    with clock.held_at(clock.now().replace(year=clock.now().year + 1)):
        refused(mine.get("/me"), "session_expired", 401)
    assert mine.get("/me").status_code == 200


def test_a_foreign_host_is_refused(app: Flask, client: FlaskClient) -> None:
    app.config["TRUSTED_HOSTS"] = ["timebank.example"]
    refused(client.get("/api/v1/nodes", headers={"Host": "evil.example"}), "host_not_allowed", 400)
    page = client.get("/problems/not_found", headers={"Host": "evil.example"})
    assert (page.status_code, page.text) == (400, TEXTS["host_not_allowed"].zh)
    assert client.get("/api/v1/nodes", headers={"Host": "timebank.example"}).status_code == 200


def test_a_read_only_book_is_423_at_every_kind_of_writing(town: Town) -> None:
    staff, mine = town.caller("staff"), town.caller("volunteer")
    book = town.session.get(Book, town.ledger_id)
    book.read_only_at, book.read_only_reason = clock.now(), "proof"
    town.session.commit()
    before = everything(town.session)
    ask = {"member_id": str(mine.member.id), "category_code": "other", "quantity": 60}
    for path, body in (
        (f"{town.book}/openings", {"lines": [{"member_id": str(mine.member.id), "minutes": 60}]}),
        (f"{town.book}/manual-grants", {**ask, "reason": "x"}),
    ):
        answer = staff.post(path, body)
        assert answer.status_code in (422, 423), (path, answer.get_json())
    assert everything(town.session) == before
    assert mine.get(f"{town.book}/me/statement").status_code == 200


def test_a_pruned_answer_still_says_that_it_was_done(town: Town) -> None:
    staff, key = town.caller("staff"), new_key()
    body = {"node_code": town.node.code, "name": "旗帜先锋", "kind": "队", "lead_body": "支部"}
    made = done(staff.post(f"{town.book}/teams", body, key=key), 201)
    taken = new_key()
    with no_change(town.session):
        refused(staff.post(f"{town.book}/teams", body, key=taken), "name_taken", 409)
    later = clock.now().replace(year=clock.now().year + 1)
    idempotency.prune(town.session, ledger_id=town.ledger_id, before=later)
    town.session.commit()

    again = staff.post(f"{town.book}/teams", body, key=key)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    assert again.get_json() == {"outcome": "applied", "resource": made["id"]}
    with no_change(town.session):
        refused(staff.post(f"{town.book}/teams", body, key=taken), "name_taken", 409)
    asked = staff.get(f"{town.book}/operations?idempotency_key={taken}").get_json()
    assert (asked["state"], asked["code"]) == ("refused", "name_taken")
