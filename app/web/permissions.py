"""Who may enter which door: deny by default, one policy on every view.

A view without a policy is refused to everybody, and a test walks all routes. The
policy says who may knock; whether the thing asked for is theirs is asked again
with the node of that thing (`require_role`).
"""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, Response, current_app, redirect, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.base.errors import PermissionDenied
from app.community.models import Node
from app.people import roles
from app.web.errors import answer_refusal, wants_json
from app.web.session import stranger, token_of

PUBLIC = "public"
SIGNED_IN = "signed_in"
STAFF_ROLES = ("staff", "second_approver", "auditor", "administrator")

OPEN_ENDPOINTS = {"static", "api-docs.openapi_json"}
"""Views that are not ours to mark: Flask's files and the API's own description."""

View = TypeVar("View", bound=Callable[..., Any])
csrf = CSRFProtect()


def allow(policy: str) -> Callable[[View], View]:
    """Mark a view as open to `PUBLIC` or to anyone `SIGNED_IN`."""

    def mark(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return mark


def enforce() -> Any:
    """Stop a request that its view's policy does not allow; check CSRF for browsers."""
    if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS:
        return None
    view = current_app.view_functions[request.endpoint]
    policy = getattr(view, "policy", None)
    if policy is None:
        raise PermissionDenied(f"{request.endpoint} has no policy")
    if policy != PUBLIC and not current_user.is_authenticated:
        return _ask_to_sign_in()
    if request.method not in ("GET", "HEAD", "OPTIONS") and _may_be_forged():
        csrf.protect()
    return None


def _may_be_forged() -> bool:
    """Whether a foreign page could have made a browser send this with the cookie in it."""
    token, is_program = token_of(request)
    is_stranger_at_api = token is None and request.path.startswith("/api/")
    return not (is_program or is_stranger_at_api)


def _ask_to_sign_in() -> Response:
    if wants_json() or request.method != "GET":
        return answer_refusal(stranger())
    target = request.full_path if request.query_string else request.path
    return redirect(url_for("h5.sign_in.page", next=target))  # type: ignore[return-value]


def require_role(session: Session, person_id: UUID, node: Node, *names: str) -> None:
    """Refuse unless the person holds one of the roles on the node or above it.

    Raises:
        PermissionDenied: They do not.
    """
    if not roles.has(session, person_id=person_id, roles=names, node=node):
        raise PermissionDenied


def init_app(app: Flask) -> None:
    """Stand in front of every view."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = 8 * 3600
    app.config["WTF_CSRF_SSL_STRICT"] = False
    csrf.init_app(app)
    app.before_request(enforce)
