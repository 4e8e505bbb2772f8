"""Every API route, whoever wrote it, answers nonsense with a coded problem and changes nothing.

The routes come from the application's own map, so a new one is tested the day it is
written. Where a body is needed, the API's description makes one that could pass.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.web.errors import PROBLEM
from app.web.permissions import PUBLIC
from app.web.texts import TEXTS
from tests.factories.doors import Caller, Town
from tests.web.answers import ANY_ID, everything, path_of

WRITING = ("POST", "PUT", "PATCH", "DELETE")
NEEDS_NO_KEY = {
    # sign-in and sign-up: nobody is there yet to whom a key could belong
    "POST /sign-in-codes",
    "POST /sessions",
    "DELETE /sessions/current",
    "POST /members",
    # a secret is in the request or in the answer, and a key would keep a trace of it
    "PUT /me/password",
    "PUT /me/pin",
    "PUT /me/person",
    "PUT /me/phone",
    "POST /me/erasure",
    "POST /books/{book}/me/codes",
    "POST /books/{book}/cards/{card_id}/print",
    # the second time changes nothing
    "POST /books/{book}/me/inbox/read",
}
"""Writing routes of people and places that carry no Idempotency-Key, and why."""
VALUES = {"book": "ningde", "node_code": "350902200001", "purpose": "board", "role": "clerk"}


@dataclass(frozen=True)
class Door:
    """One method of one route."""

    method: str
    rule: Any
    path: str
    policy: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule.removeprefix('/api/v1')}"


def doors_of(app: Flask) -> Iterator[Door]:
    """Every method of every API route, with a path that leads to it."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if not rule.rule.startswith("/api/v1/"):
                continue
            path = path_of(rule, **VALUES)
            view = app.view_functions[rule.endpoint]
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Door(method, rule, path, getattr(view, "policy", ""))


def require_problem(door: Door, answer: Any) -> dict[str, Any]:
    """The answer is a problem of a code that has a sentence."""
    shown = f"{door}: {answer.status_code} {answer.get_data(as_text=True)[:300]}"
    assert answer.mimetype == PROBLEM, shown
    problem: dict[str, Any] = answer.get_json()
    assert problem["code"] in TEXTS, shown
    assert problem["status"] == answer.status_code < 500, shown
    assert {"type", "title", "outcome", "retryable", "request_id"} <= problem.keys(), shown
    return problem


def send(caller: Caller, door: Door, **options: Any) -> Any:
    return caller._send(door.method, door.path.removeprefix("/api/v1"), **options)


def test_a_stranger_is_told_to_sign_in_at_every_door(app: Flask, client: FlaskClient) -> None:
    for door in doors_of(app):
        if door.policy != PUBLIC:
            problem = require_problem(door, client.open(door.path, method=door.method))
            assert problem["code"] == "not_authenticated", door


def test_garbage_is_refused_at_every_door(app: Flask, town: Town) -> None:
    caller = town.caller("volunteer")
    before = everything(town.session)

    for door in doors_of(app):
        if door.method in WRITING and _takes_json(app, door):
            answer = send(caller, door, data=b'{"half": ', content_type="application/json")
            assert require_problem(door, answer)["status"] in (400, 403, 404, 422), door

    assert everything(town.session) == before


def test_an_unknown_field_is_refused_at_every_door(app: Flask, town: Town) -> None:
    caller = town.caller("volunteer")
    before = everything(town.session)

    for door in doors_of(app):
        if door.method in WRITING and _takes_json(app, door):
            body = {**_body_of(app, door), "surely_unknown": 1}
            problem = require_problem(door, send(caller, door, json=body))
            assert problem["code"] == "validation_failed", (str(door), problem)
            pointers = {error["pointer"] for error in problem["errors"]}
            assert "/surely_unknown" in pointers, (str(door), problem)

    assert everything(town.session) == before


def test_an_unknown_query_is_refused_at_every_door_that_takes_one(app: Flask, town: Town) -> None:
    caller = town.caller("volunteer")

    for door in doors_of(app):
        if _queries(app, door):
            path = f"{door.path.removeprefix('/api/v1')}?surely_unknown=1"
            problem = require_problem(door, caller._send(door.method, path))
            assert problem["code"] == "validation_failed", (str(door), problem)


def test_a_missing_key_is_refused_at_every_door_that_writes(app: Flask, town: Town) -> None:
    caller = town.caller("volunteer")
    before = everything(town.session)

    for door in doors_of(app):
        if door.method in WRITING and str(_described(door)) not in NEEDS_NO_KEY:
            options = {"json": _body_of(app, door)} if _takes_json(app, door) else {}
            answer = send(caller, door, headers={"Idempotency-Key": ""}, **options)
            if answer.status_code < 400 and _only_reads(door):
                continue
            require_problem(door, answer)

    assert everything(town.session) == before


def test_a_malformed_key_is_refused(town: Town) -> None:
    for key in ("short", "x" * 65, "with space with space with"):
        answer = town.caller("volunteer").post(
            "/me/consents", {"purpose": "board", "text_version": "1"}, key=key
        )
        assert answer.get_json()["code"] == "idempotency_key_invalid"


def test_an_id_that_is_none_is_not_found(app: Flask, town: Town) -> None:
    caller = town.caller("volunteer")

    for door in doors_of(app):
        if ANY_ID in door.path and door.method == "GET":
            path = door.path.replace(ANY_ID, "7").removeprefix("/api/v1")
            require_problem(door, caller._send("GET", path))


def test_a_route_that_is_none_is_a_problem_too(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing/here")

    assert (answer.mimetype, answer.get_json()["code"]) == (PROBLEM, "not_found")
    wrong = client.put("/api/v1/nodes")
    assert (wrong.mimetype, wrong.status_code) == (PROBLEM, 405)


def _described(door: Door) -> str:
    path = "".join(f"{{{text}}}" if is_dynamic else text for is_dynamic, text in door.rule._trace)
    return f"{door.method} {path.lstrip('|').removeprefix('/api/v1')}"


def _operation(app: Flask, door: Door) -> dict[str, Any]:
    method, _, path = _described(door).partition(" ")
    found: dict[str, Any] = _spec(app)["paths"][f"/api/v1{path}"][method.lower()]
    return found


_specs: dict[int, dict[str, Any]] = {}


def _spec(app: Flask) -> dict[str, Any]:
    if id(app) not in _specs:
        _specs.clear()
        _specs[id(app)] = app.test_client().get("/api/openapi.json").get_json()
    return _specs[id(app)]


def _takes_json(app: Flask, door: Door) -> bool:
    content = _operation(app, door).get("requestBody", {}).get("content", {})
    return "application/json" in content


def _queries(app: Flask, door: Door) -> bool:
    parameters = _operation(app, door).get("parameters", [])
    return any(each.get("in") == "query" for each in parameters)


def _only_reads(door: Door) -> bool:
    """Searches and scans are posted so that no name or token stands in a URL."""
    return door.method == "POST" and not door.rule.endpoint.startswith("me")


def _body_of(app: Flask, door: Door) -> dict[str, Any]:
    """Make a body that the schema lets through, with every required field."""
    schema = _operation(app, door)["requestBody"]["content"]["application/json"]["schema"]
    made = _example(app, schema)
    assert isinstance(made, dict), door
    return made


def _example(app: Flask, schema: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _example(app, _spec(app)["components"]["schemas"][schema["$ref"].split("/")[-1]])
    if "allOf" in schema:
        return _example(app, schema["allOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        names = schema.get("required", [])
        return {name: _example(app, schema["properties"][name]) for name in names}
    if kind == "array":
        return [_example(app, schema["items"])] * max(1, schema.get("minItems", 1))
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return True
    return _text(schema)


def _text(schema: dict[str, Any]) -> str:
    known = {"uuid": ANY_ID, "date": "2026-03-01", "date-time": "2026-03-01T08:00:00+08:00"}
    return known.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
