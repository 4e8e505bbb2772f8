"""Who is asking: a server-side session behind a cookie, or behind a bearer token.

The cookie serves browsers and needs the CSRF token; the bearer token serves
programs and is never sent by a browser by itself. `X-On-Behalf-Of` names the
member for whom a helper acts (代办), in one book, by that member's leave.
"""

import base64
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, Request, Response, g, request
from flask_login import LoginManager, current_user

from app.base import crypto
from app.base.actors import Actor
from app.base.errors import PermissionDenied
from app.base.transactions import glancing, reading, unit_of_work
from app.ledger import books
from app.people import agents, sign_in
from app.web.errors import MalformedRequest, NotAuthenticated, SessionExpired

COOKIE = "timebank_session"
COOKIE_PRODUCTION = "__Host-timebank_session"
COOKIE_DAYS = 30
DEVICE_COOKIE = "timebank_device"
ON_BEHALF_HEADER = "X-On-Behalf-Of"

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
    with glancing() as session:
        found = sign_in.find_session(session, token)
        has_ended = found is None and sign_in.is_known(session, token)
    if found is None:
        g.has_ended_session = has_ended
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


def stranger() -> NotAuthenticated:
    """Return why nobody is behind this request: never signed in, or no longer."""
    return SessionExpired() if g.get("has_ended_session") else NotAuthenticated()


def person() -> SignedInPerson:
    """Return the signed-in person.

    Raises:
        NotAuthenticated: Nobody is signed in.
    """
    if not current_user.is_authenticated:
        raise stranger()
    signed_in: SignedInPerson = current_user._get_current_object()
    return signed_in


def actor() -> Actor:
    """Return who acts in this request, and for whom (`g.on_behalf_id`)."""
    return Actor(person().person_id, g.get("on_behalf_id"))


def holder_tag() -> str:
    """Return a tag of whoever is known to be signed in, '' if nobody: no name, no id.

    A phone keeps it beside a scan made without network, so that the scan of one person
    is not sent in the name of the next who signs in there.
    """
    known = g.get("_login_user")
    if known is None or not known.is_authenticated:
        return ""
    return base64.urlsafe_b64encode(crypto.mac("holder/1", known.person_id.bytes, 9)).decode()


def subject_id() -> UUID:
    """Return whose matters this request is about: the member acted for, else the person."""
    return actor().on_behalf_id or person().person_id


def act_for(person_id: UUID, *, book_code: str) -> None:
    """Let the rest of this request act for a member who gave leave in this book.

    Both names then stand on every journal and audit line (`actor`).

    Raises:
        PermissionDenied: No leave was given, or it was ended.
        NotFound: There is no such book.
    """
    agent_id = person().person_id
    if person_id == agent_id:
        return
    with reading() as session:
        agents.require_may_act_for(
            session,
            ledger_id=books.by_code(session, book_code).id,
            agent_person_id=agent_id,
            person_id=person_id,
        )
    g.on_behalf_id = person_id


def take_on_behalf() -> None:
    """Act for whom the header names. Leave is for one book: without a book there is none.

    Raises:
        MalformedRequest: The header names no person.
        PermissionDenied: This route is about the person alone, or no leave was given.
    """
    wanted = request.headers.get(ON_BEHALF_HEADER)
    if not wanted or request.endpoint is None or not current_user.is_authenticated:
        return
    try:
        person_id = UUID(wanted)
    except ValueError as error:
        raise MalformedRequest(f"{ON_BEHALF_HEADER} is no person's id") from error
    book_code = (request.view_args or {}).get("book")
    if book_code is None:
        raise PermissionDenied("nobody does this for another person")
    act_for(person_id, book_code=book_code)


def init_app(app: Flask) -> None:
    """Attach sign-in to the application."""
    login_manager.init_app(app)
    login_manager.session_protection = None
    app.before_request(take_on_behalf)
    app.jinja_env.globals["holder_tag"] = holder_tag
