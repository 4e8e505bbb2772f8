"""Notices (公示) for everybody: the list, until when, and how to object."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.base.errors import NotFound
from app.base.serials import HOUSE
from app.base.transactions import reading
from app.community import tree
from app.ledger import books
from app.points import notices, programmes
from app.points.stars import granting
from app.web import paging
from app.web.permissions import PUBLIC, allow

bp = Blueprint("notices", __name__, url_prefix="/notices")
LINES_A_PAGE = 100


@bp.get("/<place>")
@allow(PUBLIC)
def list_open(place: str) -> ResponseReturnValue:
    """List what is up at a place and below it."""
    with reading() as session:
        node = tree.by_code(session, place)
        ledger_id = programmes.of_node(session, node).ledger_id
        found = notices.list_in(session, ledger_id=ledger_id, node=node, is_open_only=True)
        book = books.get(session, ledger_id)
    return render_template("board/notices.html", node=node, found=found, book=book)


@bp.get("/<book>/<uuid:notice_id>")
@allow(PUBLIC)
def show(book: str, notice_id: UUID) -> ResponseReturnValue:
    """Show a notice; once it is closed, without its names."""
    with reading() as session:
        ledger = books.by_code(session, book)
        if ledger.id == HOUSE:
            raise NotFound("no such book")
        key: dict[str, Any] = {"ledger_id": ledger.id, "notice_id": notice_id}
        notice = notices.get(session, **key)
        is_open = notices.is_open(notice)
        lines, pages = paging.cut(
            notices.list_lines(session, **key, **paging.slice_of(LINES_A_PAGE)) if is_open else [],
            limit=LINES_A_PAGE,
            endpoint="board.notices.show",
            book=ledger.code,
            notice_id=notice.id,
        )
        return render_template(
            "board/notice.html",
            notice=notice,
            node=tree.get(session, notice.node_id),
            book=ledger,
            is_open=is_open,
            lines=lines,
            stars=granting.of_notice(session, **key),
            count=notices.count_lines(session, **key),
            pages=pages,
        )
