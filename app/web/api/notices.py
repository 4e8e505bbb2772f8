"""Notices (公示) over the API: put up by staff, read by everybody, objected to by members.

An objection goes to `/me/objections` with the kind `notice`, and the id of a line or of
the notice.
"""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.points import notices, programmes
from app.points.models import Notice
from app.points.notices import Draft
from app.web.acts import act
from app.web.api import standing
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.activities import ReasonIn
from app.web.schemas.lists import items_of
from app.web.schemas.showing import FullNoticeOut, NoticeIn, NoticeOut, NoticesIn
from app.web.session import actor

bp = Blueprint("notices", __name__, url_prefix="/books/<book>/notices", description="Notices")


@bp.get("")
@allow(PUBLIC)
@bp.arguments(NoticesIn, location="query")
@bp.response(200, items_of(NoticeOut))
def list_notices(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List what is up now at or below a place, latest first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        code = asked.get("node_code")
        home = programmes.of_ledger(session, ledger_id).node_id
        node = tree.by_code(session, code) if code else tree.get(session, home)
        found = notices.list_in(
            session, ledger_id=ledger_id, node=node, is_open_only=True, limit=asked["limit"]
        )
        return {"items": [shown(session, each) for each in found]}


@bp.post("")
@allow(SIGNED_IN)
@bp.arguments(NoticeIn)
@bp.response(201, NoticeOut)
def publish(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Put a notice up, with the list as it stands now."""
    ledger_id, code = standing.book_id(book), asked.pop("node_code")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, code, standing.WORKERS)
        standing.require_book(session, ledger_id, node)
        draft = Draft(node_id=node.id, **asked)
        return shown(
            session, notices.publish(session, ledger_id=ledger_id, draft=draft, actor=actor())
        )

    return act(verb, ledger_id=ledger_id, dump=NoticeOut().dump)


@bp.get("/<uuid:notice_id>")
@allow(PUBLIC)
@bp.arguments(PageIn, location="query")
@bp.response(200, FullNoticeOut)
def show(asked: dict[str, Any], book: str, notice_id: UUID) -> dict[str, Any]:
    """Show a notice with its lines, masked; once it is closed, without them."""
    key: dict[str, Any] = {"ledger_id": standing.book_id(book), "notice_id": notice_id}
    with reading() as session:
        notice = notices.get(session, **key)
        lines = notices.list_lines(session, **key, **asked) if notices.is_open(notice) else []
        count = notices.count_lines(session, **key)
        return {**shown(session, notice), "line_count": count, "lines": lines}


@bp.post("/<uuid:notice_id>/withdrawal")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, NoticeOut)
def withdraw(asked: dict[str, Any], book: str, notice_id: UUID) -> ResponseReturnValue:
    """Take a notice down before its time, with the reason."""
    key: dict[str, Any] = {"ledger_id": standing.book_id(book), "notice_id": notice_id}

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, standing.WORKERS)
        standing.node_at(session, notices.get(session, **key).node_id, standing.WORKERS)
        return shown(session, notices.withdraw(session, **key, actor=actor(), **asked))

    return act(verb, ledger_id=key["ledger_id"], dump=NoticeOut().dump, status=200)


def shown(session: Session, notice: Notice) -> dict[str, Any]:
    """Return a notice as everybody sees it."""
    names = (
        *("id", "kind", "title", "begins_on", "ends_on", "contact"),
        *("published_at", "closes_on", "withdrawn_at"),
    )
    found = {name: getattr(notice, name) for name in names}
    code = tree.get(session, notice.node_id).code
    return {**found, "node_code": code, "is_open": notices.is_open(notice)}
