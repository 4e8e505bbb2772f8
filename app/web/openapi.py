"""The API's own description: OpenAPI at /api/openapi.json, readable at /api/docs.

Swagger UI comes from a pip package, so the page needs no Node and asks no
other host for anything. It is version 4, which draws OpenAPI 3.0 and not 3.1.
"""

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Blueprint, Flask, Response, render_template, send_from_directory
from flask_smorest import Api
from swagger_ui_bundle import swagger_ui_path

from app.web.errors import PROBLEM
from app.web.permissions import PUBLIC, allow
from app.web.schemas import ProblemOut
from app.web.security import nonce

WRITING = ("post", "put", "patch", "delete")
KEY_HEADER: dict[str, Any] = {
    "description": "22 to 64 letters, digits, - or _; made and kept before sending. Needed to write"
    " but where the description says that no key is.",
    "schema": {"type": "string", "minLength": 22, "maxLength": 64},
}
BEHALF_HEADER: dict[str, Any] = {
    "description": "The person for whom a helper acts, by their leave in this book (代办).",
    "schema": {"type": "string", "format": "uuid"},
}
ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")

docs = Blueprint("docs", __name__, url_prefix="/api")


def schema_name(schema: Any) -> str:
    """Name a schema by its file and class, since two rooms may use the same word."""
    kind: Any = resolve_schema_cls(schema)
    room = kind.__module__.rpartition(".")[2]
    return f"{room}.{kind.__name__}" if room != "schemas" else str(kind.__name__)


class HouseApi(Api):
    """flask-smorest with this house's own problem answers."""

    ERROR_SCHEMA = ProblemOut

    def _register_error_handlers(self) -> None:
        """Leave error answers to `web.errors`."""

    def _register_responses(self) -> None:
        """Describe refusals in their own media type."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE


api = HouseApi(
    spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=schema_name)}
)


def describe_headers() -> None:
    """Name the headers that every writing route, and every route of a book, understands."""
    components = api.spec.components
    components.parameter("IDEMPOTENCY_KEY", "header", {"name": "Idempotency-Key", **KEY_HEADER})
    components.parameter("ON_BEHALF_OF", "header", {"name": "X-On-Behalf-Of", **BEHALF_HEADER})
    for path, methods in api.spec._paths.items():
        for method in methods.keys() & {"get", *WRITING}:
            names = ["IDEMPOTENCY_KEY"] if method in WRITING else []
            names += ["ON_BEHALF_OF"] if "{book}" in path else []
            references = [{"$ref": f"#/components/parameters/{name}"} for name in names]
            methods[method].setdefault("parameters", []).extend(references)


@docs.get("/docs")
@allow(PUBLIC)
def page() -> Response:
    """Show the API's description."""
    response = Response(render_template("api_docs.html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none';"
        f" script-src 'self' 'nonce-{nonce()}'; style-src 'self' 'unsafe-inline'"
    )
    return response


@docs.get("/docs/<name>")
@allow(PUBLIC)
def asset(name: str) -> Response:
    """Serve one of Swagger UI's files."""
    if name not in ASSETS:
        return Response(status=404)
    return send_from_directory(str(swagger_ui_path), name, max_age=86_400)


def init_app(app: Flask, blueprints: list[Any]) -> None:
    """Describe and attach the API's blueprints."""
    app.config.update(
        API_TITLE="爱心银行 Time bank",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "security": [{"bearer": []}, {"cookie": []}],
            "components": {
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "cookie": {"type": "apiKey", "in": "cookie", "name": "timebank_session"},
                }
            },
        },
    )
    api.init_app(app)
    for blueprint in blueprints:
        api.register_blueprint(blueprint, url_prefix=f"/api/v1{blueprint.url_prefix or ''}")
    describe_headers()
    app.register_blueprint(docs)
