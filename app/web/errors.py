"""Refusals in the words of HTTP: RFC 9457 problems for programs, a page for people."""

import time
import uuid
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, json, render_template, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from app.base.errors import DomainError, Refusal
from app.web.limiter import limiter
from app.web.reader import prefers_english
from app.web.texts import STATUS, text_of

PROBLEM = "application/problem+json"
CODE_OF_STATUS = {
    400: "malformed_request",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "malformed_request",
    412: "version_stale",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "validation_failed",
    428: "version_required",
    429: "rate_limited",
    503: "busy_retry",
}


class NotAuthenticated(DomainError):
    """Nobody is signed in."""

    code = "not_authenticated"
    refusal = Refusal.NOT_AUTHENTICATED


class SessionExpired(NotAuthenticated):
    """The session that was shown has ended: too old, unused too long, or signed out."""

    code = "session_expired"


class MalformedRequest(DomainError):
    """The request cannot be read."""

    code = "malformed_request"
    refusal = Refusal.MALFORMED


def request_id() -> str:
    """Return this request's id, for the answer and for the log."""
    if "request_id" not in g:
        g.request_id = str(uuid.uuid4())
    return str(g.request_id)


def problem_body(
    code: str, status: int, *, facts: dict[str, Any] | None = None, errors: Any = None
) -> dict[str, Any]:
    """Return the members of a problem: safe for strangers, stable for programs."""
    text = text_of(code)
    body: dict[str, Any] = {
        "type": f"{current_app.config['PUBLIC_URL']}/problems/{code}",
        "title": text.en if prefers_english() else text.zh,
        "status": int(status),
        "instance": f"urn:uuid:{request_id()}",
        "code": code,
        "outcome": "unknown" if code in UNKNOWN_OUTCOME else "none",
        "retryable": text.retryable,
        "request_id": request_id(),
    }
    if code in PAUSE_SECONDS:
        body["retry_after"] = (facts or {}).get("retry_after_seconds", PAUSE_SECONDS[code])
    if facts:
        body["facts"] = facts
    if errors:
        body["errors"] = errors
    return body


UNKNOWN_OUTCOME = {"idempotency_in_flight"}
PAUSE_SECONDS = {"idempotency_in_flight": 1, "busy_retry": 2, "rate_limited": 60}
"""How long to wait before the next try, unless the refusal itself knows better."""


def problem_of(error: DomainError) -> dict[str, Any]:
    """Return the problem that a refusal is."""
    errors = error.facts.pop("errors", None) if "errors" in error.facts else None
    return problem_body(error.code, STATUS[error.refusal], facts=error.facts, errors=errors)


def wants_json() -> bool:
    """Whether the answer goes to a program."""
    return request.path.startswith("/api/") or request.is_json


def answer(body: dict[str, Any]) -> Response:
    """Answer a problem to a program, or a page that says the same to a person."""
    status = int(body["status"])
    if wants_json():
        response = Response(json.dumps(body), status=status, mimetype=PROBLEM)
    else:
        page = render_template(
            "refusal.html", problem=body, sentence=body["title"], surface="phone"
        )
        response = Response(page, status=status, mimetype="text/html")
    pace(response, body)
    if status == HTTPStatus.UNAUTHORIZED and wants_json():
        response.headers["WWW-Authenticate"] = 'Bearer realm="timebank"'
    return response


def pace(response: Response, body: dict[str, Any]) -> Response:
    """Say in the header, too, how long to wait before the next try."""
    if "retry_after" in body:
        response.headers["Retry-After"] = str(body["retry_after"])
    return response


def answer_refusal(error: DomainError) -> Response:
    """A rule said no."""
    return answer(problem_of(error))


def answer_invalid(error: ValidationError) -> Response:
    """The body did not match the schema."""
    return answer(problem_body("validation_failed", 422, errors=list(pointers(error.messages))))


def answer_http(error: HTTPException) -> Response:
    """Flask itself said no: no such page, not JSON, too large."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    messages = (getattr(error, "data", None) or {}).get("messages", {})
    code = CODE_OF_STATUS.get(status, "malformed_request" if status < 500 else "internal_error")
    if status in (301, 302, 303, 307, 308):
        return error.get_response()  # type: ignore[return-value]
    if isinstance(error, SecurityError):
        return answer_foreign_host()
    response = answer(problem_body(code, status, errors=list(pointers(messages))))
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def answer_foreign_host() -> Response:
    """Not our host: no page of ours can be drawn, for none of its links would lead here."""
    body = problem_body("host_not_allowed", 400)
    if wants_json():
        return Response(json.dumps(body), status=400, mimetype=PROBLEM)
    return Response(body["title"], status=400, mimetype="text/plain")


def answer_csrf(error: CSRFError) -> Response:
    """The form's token is missing or too old."""
    return answer(problem_body("csrf_failed", 403))


def answer_rate(error: RateLimitExceeded) -> Response:
    """Too many requests from one place; the window opens again when its oldest is gone."""
    now = limiter.current_limit
    wait = max(1, round(now.reset_at - time.time())) if now else PAUSE_SECONDS["rate_limited"]
    return answer(problem_body("rate_limited", 429, facts={"retry_after_seconds": wait}))


def answer_crash(error: Exception) -> Response:
    """A mistake of ours: logged whole, told without detail."""
    current_app.logger.exception("unexpected error in request %s", request_id())
    return answer(problem_body("internal_error", 500))


def pointers(messages: Any, path: str = "") -> Any:
    """Yield {pointer, code} for each invalid field (RFC 6901 pointers)."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = "" if not path and name in ("json", "query", "form") else f"/{name}"
            yield from pointers(inner, path + step)
    elif isinstance(messages, list):
        for message in messages:
            yield {"pointer": path or "/", "code": "invalid", "detail": str(message)}


def init_app(app: Flask) -> None:
    """Answer every refusal in one shape."""
    app.register_error_handler(DomainError, answer_refusal)
    app.register_error_handler(ValidationError, answer_invalid)
    app.register_error_handler(CSRFError, answer_csrf)
    app.register_error_handler(RateLimitExceeded, answer_rate)
    app.register_error_handler(HTTPException, answer_http)
    if not app.config.get("TESTING"):
        app.register_error_handler(Exception, answer_crash)
