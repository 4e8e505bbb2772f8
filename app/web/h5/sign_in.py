"""Signing in and out on a phone: by a code to the phone, or by password."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.base.errors import DomainError
from app.base.transactions import unit_of_work
from app.people import login_codes, senders, sign_in
from app.people.errors import NotRegistered
from app.web import session as web_session
from app.web.errors import problem_of
from app.web.h5.forms import load
from app.web.h5.forms import page as show_page
from app.web.limiter import GUESSING, limiter
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas.identity import CodeSignInIn, PasswordSignInIn, PhoneIn

bp = Blueprint("sign_in", __name__)


def next_page() -> str:
    """Return where to go after signing in: a path of this host only."""
    target = request.values.get("next", "")
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_ours else url_for("h5.home.page")


@bp.get("/sign-in")
@allow(PUBLIC)
def page() -> ResponseReturnValue:
    """Show the ways in."""
    return _show()


@bp.post("/sign-in/code")
@allow(PUBLIC)
@limiter.limit(GUESSING)
def send_code() -> ResponseReturnValue:
    """Send a one-time code to the phone."""
    asked, problem = load(PhoneIn(), _only("phone"))
    if problem:
        return _show(problem)
    phone = asked["phone"]
    try:
        outgoing = unit_of_work(lambda session: login_codes.issue(session, phone=phone))
    except DomainError as error:
        return _show(problem_of(error))
    senders.choose(current_app.config["SMS_SENDER"]).send(outgoing)
    return _show(is_sent=True)


@bp.post("/sign-in")
@allow(PUBLIC)
@limiter.limit(GUESSING)
def enter() -> ResponseReturnValue:
    """Sign in; a failed try is counted even though it is refused."""
    is_code = bool(request.form.get("code"))
    schema, way = (CodeSignInIn(), "code") if is_code else (PasswordSignInIn(), "password")
    asked, problem = load(schema, _only("phone", way))
    if problem:
        return _show(problem, is_sent="code" in request.form)
    enter_by: Any = sign_in.by_code if is_code else sign_in.by_password
    try:
        result = unit_of_work(lambda session: enter_by(session, **asked))
        if isinstance(result.refusal, NotRegistered):
            return _to_join(asked["phone"], result.ticket or "")
        token = result.require()
    except DomainError as error:
        return _show(problem_of(error), is_sent=is_code)
    answer = redirect(next_page(), code=303)
    return web_session.remember(answer, request, token)  # type: ignore[arg-type]


@bp.post("/sign-out")
@allow(SIGNED_IN)
def leave() -> ResponseReturnValue:
    """End this session on the server, and take the cookie back."""
    token = web_session.person().token
    unit_of_work(lambda session: sign_in.revoke(session, token))
    answer = redirect(url_for("h5.sign_in.page"), code=303)
    return web_session.forget(answer, request)  # type: ignore[arg-type]


def _to_join(phone: str, ticket: str) -> Response:
    """The phone is proven but new here: carry both to the joining form, not in the URL."""
    typed = {"phone": phone, "ticket": ticket}
    return show_page("h5/join.html", typed=typed, next=next_page())


def _only(*names: str) -> dict[str, str]:
    return {name: request.form[name] for name in names if request.form.get(name)}


def _show(problem: dict[str, Any] | None = None, *, is_sent: bool = False) -> Response:
    phone = request.form.get("phone", "")
    return show_page("h5/sign_in.html", problem, is_sent=is_sent, phone=phone, next=next_page())
