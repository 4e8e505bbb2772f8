"""Whose page this is: one membership of one book, one's own or, by their leave, another's.

Pages name no book in their address: it is the one chosen (a cookie), else the first
that the person joined. Acting on behalf (代办) is a cookie too; leave is asked anew in
every request, so ending it works at once.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.community import tree
from app.community.models import Node
from app.ledger import books
from app.people import members
from app.people.errors import NotRegistered
from app.people.models import Member
from app.web.session import act_for, actor, subject_id

BOOK_COOKIE = "timebank_book"
FOR_COOKIE = "timebank_for"
TURNING = {"h5.helping.page", "h5.helping.begin", "h5.helping.stop"}
"""Views by which one begins and ends to act for another: open in either state."""


@dataclass(frozen=True, slots=True)
class Own:
    """The membership that a page is about.

    Attributes:
        name: The full name: one's own, or that of whom one acts for (it is announced).
        is_acting: Somebody acts for this member.
    """

    ledger_id: int
    book_code: str
    book_name: str
    has_points: bool
    member: Member
    node: Node
    name: str
    is_acting: bool

    @property
    def key(self) -> dict[str, Any]:
        """Which member of which book, as the rooms' verbs take it."""
        return {"ledger_id": self.ledger_id, "member_id": self.member.id}


def here(session: Session) -> Own:
    """Return the membership that this page is about.

    Raises:
        NotRegistered: The person is no member of any book.
    """
    found = find(session)
    if found is None:
        raise NotRegistered("no member of any book")
    return found


def find(session: Session) -> Own | None:
    """Return the membership that this page is about; None for who joined nowhere."""
    chosen = g.get("acting_book") or request.cookies.get(BOOK_COOKIE)
    first: Own | None = None
    for home in members.list_homes(session, person_id=subject_id()):
        book = books.get(session, home.ledger_id)
        if first is not None and book.code != chosen:
            continue
        member = members.get(session, ledger_id=home.ledger_id, member_id=home.member_id)
        if member.state != "active":
            continue
        node = tree.get(session, member.node_id)
        names = (members.full_name(member), actor().on_behalf_id is not None)
        first = Own(book.id, book.code, book.name, book.has_points, member, node, *names)
        if book.code == chosen:
            break
    return first


def act_by_leave() -> Any:
    """Act for the member whom the cookie names, if their leave still stands."""
    chosen = request.cookies.get(FOR_COOKIE)
    if not chosen or not current_user.is_authenticated:
        return None
    book, _, person_id = chosen.rpartition(".")
    try:
        act_for(UUID(person_id), book_code=book)
    except (ValueError, DomainError):
        return forget_acting(redirect(url_for("h5.helping.page", ended=1), code=303))
    g.acting_book = book
    return None


def only_oneself() -> Any:
    """Stop who is acting for another at pages that are about the person alone."""
    is_acting = bool(request.cookies.get(FOR_COOKIE)) and current_user.is_authenticated
    if not is_acting or request.endpoint in TURNING:
        return None
    next_page = request.path if request.method == "GET" else url_for("h5.home.page")
    if request.endpoint == "h5.checkin.confirm":
        next_page = url_for("board.landing.page")
    return render_template("h5/only_oneself.html", next=next_page), 403


def may_be_acted(bp: Blueprint) -> Blueprint:
    """Open a file's pages to who acts for the member."""
    bp.before_request(act_by_leave)
    return bp


def for_oneself(bp: Blueprint) -> Blueprint:
    """Keep a file's pages for the person alone."""
    bp.before_request(only_oneself)
    return bp


def remember_acting(response: Any, *, book_code: str, person_id: UUID) -> Response:
    """Let the next pages act for a member."""
    return _set(response, FOR_COOKIE, f"{book_code}.{person_id}")


def remember_book(response: Any, book_code: str) -> Response:
    """Let the next pages be about this book."""
    return _set(response, BOOK_COOKIE, book_code)


def forget_acting(response: Any) -> Response:
    """Let the next pages be about the person themselves again."""
    answer: Response = response
    answer.delete_cookie(FOR_COOKIE, secure=request.is_secure, httponly=True, samesite="Lax")
    return answer


def _set(response: Any, name: str, value: str) -> Response:
    answer: Response = response
    answer.set_cookie(
        name, value, secure=request.is_secure, httponly=True, samesite="Lax", path="/"
    )
    return answer
