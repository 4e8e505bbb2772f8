"""What nobody sends by mistake: no door answers it with a crash, and nothing changes."""

import json
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound

from tests.factories.doors import Town
from tests.web.answers import done, everything, no_change, refused
from tests.web.test_every_api_door import WRITING, _takes_json, doors_of, require_problem, send

pytestmark = pytest.mark.slow

DEEP = 20_000
HOSTILE = (
    None, True, False, 0, -1, 1.5, 1e308, 10**30, -(10**30), 2**63, 2**31, "", "\0", "a\0b",
    "😀" * 300, "x" * 5_000, [], {}, [[]], "NaN", "9999-12-31", "2026-02-30", "0001-01-01",
    "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "\ud800", "=1+1", "' OR 1=1--",
    "\u202e反", "00000000-0000-0000-0000-000000000000", {"a": {"b": 1}}, ["\0"], [1] * 2_000,
    "１２",
)  # fmt: skip
"""Values of the wrong kind, out of every range, or made to break what keeps them."""


def test_json_nested_too_deep_is_malformed_at_every_door(app: Flask, town: Town) -> None:
    caller = town.caller("volunteer")
    before = everything(town.session)

    for door in doors_of(app):
        if door.method in WRITING and _takes_json(app, door):
            for body in (b"[" * DEEP, b'{"a":' * DEEP):
                answer = send(caller, door, data=body, content_type="application/json")
                problem = require_problem(door, answer)
                assert problem["code"] in ("malformed_request", "permission_denied"), (
                    str(door),
                    problem,
                )

    assert everything(town.session) == before


@pytest.mark.parametrize("body", [b"\xff\xfe", b'{"a": "\xff"}', b"", b"null", b"[]", b"1", b"NaN"])
def test_a_body_that_is_no_object_is_a_problem(town: Town, body: bytes) -> None:
    staff = town.caller("staff")
    before = everything(town.session)
    answer = staff._send("POST", f"{town.book}/teams", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    refused(answer, answer.get_json()["code"])
    assert everything(town.session) == before


@pytest.mark.parametrize(
    ("who", "path", "good"),
    [
        ("staff", "/teams", {"node_code": "350902200001", "name": "队", "kind": "志愿服务队"}),
        ("staff", "/freezes", {"subject_kind": "member", "subject_id": "x", "reason": "x"}),
        ("administrator", "/merchants", {"node_code": "350902200001", "name": "店"}),
        (
            "staff",
            "/backfills",
            {"member_id": "x", "served_on": "2026-02-02", "minutes": 60, "reason": "补"},
        ),
        ("leader", "/activities", {"node_code": "350902200001", "title": "x", "sessions": []}),
        ("clerk", "/quotes", {"till_id": "x", "items": [{"goods_id": "x", "quantity_count": 1}]}),
        ("volunteer", "/me/objections", {"subject_kind": "grant", "subject_id": "x", "claim": "x"}),
    ],
)
def test_no_field_crashes_a_door(town: Town, who: str, path: str, good: dict[str, Any]) -> None:
    caller = town.caller(who)
    before = everything(town.session)

    for name, value in product(good, HOSTILE):
        body = json.dumps({**good, name: value}).encode()
        answer = caller._send("POST", town.book + path, data=body, content_type="application/json")
        if answer.status_code >= 400:
            refused(answer, answer.get_json()["code"])
            assert answer.status_code < 500, (name, value, answer.get_json())
            assert answer.status_code != 429, (name, value)
            assert everything(town.session) == before, (name, value)
        else:
            before = everything(town.session)


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_reaches_is_refused(town: Town, day: str) -> None:
    staff, mine = town.caller("staff"), town.caller("volunteer")
    for path in ("/activities/calendar", "/rankings/hours", "/activities/funnel"):
        for span in (f"from={day}&to=2026-01-01", f"from=2026-01-01&to={day}"):
            refused(staff.get(f"{town.book}{path}?{span}"), "validation_failed", 422)
    refused(mine.get(f"{town.book}/me/statement?from={day}"), "validation_failed", 422)
    refused(mine.get(f"{town.book}/me/statement?to={day}"), "validation_failed", 422)


@pytest.mark.parametrize(
    "piece", ["%00", "a%00b", "%0A", "%7F", "%FF", "%ED%A0%80", "x" * 300, "😀", "-1", "1" * 40]
)
def test_no_piece_of_an_address_crashes_a_door(town: Town, piece: str) -> None:
    staff = town.caller("staff")
    for path in (
        f"/nodes/{piece}", f"/nodes/{piece}/children", f"/nodes/{piece}/programme",
        f"/books/{piece}/teams", f"{town.book}/redemptions/{piece}", f"{town.book}/goods/{piece}",
        f"{town.book}/indicators/{piece}/rates", f"/nodes/350902200001/settings/{piece}",
    ):  # fmt: skip
        refused(staff.get(path), staff.get(path).get_json()["code"])
        assert staff.get(path).status_code in (404, 405), path
    for path in (f"/problems/{piece}", f"/b/{piece}", f"/{piece}"):
        assert town.client.get(path).status_code == 404


@pytest.mark.parametrize(
    "name", ["Idempotency-Key", "X-On-Behalf-Of", "If-Match", "Accept-Language"]
)
@pytest.mark.parametrize("value", ["x" * 5_000, '"', "*", "\x7f", "ÿ", ",", "0", 'W/"9"', "zh;q=x"])
def test_no_header_crashes_a_door(town: Town, name: str, value: str) -> None:
    staff = town.caller("staff")
    before = everything(town.session)
    url, body = f"{town.book}/goods/00000000-0000-7000-8000-000000000001", {"name": "x"}
    answer = staff._send("PATCH", url, json=body, headers={name: value})
    assert 400 <= answer.status_code < 500
    refused(answer, answer.get_json()["code"])
    assert everything(town.session) == before


@pytest.mark.parametrize("token", ["", "x", ".", "ÿ.y", "A" * 22 + ".x", "a.b.c", "A" * 3_000])
def test_no_token_crashes_the_door_of_sign_in(
    client: FlaskClient, session: Any, token: str
) -> None:
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    refused(answer, "not_authenticated", 401)
    client.set_cookie("timebank_session", token.replace("ÿ", "y"))
    refused(client.get("/api/v1/me"), "not_authenticated", 401)


def test_a_key_sent_twice_in_one_request_is_no_key(town: Town) -> None:
    key = "k" * 22
    staff = town.caller("staff")
    url = f"/api/v1{town.book}/teams"
    answer = town.client.post(
        url,
        json={},
        headers=[
            ("Authorization", f"Bearer {staff.token}"),
            ("Idempotency-Key", key),
            ("Idempotency-Key", key),
        ],
    )
    assert answer.status_code in (400, 422)
    body = {"node_code": town.node.code, "name": "新队", "kind": "志愿服务队", "lead_body": "支部"}
    with no_change(town.session):
        answer = town.client.post(
            url,
            json=body,
            headers=[
                ("Authorization", f"Bearer {staff.token}"),
                ("Idempotency-Key", key),
                ("Idempotency-Key", key),
            ],
        )
        refused(answer, "idempotency_key_invalid", 400)


def test_other_media_are_refused(town: Town) -> None:
    staff = town.caller("staff")
    before = everything(town.session)
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", ""):
        answer = staff._send("POST", f"{town.book}/teams", data=b'{"name": "x"}', content_type=kind)
        refused(answer, "unsupported_media_type", 415)
    answer = staff.post(f"{town.book}/members/import", {"file": "x"})
    refused(answer, "unsupported_media_type", 415)
    assert everything(town.session) == before


def test_a_body_past_the_limit_is_refused_at_once(app: Flask, town: Town) -> None:
    staff = town.caller("staff")
    before = everything(town.session)
    body = b'{"name": "' + b"x" * app.config["MAX_CONTENT_LENGTH"] + b'"}'
    answer = staff._send("POST", f"{town.book}/teams", data=body, content_type="application/json")
    refused(answer, "payload_too_large", 413)
    assert everything(town.session) == before
    with no_change(town.session):
        page = town.client.post("/verify", data={"code": "x" * app.config["MAX_CONTENT_LENGTH"]})
        assert page.status_code == 413
    assert "积分" in page.text or "没有" in page.text


def test_names_of_every_script_come_back_as_they_were_sent(town: Town) -> None:
    staff = town.caller("staff")
    for name in (
        "😀👩‍👩‍👧队",
        "Ünïcode 队",
        "עברית",
        "𠮷野家",
        "<script>alert(1)</script>",
        "'; DROP TABLE",
    ):
        body = {
            "node_code": town.node.code,
            "name": name,
            "kind": "志愿服务队",
            "lead_body": "支部",
        }
        assert done(staff.post(f"{town.book}/teams", body), 201)["name"] == name


def test_control_characters_in_an_address_reach_no_view(app: Flask) -> None:
    addresses = app.url_map.bind("localhost")
    assert addresses.match("/api/v1/nodes/35", "GET")[1] == {"node_code": "35"}
    for piece in ("a\0b", "\n", "\x7f", "x" * 201):
        with pytest.raises(NotFound):
            addresses.match(f"/api/v1/nodes/{piece}", "GET")
