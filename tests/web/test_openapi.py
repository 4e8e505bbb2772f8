"""The API describes itself: every route, what it takes, what it gives, how it refuses."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.errors import PROBLEM

METHODS = ("get", "post", "put", "patch", "delete")
NO_CONTENT = "204"


@pytest.fixture
def spec(client: FlaskClient) -> dict[str, Any]:
    return client.get("/api/openapi.json").get_json()


def operations(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in spec["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def test_every_api_route_is_described(app: Flask, spec: dict[str, Any]) -> None:
    described = {name for name, _ in operations(spec)}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1"):
            path = "".join(
                f"{{{text}}}" if is_dynamic else text for is_dynamic, text in rule._trace
            ).lstrip("|")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert f"{method} {path}" in described, path


def test_every_route_has_a_summary_and_its_answers(spec: dict[str, Any]) -> None:
    for name, operation in operations(spec):
        assert operation.get("summary", "").endswith("."), (
            f"{name}: say in one sentence what it does"
        )
        answers = operation["responses"]
        refusal = answers["default"]["$ref"].rsplit("/", 1)[1]
        assert PROBLEM in spec["components"]["responses"][refusal]["content"]
        good = {status: each for status, each in answers.items() if status.startswith("2")}
        assert good, f"{name}: say what it answers"
        for status, each in good.items():
            assert status == NO_CONTENT or each.get("content"), f"{name} {status}: no schema"


def test_every_route_that_takes_a_body_describes_it(app: Flask, spec: dict[str, Any]) -> None:
    for name, operation in operations(spec):
        if "requestBody" in operation:
            (content,) = operation["requestBody"]["content"].values()
            assert content["schema"], name


def test_every_reference_leads_somewhere(spec: dict[str, Any]) -> None:
    text = json.dumps(spec)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "')[1:]}:
        found: Any = spec
        for step in reference.removeprefix("#/").split("/"):
            assert step in found, reference
            found = found[step]


def test_every_parameter_of_a_path_is_described(spec: dict[str, Any]) -> None:
    for path, methods in spec["paths"].items():
        named = {each["name"] for each in methods.get("parameters", []) if "name" in each}
        wanted = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert wanted <= named, path


def test_operations_are_named_apart(spec: dict[str, Any]) -> None:
    ids = [each["operationId"] for _, each in operations(spec) if "operationId" in each]

    assert len(ids) == len(set(ids))


def test_the_description_and_its_page_are_open_to_all(client: FlaskClient) -> None:
    # The Swagger UI that we ship draws 2.0 and 3.0 only; of 3.1 it shows an error.
    assert client.get("/api/openapi.json").get_json()["openapi"].startswith("3.0.")
    page = client.get("/api/docs")
    assert page.status_code == 200
    with client.get("/api/docs/swagger-ui.css") as style:
        assert style.status_code == 200
    assert client.get("/api/docs/other.css").status_code == 404
