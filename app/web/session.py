"""Who is asking: a server-side session behind a cookie, or behind a bearer token.

The cookie serves browsers and needs the CSRF token; the bearer token serves
programs and is never sent by a browser by itself.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask, Request, Response, g
from flask_login import LoginManager, current_user

from app.base.actors import Actor
from app.base.transactions import reading, unit_of_work
from app.people import sign_in
from app.web.errors import NotAuthenticated

COOKIE = "timebank_session"
COOKIE_PRODUCTION = "__Host-timebank_session"
COOKIE_DAYS = 30
DEVICE_COOKIE = "timebank_device"

login_manager = LoginManager()


@dataclass(frozen=True)
class SignedInPerson:
    """The person behind this request, as Flask-Login wants to see them."""

    person_id: UUID
    token: str
    is_program: bool
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return the person's id; Flask-Login asks for it, no cookie carries it."""
        return str(self.person_id)


@login_manager.request_loader
def load_person(request: Request) -> SignedInPerson | None:
    """Return the person whose session the cookie or the bearer token names."""
    token, is_program = token_of(request)
    if not token:
        return None
    with reading() as session:
        found = sign_in.find_session(session, token)
    if found is None:
        return None
    if found.needs_touch:
        unit_of_work(lambda writing: sign_in.touch(writing, token))
    return SignedInPerson(found.person_id, token, is_program)


def token_of(request: Request) -> tuple[str | None, bool]:
    """Return the session token of a request, and whether a program sent it."""
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip(), True
    return request.cookies.get(cookie_name(request)), False


def cookie_name(request: Request) -> str:
    """The cookie's name: over https it is bound to this very host."""
    return COOKIE_PRODUCTION if request.is_secure else COOKIE


def remember(response: Response, request: Request, token: str) -> Response:
    """Hand the session to the browser."""
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=COOKIE_DAYS * 86_400,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def forget(response: Response, request: Request) -> Response:
    """Take the session back from the browser."""
    response.delete_cookie(
        cookie_name(request), secure=request.is_secure, httponly=True, samesite="Lax", path="/"
    )
    return response


def person() -> SignedInPerson:
    """Return the signed-in person.

    Raises:
        NotAuthenticated: Nobody is signed in.
    """
    if not current_user.is_authenticated:
        raise NotAuthenticated
    signed_in: SignedInPerson = current_user._get_current_object()
    return signed_in


def actor() -> Actor:
    """Return who acts in this request, and for whom (`g.on_behalf_id`)."""
    return Actor(person().person_id, g.get("on_behalf_id"))


def init_app(app: Flask) -> None:
    """Attach sign-in to the application."""
    login_manager.init_app(app)
    login_manager.session_protection = None
