"""What a printed poster opens: `/a/<number>`, the activity for everybody, and a seen ticket.

The page signs nobody in to the activity. Who is there while the doors are open may leave
word that they saw the poster, as evidence for the leader; the time is that of opening the
page, however long signing in takes.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from app.activities import plans, posters
from app.activities.models import Activity
from app.activities.posters import PosterTicket
from app.base import clock
from app.base.errors import DomainError
from app.base.transactions import reading
from app.community import tree
from app.ledger import books
from app.people import members
from app.people.errors import NotRegistered
from app.web.acts import submit
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.session import person

bp = Blueprint("posters", __name__)

BOOK_END = "-A"
"""An activity's number carries its book: JINXI-A20260310-0003."""


def named(session: Session, number: str) -> Activity:
    """Return the activity of a poster's number.

    Raises:
        NotFound: There is none that everybody may see.
    """
    code, _end, _rest = number.rpartition(BOOK_END)
    ledger_id = books.by_code(session, code).id
    return posters.find(session, ledger_id=ledger_id, number=number)


@bp.get("/a/<number>")
@allow(PUBLIC)
def page(number: str) -> ResponseReturnValue:
    """Show the activity: where, when, and what to do now."""
    return _page(number)


@bp.post("/a/<number>")
@allow(SIGNED_IN)
def leave_word(number: str) -> ResponseReturnValue:
    """Leave word that I saw the poster; it is evidence for the leader, and no check-in."""
    with reading() as session:
        found = named(session, number)
        seen = _seen(found)
        member_id = _me(session, found.ledger_id)

    def verb(session: Session, _fact: None) -> None:
        posters.note(session, ticket=seen, member_id=member_id)

    _done, problem = submit(verb, ledger_id=found.ledger_id)
    if problem:
        return _page(number, problem)
    return redirect(url_for("board.posters.page", number=number, said=1), code=303)


def _page(number: str, problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        found = named(session, number)
        key: dict[str, Any] = {"ledger_id": found.ledger_id, "activity_id": found.id}
        values = {
            "activity": found,
            "place": tree.get(session, found.node_id),
            "sessions": plans.list_sessions(session, **key),
            "open_slot": posters.open_session(session, **key, at=clock.now()),
        }
    html = render_template(
        "board/poster.html",
        is_signed_in=current_user.is_authenticated,
        ticket=_seen(found).sign(),
        is_said="said" in request.args and problem is None,
        problem=problem,
        now=clock.now(),
        **values,
    )
    return html, int(problem["status"]) if problem else 200


def _seen(found: Activity) -> PosterTicket:
    """Return the ticket that came with the request if it is good, else one of this moment."""
    try:
        kept = posters.open_ticket(request.values.get("ticket", ""))
    except DomainError:
        kept = None
    if kept and (kept.ledger_id, kept.activity_id) == (found.ledger_id, found.id):
        return kept
    return PosterTicket(found.ledger_id, found.id, clock.now())


def _me(session: Session, ledger_id: int) -> UUID:
    found = members.find_id(session, ledger_id=ledger_id, person_id=person().person_id)
    if found is None:
        raise NotRegistered("no member of this book yet")
    return found
