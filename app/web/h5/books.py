"""The books of a person: joining one more, and choosing which one the pages are about."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.ledger import books
from app.ledger.models import Book
from app.people import joining, members
from app.people.models import Home
from app.points import programmes, wallets
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.home import served_minutes
from app.web.h5.joining import CONSENT_VERSION, open_place, require_agreed
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor, person

bp = own.for_oneself(Blueprint("books", __name__))


@bp.get("/me/books")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List the books I am a member of, and offer to join another."""
    return _page()


@bp.post("/me/books/choose")
@allow(SIGNED_IN)
def choose() -> ResponseReturnValue:
    """Let the next pages be about another of my books."""
    code = request.form.get("book", "")
    with reading() as session:
        if code not in {book.code for book, _ in _mine(session)}:
            raise NotFound("no book of yours")
    return own.remember_book(redirect(url_for("h5.home.page"), code=303), code)


@bp.post("/me/books")
@allow(SIGNED_IN)
def join() -> ResponseReturnValue:
    """Become a member in the book of another place, under my own name."""

    def verb(session: Session, _fact: None) -> str:
        require_agreed()
        node = open_place(session, request.form.get("node_code", ""))
        ledger_id = programmes.of_node(session, node).ledger_id
        joining.join_another_book(
            session,
            ledger_id=ledger_id,
            person_id=person().person_id,
            node_id=node.id,
            consent_version=CONSENT_VERSION,
            actor=actor(),
        )
        return books.get(session, ledger_id).code

    code, problem = submit(verb, show=lambda made: made)
    if problem:
        return _page(problem)
    return own.remember_book(redirect(url_for("h5.home.page"), code=303), code)


def _page(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.find(session)
        found = [(book, _held(session, home)) for book, home in _mine(session)]
    return show_page(
        "h5/books.html", problem, me=me, found=found, node_code=request.form.get("node_code", "")
    )


def _mine(session: Session) -> list[tuple[Book, Home]]:
    homes = members.list_homes(session, person_id=person().person_id)
    return [(books.get(session, each.ledger_id), each) for each in homes]


def _held(session: Session, home: Home) -> dict[str, Any]:
    """What one has in a book: hours, points, and what expires next."""
    key: dict[str, Any] = {"ledger_id": home.ledger_id, "member_id": home.member_id}
    return {
        "holding": wallets.holding(session, **key),
        "minutes": served_minutes(session, **key),
    }
