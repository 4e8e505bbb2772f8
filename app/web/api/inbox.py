"""The inbox of a member: what happened to their points, cards and records."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.ledger import books
from app.people import inbox
from app.people.models import Message
from app.web.acts import act
from app.web.api.standing import book_id, my_key
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.me import InboxOut, ReadIn, UnreadOut

bp = Blueprint("inbox", __name__, url_prefix="/books/<book>/me/inbox", description="My inbox")


@bp.get("")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, InboxOut)
def show(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List my messages, latest first; a book of hours only says nothing of points."""
    ledger_id = book_id(book)
    with reading() as session:
        ids = my_key(session, ledger_id)
        messages = inbox.list_for(session, **ids, **asked)
        unread_count = inbox.unread_count(session, **ids)
        has_points = books.get(session, ledger_id).has_points
    items = [_shown(message, has_points) for message in messages]
    return {"items": items, "unread_count": unread_count}


@bp.get("/unread")
@allow(SIGNED_IN)
@bp.response(200, UnreadOut)
def count_unread(book: str) -> dict[str, int]:
    """Count my unread messages."""
    ledger_id = book_id(book)
    with reading() as session:
        return {"unread_count": inbox.unread_count(session, **my_key(session, ledger_id))}


@bp.post("/read")
@allow(SIGNED_IN)
@bp.arguments(ReadIn)
@bp.response(200, UnreadOut)
def mark_read(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Mark my messages as read; needs no key, for it changes nothing the second time."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, int]:
        ids = my_key(session, ledger_id)
        inbox.mark_read(session, message_ids=asked.get("ids"), **ids)
        return {"unread_count": inbox.unread_count(session, **ids)}

    return act(verb, status=200, needs_key=False)


def _shown(message: Message, has_points: bool) -> dict[str, Any]:
    facts = {name: value for name, value in message.facts.items() if has_points or name != "points"}
    return {
        "id": message.id,
        "topic": message.topic,
        "facts": facts,
        "sent_at": message.sent_at,
        "read_at": message.read_at,
    }
